"""What changed between two policies, in words."""

from __future__ import annotations

from collections.abc import Iterable

from rules.explain import condition_text, minimums_text, row_text, way_text
from rules.kinds import Choice, Fact, Kind
from rules.policy import Policy, Proof, RouteRule, SpanException
from rules.routes import STEP_NAMES

Lines = dict[str, str]


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
        **{f"科目类别·{each.key}": each.name for each in policy.categories},
        **_minimums(policy),
        **{f"年度主题·{y} 年": "；".join(t) for y, t in sorted(policy.themes_by_year.items())},
        **{f"继续教育形式·{each.key}": each.name for each in policy.forms},
        **_merged(_kind(policy, kind) for kind in policy.kinds),
        **{f"材料种类·{each.key}": each.name for each in policy.documents},
        **_merged(_proof(policy, proof) for proof in policy.proofs),
        **_span(policy),
        **_merged(_route(rule) for rule in policy.routes),
        **_session(policy),
        **_certificate(policy),
        **_list("拟申报职称", policy.target_titles),
        **_list("申报大类", policy.title_series),
        **_list("学历", policy.educations),
        **_list("单位性质", policy.natures),
        **_list("隶属关系", policy.affiliations),
        **{f"继续教育基地·{base.name}": base.platform for base in policy.bases},
        **{f"口径说明·{each.id}": f"{each.point}：{each.default}" for each in policy.ambiguities},
    }


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
    return {
        f"学时要求·{'最初' if each.from_year is None else f'{each.from_year} 年'}起": minimums_text(
            policy, each
        )
        for each in policy.minimums
    }


def _kind(policy: Policy, kind: Kind) -> Lines:
    name = f"活动种类·{kind.name}"
    category = "按申报" if kind.category is None else policy.category_of(kind.category).name
    form = policy.form_of(kind.form).short
    lines = {name: f"{form}，计入{category}，{kind.says}（{kind.cite}）"}
    if kind.year_fact:
        lines[f"{name}·年度"] = f"{kind.year_word}当年（{kind.year_fact}）"
    lines |= {f"{name}·填写项·{fact.name}": _fact(kind, fact) for fact in kind.facts}
    lines |= {f"{name}·折算第 {n} 档": row_text(kind, row) for n, row in enumerate(kind.rows, start=1)}
    return lines | {f"{name}·其余情形": kind.otherwise}


def _fact(kind: Kind, fact: Fact) -> str:
    facts = {each.key: each for each in kind.facts}
    needed = "且".join(condition_text(facts[each.fact], each) for each in fact.needed_when)
    must = "必填" if fact.required else f"{needed}时必填" if needed else "选填"
    limits = (
        "" if fact.least is None and fact.most is None else f"，{fact.least or 0} 至 {fact.most or '不限'}"
    )
    choices = "，选项：" + "、".join(choice.name for choice in fact.choices) if fact.choices else ""
    return f"{fact.key}，{fact.type}，{must}{limits}{choices}"


def _proof(policy: Policy, proof: Proof) -> Lines:
    about = "、".join(policy.kind_of(key).name for key in proof.kinds) or policy.form_of(proof.form).short
    if not proof.ways:
        return {f"所需材料·{about}": proof.says}
    return {f"所需材料·{about}·{way.name}": way_text(policy, way) for way in proof.ways}


def _span(policy: Policy) -> Lines:
    years = policy.span.years
    whole = "须齐全" if policy.span.require_all else "不要求齐全"
    lines = {"核认跨度": f"{years[0]}—{years[-1]} 年，{whole}"}
    return lines | {f"跨度例外·{each.name}": _exception(each) for each in policy.span.exceptions}


def _exception(exception: SpanException) -> str:
    how = "自动适用" if exception.automatic else "由申报人选择"
    confirmed = "，审核人员确认" if exception.reviewer_confirms else ""
    return f"{how}，至少 {exception.min_years} 个年度{confirmed}。{exception.says}"


def _route(rule: RouteRule) -> Lines:
    whom = "、".join(sorted(rule.affiliations | rule.natures)) + ("、无单位" if rule.without_unit else "")
    label = f"核认渠道·{rule.name}"
    entrusted = "，须本年度委托" if rule.needs_entrusted else ""
    lines = {label: f"{whom}：{_steps(rule.steps)}，{rule.final_label}{entrusted}"}
    return lines | {f"{label}·{code}": _steps(steps) for code, steps in rule.by_region.items()}


def _steps(steps: tuple[str, ...]) -> str:
    return " → ".join(STEP_NAMES[step] for step in steps)


def _session(policy: Policy) -> Lines:
    window = policy.session
    if window is None:
        return {}
    return {
        "申报期限": f"{window.opens.isoformat()} 至 {window.closes.isoformat()}",
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
