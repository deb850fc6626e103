"""What changed between two policies, in words."""

from __future__ import annotations

from collections.abc import Container, Iterable

from rules.explain import condition_text, minimums_text, row_text, way_text
from rules.hours import number_text
from rules.kinds import Choice, Fact, Kind, Row
from rules.measures import Deemed, Measure, RankTable, Rate
from rules.policy import Policy, Proof, RouteRule, SpanException
from rules.routes import STEP_NAMES

Lines = dict[str, str]
TYPE_NAMES = {
    "choice": "选一项",
    "flag": "是或否",
    "integer": "整数",
    "decimal": "数字",
    "hours": "学时",
    "date": "日期",
    "when": "日期（可只到月或年）",
    "sessions": "逐日日期",
    "text": "文字",
}
ANCHOR_NAMES = {"unit": "单位所在地", "archive": "人事档案所在地"}


def compare(old: Policy, new: Policy) -> tuple[str, ...]:
    """One sentence for every point that was changed, added or dropped, in the order of the policy."""
    before, after = points(old), points(new)
    said = []
    for label in [*before, *(each for each in after if each not in before)]:
        if label not in after:
            said.append(f"取消 {label}（原为“{before[label]}”）")
        elif label not in before:
            said.append(f"新增 {label}：“{after[label]}”")
        elif before[label] != after[label]:
            said.append(f"{label}：由“{before[label]}”改为“{after[label]}”")
    return tuple(said)


def points(policy: Policy) -> Lines:
    """Every point of a policy as label and words."""
    return {
        **_head(policy),
        **{f"科目类别·{each.key}": f"{each.name}（{each.short}）" for each in policy.categories},
        **_minimums(policy),
        **{f"年度主题·{y} 年": "；".join(t) for y, t in sorted(policy.themes_by_year.items())},
        **{
            f"继续教育形式·{each.key}": _with(
                f"{each.name}（{each.short}，{_printed(each.printed)}，{each.cite}）", "、".join(each.sources)
            )
            for each in policy.forms
        },
        **_merged(_kind(policy, kind) for kind in policy.kinds),
        **{f"材料种类·{each.key}": _with(each.name, each.hint) for each in policy.documents},
        **{f"材料说明·{each.key}": each.good for each in policy.documents if each.good},
        **_merged(_proof(policy, proof) for proof in policy.proofs),
        **_prior(policy),
        **_span(policy),
        **_merged(_route(policy, rule) for rule in policy.routes),
        **{
            f"备案环节·{each.label}": f"{each.approved}，或者{each.rejected}（{each.cite}）"
            for each in policy.filings
        },
        **_session(policy),
        **_certificate(policy),
        **_list("拟申报职称", policy.target_titles),
        **_list("申报大类", policy.title_series),
        **_list("学历", policy.educations),
        **_list("单位性质", policy.natures),
        **_list("隶属关系", policy.affiliations),
        **{f"继续教育基地·{base.name}": base.platform for base in policy.bases},
        **{
            f"口径说明·{each.id}": f"{each.point}：{each.default}（理由：{each.reason}；{each.key}）"
            for each in policy.ambiguities
        },
    }


def _printed(printed: bool) -> str:
    return "通知所列" if printed else "其他来源"


def _with(text: str, more: str) -> str:
    return f"{text}（{more}）" if more else text


def _merged(parts: Iterable[Lines]) -> Lines:
    return {label: words for part in parts for label, words in part.items()}


def _list(name: str, choices: tuple[Choice, ...]) -> Lines:
    return {f"{name}·{choice.key}": choice.name for choice in choices}


def _head(policy: Policy) -> Lines:
    return {
        "通知名称": policy.title,
        "文号": policy.document,
        "发文机关": policy.issuer,
        "发文日期": policy.issued_on.isoformat(),
        "法规依据": policy.legal_basis,
        "年度": str(policy.year),
        "状态": "草稿" if policy.draft else "正式",
        "行政区划": policy.region,
        "学习内容说明": policy.guidance or "无",
        "学时单位": policy.unit,
        "学时最小单位": str(policy.step),
    }


def _minimums(policy: Policy) -> Lines:
    lines: Lines = {}
    for each in policy.minimums:
        label = f"学时要求·{'最初' if each.from_year is None else f'{each.from_year} 年'}起"
        lines |= {label: minimums_text(policy, each), f"{label}·原文": f"{each.says}（{each.cite}）"}
    return lines


def _kind(policy: Policy, kind: Kind) -> Lines:
    name = f"活动种类·{kind.name}"
    category = "按申报" if kind.category is None else policy.category_of(kind.category).name
    form = policy.form_of(kind.form).short
    lines = {name: f"{form}，计入{category}，{kind.says}（{kind.cite}）"}
    if kind.year_fact:
        lines[f"{name}·年度"] = f"{kind.year_word}当年（{kind.year_fact}）"
    lines |= {f"{name}·填写项·{fact.name}": _fact(kind, fact) for fact in kind.facts}
    for number, row in enumerate(kind.rows, start=1):
        label = f"{name}·折算第 {number} 档"
        lines |= {label: row_text(kind, row), f"{label}·说明": _row(policy, row)}
    if kind.identity:
        lines[f"{name}·同一成果凭"] = "，或 ".join(
            "与".join(_fact_name(kind, key) for key in keys) for keys in kind.identity
        )
    return lines | {f"{name}·其余情形": kind.otherwise}


def _row(policy: Policy, row: Row) -> str:
    return "，".join(
        [row.says, *(words for each in (row.measure, *row.adds) for words in _details(policy, each))]
    )


def _details(policy: Policy, measure: Measure) -> list[str]:
    """What a short text of the measure leaves out."""
    match measure:
        case Rate():
            by_day = [f"可按“{measure.sessions}”分年"] if measure.sessions else []
            return [f"按“{measure.fact}”以 {number_text(measure.step)} {measure.unit}为单位计", *by_day]
        case RankTable():
            beyond = [f"其后：{measure.beyond}"] if measure.beyond else []
            return [f"按“{measure.fact}”", *(step.says for step in measure.steps), *beyond]
        case Deemed():
            split = "、".join(
                f"{policy.category_of(key).name} {number_text(n)}" for key, n in measure.split.items()
            )
            return [f"从“{measure.start}”至“{measure.end}”", split, f"不足的：{measure.too_short}"]
        case _:
            return []


def _fact_name(kind: Kind, key: str) -> str:
    return next((fact.name for fact in kind.facts if fact.key == key), "名称")


def _fact(kind: Kind, fact: Fact) -> str:
    facts = {each.key: each for each in kind.facts}
    needed = "且".join(condition_text(facts[each.fact], each) for each in fact.needed_when)
    must = "必填" if fact.required else f"{needed}时必填" if needed else "选填"
    words = [f"{TYPE_NAMES[fact.type]}（{fact.key}）", must]
    if fact.least is not None:
        words.append(f"不小于 {number_text(fact.least)}")
    if fact.most is not None:
        words.append(f"不大于 {number_text(fact.most)}")
    if fact.choices:
        words.append("选项：" + "、".join(f"{choice.name}（{choice.key}）" for choice in fact.choices))
    return "，".join([*words, *(each for each in (fact.unit, fact.hint) if each)])


def _proof(policy: Policy, proof: Proof) -> Lines:
    about = "、".join(policy.kind_of(key).name for key in proof.kinds) or policy.form_of(proof.form).short
    label = f"所需材料·{about}"
    return {
        label: f"{proof.says}（{proof.cite}）",
        **{f"{label}·{way.name}": way_text(policy, way) for way in proof.ways},
    }


def _prior(policy: Policy) -> Lines:
    if policy.prior_document is None:
        return {}
    name = policy.document_of(policy.prior_document).name
    return {"以前年度的认定": f"{name}可作相应年度的佐证材料（{policy.prior_cite}）"}


def _span(policy: Policy) -> Lines:
    years = policy.span.years
    whole = "须齐全" if policy.span.require_all else "不要求齐全"
    lines = {"核认跨度": f"{years[0]}—{years[-1]} 年，{whole}（{policy.span.cite}）"}
    return lines | {f"跨度例外·{each.key}": _exception(policy, each) for each in policy.span.exceptions}


def _exception(policy: Policy, exception: SpanException) -> str:
    lists = {"education": policy.educations, "target_title": policy.target_titles}
    when = "，".join(_among(lists[each.fact], each.among) for each in exception.when)
    how = f"{when or '不限对象'}，{'自动适用' if exception.automatic else '由申报人选择'}"
    confirmed = "，审核人员确认" if exception.reviewer_confirms else ""
    least = f"至少 {exception.min_years} 个年度"
    return f"{exception.name}：{how}，{least}{confirmed}。{_with(exception.says, exception.cite)}"


def _among(choices: tuple[Choice, ...], keys: Container[str | bool]) -> str:
    return "、".join(choice.name for choice in choices if choice.key in keys)


def _route(policy: Policy, rule: RouteRule) -> Lines:
    lists = ((policy.affiliations, rule.affiliations), (policy.natures, rule.natures))
    whom = [words for choices, keys in lists if (words := _among(choices, keys))] or ["各类单位"]
    if rule.without_unit:
        whom.append("没有单位的人员")
    label = f"核认渠道·{rule.key}"
    told = [f"{rule.name}（{'，'.join(whom)}）：{_steps(rule.steps)}", rule.final_label]
    told.append("上级单位不可略过" if rule.departments == "every" else "上级单位可以略过")
    told.append("按" + "或".join(ANCHOR_NAMES[anchor] for anchor in rule.anchors))
    if rule.needs_entrusted:
        told.append(f"须本年度委托，否则：{rule.refusal}")
    lines = {label: f"{'，'.join(told)}（{rule.says}，{rule.cite}）"}
    return lines | {f"{label}·{code}": _steps(steps) for code, steps in rule.by_region.items()}


def _steps(steps: tuple[str, ...]) -> str:
    return " → ".join(STEP_NAMES[step] for step in steps)


def _session(policy: Policy) -> Lines:
    window = policy.session
    if window is None:
        return {}
    return {
        "申报期限": f"{window.opens.isoformat()} 至 {window.closes.isoformat()}",
        "申报期限·说明": f"{window.timezone}，{window.cite}",
        "审核截止": window.review_until.isoformat(),
        "退回后宽限": f"{window.grace_days} 天",
    }


def _certificate(policy: Policy) -> Lines:
    texts = policy.certificate
    if texts is None:
        return {}
    return {
        "认定单名称": f"{texts.heading}{texts.title}",
        "认定单依据": texts.basis,
        "认定单正文": texts.sentence,
        "认定单编号": f"{texts.number_label}：{texts.number_format}",
    }
