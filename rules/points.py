"""Every point of a policy in words, each in its own place: what `diff` compares and `describe` reads out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from rules.explain import minimums_text, way_text
from rules.hours import number_text
from rules.kind_points import kind_points
from rules.kinds import Choice
from rules.policy import Contradiction, Minimums, Policy, Proof, RouteRule, SpanException
from rules.routes import STEP_NAMES

ANCHOR_NAMES = {"unit": "单位所在地", "archive": "人事档案所在地"}
REVIEWER_NAMES = {"employer": "用人单位", "department": "主管部门", "bureau": "人社部门"}
SOURCE_NAMES = {
    "platform": "事业单位培训平台",
    "base": "继续教育基地",
    "plan": "备案培训计划",
    "certificate": "学时认定单",
}


@dataclass(frozen=True, slots=True)
class Point:
    """`place` tells it from every other point of the policy, whatever it is called; `words` are its content."""

    place: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Order:
    """A list whose order matters to somebody: (key, name) from first to last."""

    label: str
    entries: tuple[tuple[str, str], ...]


def points(policy: Policy) -> tuple[Point, ...]:
    """Every point of a policy, in the order of its file."""
    found = tuple(_points(policy))
    assert len({point.place for point in found}) == len(found), "two points of a policy share a place"
    return found


def _points(policy: Policy) -> Iterator[Point]:
    yield from _head(policy)
    yield from _learning(policy)
    yield from _papers(policy)
    yield from _span(policy)
    yield from _ways(policy)
    yield from _recognised(policy)
    yield from _session(policy)
    yield from _certificate(policy)
    yield from _entries(policy)


def _learning(policy: Policy) -> Iterator[Point]:
    """What counts, and how much of it is asked for."""
    for category in policy.categories:
        words = f"{category.name}（{category.short}）"
        yield Point(f"categories.{category.key}", f"科目类别·{category.key}", words)
    for number, minimums in enumerate(policy.minimums):
        yield from _minimums(policy, number, minimums)
    for year, themes in sorted(policy.themes_by_year.items()):
        yield Point(f"themes.{year}", f"年度主题·{year} 年", "；".join(themes) or "没有主题")
    for form in policy.forms:
        printed = "通知所列" if form.printed else "其他来源"
        words = _with(f"{form.name}（{form.short}，{printed}，{form.cite}）", "、".join(form.sources))
        yield Point(f"forms.{form.key}", f"继续教育形式·{form.key}", words)
    for kind in policy.kinds:
        for place, label, words in kind_points(policy, kind):
            yield Point(place, label, words)


def _papers(policy: Policy) -> Iterator[Point]:
    """What proves it."""
    for document in policy.documents:
        where, name = f"documents.{document.key}", document.key
        yield Point(where, f"材料种类·{name}", _with(document.name, document.hint))
        if document.good:
            yield Point(f"{where}.good", f"材料说明·{name}", document.good)
    for number, proof in enumerate(policy.proofs):
        yield from _proof(policy, number, proof)


def _ways(policy: Policy) -> Iterator[Point]:
    """Who decides, and which entries of the registry contradict each other."""
    for rule in policy.routes:
        yield from _route(policy, rule)
    for filing in policy.filings:
        words = f"{filing.approved}，或者{filing.rejected}（{filing.cite}）"
        yield Point(f"filings.{filing.label}", f"备案环节·{filing.label}", words)
    for number, contradiction in enumerate(policy.contradictions, start=1):
        words = _contradiction(policy, contradiction)
        yield Point(f"contradictions.{number}", f"登记矛盾·第 {number} 条", words)


def _entries(policy: Policy) -> Iterator[Point]:
    """What is chosen from, the bases, and how the notice's silence is read."""
    for key, name, choices in _lists(policy):
        yield from (Point(f"{key}.{each.key}", f"{name}·{each.key}", each.name) for each in choices)
    for base in policy.bases:
        yield Point(f"bases.{base.name}", f"继续教育基地·{base.name}", base.platform)
    for each in policy.ambiguities:
        words = f"{each.point}：{each.default}（理由：{each.reason}；{each.key}）"
        yield Point(f"ambiguities.{each.id}", f"口径说明·{each.id}", words)


def orders(policy: Policy) -> tuple[Order, ...]:
    """Every list in its order: the first route that fits decides, and pages show the rest as they stand."""
    named = (
        ("科目类别", ((each.key, each.name) for each in policy.categories)),
        ("继续教育形式", ((each.key, each.short) for each in policy.forms)),
        ("活动种类", ((each.key, each.name) for each in policy.kinds)),
        ("材料种类", ((each.key, each.name) for each in policy.documents)),
        ("所需材料", ((_about(policy, each), _about(policy, each)) for each in policy.proofs)),
        ("跨度例外", ((each.key, each.name) for each in policy.span.exceptions)),
        ("核认渠道", ((each.key, each.name) for each in policy.routes)),
        ("直接认定", ((each.source, _source(each.source)) for each in policy.recognised)),
        *((name, ((each.key, each.name) for each in choices)) for _key, name, choices in _lists(policy)),
        ("继续教育基地", ((each.name, each.name) for each in policy.bases)),
        ("口径说明", ((each.id, each.id) for each in policy.ambiguities)),
        *(
            (f"活动种类·{kind.name}·填写项", ((fact.key, fact.name) for fact in kind.facts))
            for kind in policy.kinds
        ),
    )
    return tuple(Order(label, tuple(entries)) for label, entries in named)


def _lists(policy: Policy) -> tuple[tuple[str, str, tuple[Choice, ...]], ...]:
    return (
        ("target_titles", "拟申报职称", policy.target_titles),
        ("title_series", "申报大类", policy.title_series),
        ("educations", "学历", policy.educations),
        ("natures", "单位性质", policy.natures),
        ("affiliations", "隶属关系", policy.affiliations),
    )


def _with(text: str, more: str) -> str:
    return f"{text}（{more}）" if more else text


def _among(choices: tuple[Choice, ...], keys: Container[str | bool]) -> str:
    return "、".join(choice.name for choice in choices if choice.key in keys)


def _source(key: str) -> str:
    return SOURCE_NAMES.get(key, key)


def _head(policy: Policy) -> Iterator[Point]:
    unit = policy.hours
    conversions = "；".join(f"1 {other} 为 {unit.text(worth)}" for other, worth in unit.conversions.items())
    told = {
        "政策代号": policy.key,
        "通知名称": policy.title,
        "文号": policy.document,
        "发文机关": policy.issuer,
        "发文日期": policy.issued_on.isoformat(),
        "法规依据": policy.legal_basis,
        "年度": str(policy.year),
        "状态": "草稿" if policy.draft else "正式",
        "行政区划": policy.region,
        "学习内容说明": policy.guidance or "无",
        "学时单位": unit.name,
        "学时最小单位": number_text(unit.step),
        "一个单位的时长": "未规定" if unit.minutes is None else f"{number_text(unit.minutes)} 分钟",
        "与其他单位的折算": conversions or "无",
    }
    yield from (Point(f"policy.{label}", label, words) for label, words in told.items())


def _minimums(policy: Policy, number: int, minimums: Minimums) -> Iterator[Point]:
    place = f"minimums.{minimums.from_year}"
    following = policy.minimums[number + 1 :]
    if minimums.from_year is not None:
        years = f"{minimums.from_year} 年起"
    else:
        years = f"{(following[0].from_year or 0) - 1} 年及以前" if following else "各年度"
    label = f"学时要求·{years}"
    yield Point(place, label, minimums_text(policy, minimums))
    yield Point(f"{place}.says", f"{label}·原文", f"{minimums.says}（{minimums.cite}）")


def _about(policy: Policy, proof: Proof) -> str:
    return "、".join(policy.kind_of(key).name for key in proof.kinds) or policy.form_of(proof.form).short


def _proof(policy: Policy, number: int, proof: Proof) -> Iterator[Point]:
    # A form without kinds of its own may have several entries; their number tells them apart.
    same = [each for each in policy.proofs[:number] if (each.form, each.kinds) == (proof.form, proof.kinds)]
    place = f"evidence.{proof.form}.{' '.join(proof.kinds)}.{len(same)}"
    label = f"所需材料·{_about(policy, proof)}{f'（第 {len(same) + 1} 条）' if same else ''}"
    yield Point(place, label, f"{proof.says}（{proof.cite}）{'' if proof.ways else '；不需要材料'}")
    names = [way.name for way in proof.ways]
    for count, way in enumerate(proof.ways, start=1):
        called = way.name if names.count(way.name) == 1 else f"{way.name}（第 {count} 种）"
        yield Point(f"{place}.{count}", f"{label}·{called}", way_text(policy, way))


def _span(policy: Policy) -> Iterator[Point]:
    if policy.prior_document is not None:
        name = policy.document_of(policy.prior_document).name
        words = f"{name}可作相应年度的佐证材料（{policy.prior_cite}）"
        yield Point("prior_certificate", "以前年度的认定", words)
    years, whole = policy.span.years, "须齐全" if policy.span.require_all else "不要求齐全"
    yield Point("span", "核认跨度", f"{years[0]}—{years[-1]} 年，{whole}（{policy.span.cite}）")
    for each in policy.span.exceptions:
        yield Point(f"span.{each.key}", f"跨度例外·{each.key}", _exception(policy, each))


def _exception(policy: Policy, exception: SpanException) -> str:
    lists = {"education": policy.educations, "target_title": policy.target_titles}
    when = "，".join(_among(lists[each.fact], each.among) for each in exception.when)
    how = f"{when or '不限对象'}，{'自动适用' if exception.automatic else '由申报人选择'}"
    confirmed = "，审核人员确认" if exception.reviewer_confirms else ""
    least = f"至少 {exception.min_years} 个年度"
    says = _with(exception.says.rstrip("。"), exception.cite)
    remark = f"。备注：{exception.remark}" if exception.remark else ""
    return f"{exception.name}：{how}，{least}{confirmed}。{says}{remark}"


def _route(policy: Policy, rule: RouteRule) -> Iterator[Point]:
    lists = ((policy.affiliations, rule.affiliations), (policy.natures, rule.natures))
    whom = [words for choices, keys in lists if (words := _among(choices, keys))] or ["各类单位"]
    if rule.without_unit:
        whom.append("没有单位的人员")
    told = [f"{rule.name}（{'，'.join(whom)}）：{_steps(rule.steps)}", rule.final_label]
    told.append("上级单位不可略过" if rule.departments == "every" else "上级单位可以略过")
    told.append("按" + "或".join(ANCHOR_NAMES[anchor] for anchor in rule.anchors))
    if rule.needs_entrusted:
        told.append(f"须本年度委托，否则：{rule.refusal.rstrip('。')}")
    place, label = f"routes.{rule.key}", f"核认渠道·{rule.key}"
    yield Point(place, label, f"{'，'.join(told)}（{rule.says.rstrip('。')}，{rule.cite}）")
    for code, steps in rule.by_region.items():
        yield Point(f"{place}.{code}", f"{label}·{code}", _steps(steps))


def _steps(steps: Iterable[str]) -> str:
    return " → ".join(STEP_NAMES[step] for step in steps)


def _contradiction(policy: Policy, contradiction: Contradiction) -> str:
    told = [
        _among(policy.affiliations, contradiction.affiliations),
        _among(policy.natures, contradiction.natures),
    ]
    if contradiction.superior is not None:
        told.append("有上级主管单位" if contradiction.superior else "没有上级主管单位，也不是一级单位")
    return f"{'，'.join(each for each in told if each)}：{contradiction.says.rstrip('。')}（{contradiction.cite}）"


def _recognised(policy: Policy) -> Iterator[Point]:
    for each in policy.recognised:
        words = f"只限{_among(policy.natures, each.natures)}人员；其他人员：{each.says.rstrip('。')}（{each.cite}）"
        yield Point(f"recognised.{each.source}", f"直接认定·{_source(each.source)}", words)
    if policy.plans is not None:
        before = "须在开班当天及以前报备" if policy.plans.require_before else "不限报备时间"
        kind = policy.kind_of(policy.plans.kind)
        words = f"按“{kind.name}”（{kind.key}）折算，{before}（{policy.plans.cite}）"
        yield Point("plans", "用人单位培训计划", words)
    able = "、".join(name for key, name in REVIEWER_NAMES.items() if key in policy.batches)
    yield Point("review.batches", "可以批量审核的环节", able or "无")


def _session(policy: Policy) -> Iterator[Point]:
    window = policy.session
    if window is None:
        return
    told = {
        "申报期限": f"{window.opens.isoformat()} 至 {window.closes.isoformat()}",
        "申报期限·说明": f"{window.timezone}，{window.cite}",
        "审核截止": window.review_until.isoformat(),
        "退回后宽限": f"{window.grace_days} 天",
    }
    yield from (Point(f"session.{label}", label, words) for label, words in told.items())


def _certificate(policy: Policy) -> Iterator[Point]:
    texts = policy.certificate
    if texts is None:
        return
    told = {
        "认定单名称": f"{texts.heading}{texts.title}",
        "认定单抬头": texts.heading,
        "认定单依据": texts.basis,
        "认定单正文": texts.sentence,
        "认定单编号": f"{texts.number_label}：{texts.number_format}",
    }
    yield from (Point(f"certificate.{label}", label, words) for label, words in told.items())
