"""Reading a whole policy file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TypedDict
from zoneinfo import ZoneInfo

from rules.kinds import Choice, Kind
from rules.placeholders import PLACEHOLDERS, unknown_placeholder
from rules.policy import (
    Ambiguity,
    CertificateTexts,
    Form,
    PlanRule,
    Policy,
    SessionWindow,
    SpanRule,
    TrainingBase,
)
from rules.schema.evidence import read_documents, read_proofs, with_stamps
from rules.schema.frame import Frame, read_frame
from rules.schema.kinds import read_kinds
from rules.schema.places import read_filings, read_routes, read_span
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


def read_policy(file: str, values: Mapping[str, object]) -> Policy:
    """The policy in `values`, the parsed content of `file`. Raises PolicyError: file, key and reason."""
    root = Table(file, "", values)
    head = _head(root)
    frame = read_frame(root)
    forms = tuple(_form(each) for each in root.tables("forms"))
    form_keys = tuple(form.key for form in forms)
    if len(set(form_keys)) != len(form_keys):
        raise root.fail("forms", "names a form twice")
    kinds = read_kinds(root, form_keys, frame)
    documents = read_documents(root)
    proofs = read_proofs(root, documents, form_keys, kinds)
    prior_document, prior_cite = _prior(root, tuple(document.key for document in documents))
    lists = root.table("lists")
    titles, educations = _choices(lists, "target_titles"), _choices(lists, "educations")
    natures, affiliations = _choices(lists, "natures"), _choices(lists, "affiliations")
    policy = Policy(
        **head,
        unit=frame.unit,
        step=frame.step,
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
        routes=(routes := read_routes(root, head["region"], affiliations, natures)),
        filings=read_filings(root, routes),
        session=_session(root),
        certificate=_certificate(root),
        bases=tuple(_base(each) for each in root.tables("bases", needed=False)),
        ambiguities=_ambiguities(root),
        batches=_batches(root),
        plans=_plans(root, forms, kinds),
    )
    lists.close()
    root.close()
    return policy


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
        raise table.fail("year", "must be a calendar year")
    if len(head["region"]) != 6 or not head["region"].isdigit():
        raise table.fail("region", "must be a six-digit region code")
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
    return tuple(Choice(name, table.text(name)) for name in table.names())


def _span(
    root: Table, year: int, frame: Frame, educations: tuple[Choice, ...], titles: tuple[Choice, ...]
) -> SpanRule:
    """The span, each of whose years must have minimums."""
    span = read_span(root, year, educations, titles)
    first = frame.minimums[0].from_year
    if first is not None and span.years[0] < first:
        raise root.fail(
            "minimums[1].from_year", f"leaves {span.years[0]}, a year of the span, without minimums"
        )
    return span


def _themes(root: Table) -> Mapping[int, tuple[str, ...]]:
    themes: dict[int, tuple[str, ...]] = {}
    if root.has("themes"):
        table = root.table("themes")
        for year in table.names():
            if not (year.isdigit() and len(year) == 4):
                raise table.fail(year, "must be a year")
            themes[int(year)] = table.texts(year)
    return MappingProxyType(themes)


def _session(root: Table) -> SessionWindow | None:
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
        raise table.fail("closes", "opens, closes and review_until must follow one another")
    try:
        ZoneInfo(window.timezone)
    except (ValueError, OSError, KeyError):
        raise table.fail("timezone", "is no time zone such as Asia/Shanghai") from None
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
        raise table.fail("sentence", f"cannot be filled in: {problem}") from None
    if unknown is not None:
        raise table.fail("sentence", f"{{{unknown}}} must be one of {', '.join(PLACEHOLDERS)}, as it is")
    try:
        numbers = [
            texts.number_format.format(year=year, serial=serial)
            for year, serial in ((2025, 1), (2025, 2), (2026, 1))
        ]
    except (KeyError, IndexError, ValueError, AttributeError) as problem:
        raise table.fail("number_format", f"cannot be filled in: {problem}") from None
    if len(set(numbers)) != len(numbers):
        raise table.fail("number_format", "must differ by year and serial")


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
            raise table.fail("batches", f"names {kind}; expected some of {', '.join(REVIEWERS)}")
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


def _ambiguities(root: Table) -> tuple[Ambiguity, ...]:
    found = tuple(_ambiguity(each) for each in root.tables("ambiguities", needed=False))
    if len({each.id for each in found}) != len(found):
        raise root.fail("ambiguities", "names one twice")
    return found


def _ambiguity(table: Table) -> Ambiguity:
    ambiguity = Ambiguity(
        table.text("id"), table.text("point"), table.text("default"), table.text("reason"), table.text("key")
    )
    table.close()
    return ambiguity
