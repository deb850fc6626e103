"""Reading a whole policy file."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from types import MappingProxyType
from typing import TypedDict
from zoneinfo import ZoneInfo

from rules.kinds import Choice, Kind
from rules.placeholders import PLACEHOLDERS, SPAN, unknown_placeholder
from rules.policy import (
    Ambiguity,
    CertificateTexts,
    Form,
    PlanRule,
    Policy,
    RecognitionRule,
    SessionWindow,
    SpanRule,
    TrainingBase,
)
from rules.schema.evidence import read_documents, read_proofs, with_stamps
from rules.schema.frame import Frame, read_frame, read_unit
from rules.schema.kinds import read_kinds
from rules.schema.places import Province, read_span, read_ways
from rules.schema.table import Table

REVIEWERS = ("employer", "department", "bureau")


class Head(TypedDict):
    """What a policy says about itself."""

    key: str
    title: str
    document: str
    issuer: str
    issued_on: date
    legal_basis: str
    year: int
    region: str
    guidance: str
    draft: bool


def read_policy(file: str, values: Mapping[str, object], regions: Set[str] = frozenset()) -> Policy:
    """The policy in `values`, the parsed content of `file`. Raises PolicyError: file, key and reason.

    `regions`: all codes of divisions that are known; those of a province without any are not looked at."""
    unit = read_unit(Table(file, "", values))
    root = Table(file, "", values, unit.word)
    root.raw("hours")
    head, frame = _head(root), read_frame(root, unit)
    known = _province(head["region"], regions)
    forms = _forms(root)
    form_keys = tuple(form.key for form in forms)
    kinds = read_kinds(root, form_keys, frame)
    documents = read_documents(root)
    proofs = read_proofs(root, documents, form_keys, kinds)
    prior_document, prior_cite = _prior(root, tuple(document.key for document in documents))
    lists = root.table("lists")
    titles, educations = _choices(lists, "target_titles"), _choices(lists, "educations")
    natures, affiliations = _choices(lists, "natures"), _choices(lists, "affiliations")
    policy = Policy(
        **head,
        hours=unit,
        categories=frame.categories,
        minimums=frame.minimums,
        forms=forms,
        kinds=kinds,
        documents=with_stamps(documents, proofs),
        proofs=proofs,
        prior_document=prior_document,
        prior_cite=prior_cite,
        target_titles=titles,
        title_series=_choices(lists, "title_series"),
        educations=educations,
        natures=natures,
        affiliations=affiliations,
        themes_by_year=_themes(root),
        span=_span(root, head["year"], frame, educations, titles),
        **read_ways(root, known, affiliations, natures),
        regions=known.codes,
        session=_session(root, head["year"]),
        certificate=_certificate(root),
        bases=_bases(root),
        ambiguities=_ambiguities(root),
        batches=_batches(root),
        plans=_plans(root, forms, kinds),
        recognised=_recognised(root, forms, natures),
    )
    lists.close()
    root.close()
    return policy


def _province(region: str, regions: Set[str]) -> Province:
    return Province(region, frozenset(code for code in regions if code[:2] == region[:2]))


def _forms(root: Table) -> tuple[Form, ...]:
    forms = tuple(_form(each) for each in root.tables("forms"))
    if len({form.key for form in forms}) != len(forms):
        raise root.fail("forms", "有两种形式的 key 相同")
    return forms


def _head(root: Table) -> Head:
    table = root.table("policy")
    head = Head(
        key=table.text("key"),
        title=table.text("title"),
        document=table.text("document"),
        issuer=table.text("issuer"),
        issued_on=table.day("issued_on"),
        legal_basis=table.text("legal_basis"),
        year=table.integer("year"),
        region=table.text("region"),
        guidance=table.text("guidance", ""),
        draft=table.flag("draft", default=False),
    )
    table.close()
    if not 1950 <= head["year"] <= 2100:
        raise table.fail("year", "须是四位年份")
    if len(head["region"]) != 6 or not head["region"].isdigit():
        raise table.fail("region", "须是六位行政区划代码")
    return head


def _form(table: Table) -> Form:
    name = table.text("name")
    form = Form(
        table.text("key"),
        name,
        table.text("short"),
        table.flag("printed", True),
        table.text("cite"),
        table.texts("sources", ()),
    )
    table.close()
    return form


def _prior(root: Table, documents: tuple[str, ...]) -> tuple[str | None, str]:
    if not root.has("prior_certificate"):
        return None, ""
    table = root.table("prior_certificate")
    found = table.among("document", documents), table.text("cite")
    table.close()
    return found


def _choices(lists: Table, key: str) -> tuple[Choice, ...]:
    table = lists.table(key)
    choices = tuple(Choice(name, table.text(name)) for name in table.names())
    if len({choice.name for choice in choices}) != len(choices):
        raise lists.fail(key, "有两个选项同名")
    return choices


def _span(
    root: Table, year: int, frame: Frame, educations: tuple[Choice, ...], titles: tuple[Choice, ...]
) -> SpanRule:
    """The span, each of whose years must have minimums."""
    span = read_span(root, year, educations, titles)
    first = frame.minimums[0].from_year
    if first is not None and span.years[0] < first:
        raise root.fail("minimums[1].from_year", f"核认跨度内的 {span.years[0]} 年没有学时要求，请补上")
    return span


def _themes(root: Table) -> Mapping[int, tuple[str, ...]]:
    themes: dict[int, tuple[str, ...]] = {}
    if root.has("themes"):
        table = root.table("themes")
        for year in table.names():
            if not (year.isdigit() and len(year) == 4):
                raise table.fail(year, "须是四位年份")
            themes[int(year)] = table.texts(year)
    return MappingProxyType(themes)


def _session(root: Table, year: int) -> SessionWindow | None:
    if not root.has("session"):
        return None
    table = root.table("session")
    window = SessionWindow(
        opens=table.day("opens"),
        closes=table.day("closes"),
        review_until=table.day("review_until"),
        grace_days=table.integer("grace_days"),
        timezone=table.text("timezone"),
        cite=table.text("cite"),
    )
    table.close()
    if not window.opens <= window.closes <= window.review_until:
        raise table.fail("closes", "opens、closes、review_until 须一个比一个晚")
    if window.opens.year != year or window.closes.year != year or window.review_until.year > year + 1:
        raise table.fail("opens", f"申报期限应在政策的年度（{year} 年）内，请核对年份")
    try:
        ZoneInfo(window.timezone)
    except (ValueError, OSError, KeyError):
        raise table.fail("timezone", "不是时区名称，例如 Asia/Shanghai") from None
    return window


def _certificate(root: Table) -> CertificateTexts | None:
    if not root.has("certificate"):
        return None
    table = root.table("certificate")
    texts = CertificateTexts(
        heading=table.text("heading"),
        title=table.text("title"),
        basis=table.text("basis"),
        sentence=table.text("sentence"),
        number_label=table.text("number_label"),
        number_format=table.text("number_format"),
    )
    table.close()
    _check_templates(table, texts)
    return texts


def _check_templates(table: Table, texts: CertificateTexts) -> None:
    try:
        unknown = unknown_placeholder(texts.sentence)
    except ValueError as problem:
        raise table.fail("sentence", f"填不进去（{problem}），请核对花括号和其中的名称") from None
    if unknown is not None:
        raise table.fail(
            "sentence", f"{{{unknown}}} 不能用，只能照原样写：{'、'.join((*PLACEHOLDERS, SPAN))}"
        )
    for year, serial in ((2025, 1), (2026, 999_999)):
        try:
            number = texts.number_format.format(year=year, serial=serial)
        except (KeyError, IndexError, ValueError, AttributeError) as problem:
            raise table.fail("number_format", f"填不进去（{problem}），请核对花括号和其中的名称") from None
        if number != f"{year:04d}{serial:06d}":
            raise table.fail(
                "number_format",
                "认定单编号须为四位年份加六位流水号，共十位数字，写作 {year:04d}{serial:06d}；"
                f"现在写出来的是“{number[:40]}”",
            )


def _bases(root: Table) -> tuple[TrainingBase, ...]:
    bases = tuple(_base(each) for each in root.tables("bases", needed=False))
    if len({base.name for base in bases}) != len(bases):
        raise root.fail("bases", "有两个基地同名")
    return bases


def _base(table: Table) -> TrainingBase:
    base = TrainingBase(table.text("name"), table.text("platform"))
    table.close()
    return base


def _batches(root: Table) -> frozenset[str]:
    """The kinds of steps whose reviewers may work in batches; the bureaus' only, unless it says otherwise."""
    if not root.has("review"):
        return frozenset({"bureau"})
    table = root.table("review")
    kinds = table.texts("batches")
    table.close()
    for kind in kinds:
        if kind not in REVIEWERS:
            raise table.fail("batches", f"没有 {kind} 这种审核单位，可以写 {'、'.join(REVIEWERS)}")
    return frozenset(kinds)


def _plans(root: Table, forms: tuple[Form, ...], kinds: tuple[Kind, ...]) -> PlanRule | None:
    """Filed training plans, if the policy knows them: their kind must belong to a form that takes plans over."""
    if not root.has("plans"):
        return None
    table = root.table("plans")
    taking = {form.key for form in forms if "plan" in form.sources}
    allowed = tuple(kind.key for kind in kinds if kind.form in taking)
    rule = PlanRule(
        table.among("kind", allowed), table.flag("require_before", default=True), table.text("cite")
    )
    table.close()
    return rule


def _recognised(
    root: Table, forms: tuple[Form, ...], natures: tuple[Choice, ...]
) -> tuple[RecognitionRule, ...]:
    """Sources whose hours are not for everybody; each must be a source that some form takes over."""
    if not root.has("recognised"):
        return ()
    known = {source for form in forms for source in form.sources}
    found = []
    for source, table in root.named_tables("recognised"):
        if source not in known:
            raise table.fail("natures", f"没有哪种形式的 sources 含有 {source}")
        wanted = frozenset(table.texts("natures"))
        unknown = wanted - {choice.key for choice in natures}
        if unknown or not wanted:
            raise table.fail(
                "natures", f"单位性质没有 {'、'.join(sorted(unknown)) or '写'}，见 [lists.natures]"
            )
        found.append(RecognitionRule(source, wanted, table.text("cite"), table.text("says")))
        table.close()
    return tuple(found)


def _ambiguities(root: Table) -> tuple[Ambiguity, ...]:
    found = tuple(_ambiguity(each) for each in root.tables("ambiguities", needed=False))
    if len({each.id for each in found}) != len(found):
        raise root.fail("ambiguities", "有两条的 id 相同")
    return found


def _ambiguity(table: Table) -> Ambiguity:
    ambiguity = Ambiguity(
        table.text("id"), table.text("point"), table.text("default"), table.text("reason"), table.text("key")
    )
    table.close()
    return ambiguity
