"""A policy as frozen data. Nothing here computes; credit, year, span, evidence and routes read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from rules.errors import PolicyError, RuleInputError
from rules.hours import HourUnit
from rules.kinds import Choice, Condition, Kind

# Every certificate's number, whatever the policy: the year it was issued in, and its place in that year (A39).
# Policies share one counter a year, so that another order of the two would give one number twice.
CERTIFICATE_NUMBER = re.compile(r"[0-9]{4}[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of subject with its own yearly minimum (公需科目, 专业科目)."""

    key: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Form:
    """A 继续教育形式. `printed` ones are listed in the notice, the others are special sources of hours.

    `sources`: the records of other systems that are taken over under this form instead of being typed.
    """

    key: str
    name: str
    short: str
    printed: bool
    cite: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of paper that proves something. `needs_stamp`: some way of proof asks for its seal.

    `hint` follows the name in brackets; `good` is one or two plain sentences on what a good one shows.
    """

    key: str
    name: str
    hint: str
    needs_stamp: bool
    good: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One acceptable paper of a slot; `stamped` asks for the seal as well."""

    document: str
    stamped: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """At least `count` different papers out of these."""

    papers: tuple[Paper, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ProofWay:
    """One complete set of papers: every slot must be filled."""

    name: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves the activities of a form, or of some of its kinds. No ways: nothing is asked for."""

    form: str
    kinds: tuple[str, ...]
    ways: tuple[ProofWay, ...]
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class Share:
    """A minimum as a part of a total: of the total that is asked for, or of what was `learnt` in the year."""

    part: Fraction
    learnt: bool

    def text(self) -> str:
        return f"{'当年实际合计' if self.learnt else '最低合计'}的 {self.part}"


@dataclass(frozen=True, slots=True)
class Minimums:
    """What a year asks for, from `from_year` on until the next entry.

    `by_category` holds a figure for every category that has a minimum. For one given as a share (`shares`) it
    is the share of the total asked for; a share of what was learnt asks for more once more was learnt.
    """

    from_year: int | None
    total: Decimal
    by_category: Mapping[str, Decimal]
    cite: str
    says: str
    shares: Mapping[str, Share] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpanException:
    """A reason to file fewer years. Not `automatic`: the applicant chooses it.

    `remark`: what must be written beside it, in a sentence; empty where nothing need be.
    """

    key: str
    name: str
    automatic: bool
    when: tuple[Condition, ...]
    min_years: int
    reviewer_confirms: bool
    says: str
    cite: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SpanRule:
    """The years one application covers."""

    years: tuple[int, ...]
    require_all: bool
    exceptions: tuple[SpanException, ...]
    cite: str


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Who decides, one after another, for units with these facts (an empty set: whatever they are).

    `without_unit`: also for people who have none. `by_region` replaces the steps of a region.
    """

    key: str
    name: str
    affiliations: frozenset[str]
    natures: frozenset[str]
    without_unit: bool
    steps: tuple[str, ...]
    by_region: Mapping[str, tuple[str, ...]]
    final_label: str
    departments: str
    anchors: tuple[str, ...]
    needs_entrusted: bool
    refusal: str
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A last step that files (备案) instead of reviewing: the routes' `final_label`, and what its acts are called."""

    label: str
    approved: str
    rejected: str
    cite: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Facts of a unit that cannot all be true, or not enough: no route is guessed from them.

    An empty set means whatever it is. `superior`: False holds for a unit that has none and is no 一级单位 either.
    """

    affiliations: frozenset[str]
    natures: frozenset[str]
    superior: bool | None
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class SessionWindow:
    """The filing window; both days belong to it, in `timezone`."""

    opens: date
    closes: date
    review_until: date
    grace_days: int
    timezone: str
    cite: str


@dataclass(frozen=True, slots=True)
class PlanRule:
    """Employers' filed training plans (notice 三(一)): the kind that credits them.

    `require_before`: a plan must be filed by its first training day (A52).
    """

    kind: str
    require_before: bool
    cite: str


@dataclass(frozen=True, slots=True)
class RecognitionRule:
    """Hours on record of one source count only for people of units of these natures (notice 三(三), A81).

    `says` tells everybody else why not, and what they can do.
    """

    source: str
    natures: frozenset[str]
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class CertificateTexts:
    """What the slip says. `sentence` and `number_format` are str.format templates."""

    heading: str
    title: str
    basis: str
    sentence: str
    number_label: str
    number_format: str


@dataclass(frozen=True, slots=True)
class TrainingBase:
    """A national base whose training counts province-wide."""

    name: str
    platform: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Where the text is silent or unclear: the default taken, why, and the key that holds it."""

    id: str
    point: str
    default: str
    reason: str
    key: str


Keyed = TypeVar("Keyed", Kind, Form, Category, Document)


@dataclass(frozen=True, slots=True)
class Policy:
    """One year's rules of one authority."""

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
    hours: HourUnit
    categories: tuple[Category, ...]
    minimums: tuple[Minimums, ...]
    forms: tuple[Form, ...]
    kinds: tuple[Kind, ...]
    documents: tuple[Document, ...]
    proofs: tuple[Proof, ...]
    prior_document: str | None
    prior_cite: str
    target_titles: tuple[Choice, ...]
    title_series: tuple[Choice, ...]
    educations: tuple[Choice, ...]
    natures: tuple[Choice, ...]
    affiliations: tuple[Choice, ...]
    themes_by_year: Mapping[int, tuple[str, ...]]
    span: SpanRule
    routes: tuple[RouteRule, ...]
    session: SessionWindow | None
    certificate: CertificateTexts | None
    bases: tuple[TrainingBase, ...]
    ambiguities: tuple[Ambiguity, ...]
    batches: frozenset[str] = frozenset({"bureau"})  # who may decide many cases at once (A61)
    filings: tuple[Filing, ...] = ()  # none: every last step is a review
    plans: PlanRule | None = None  # None: plans are not filed under this policy
    contradictions: tuple[Contradiction, ...] = ()
    regions: frozenset[str] = frozenset()  # the codes of the province's divisions; none: not known
    recognised: tuple[RecognitionRule, ...] = ()  # sources that are not for everybody

    @property
    def unit(self) -> str:
        return self.hours.name

    @property
    def step(self) -> Decimal:
        return self.hours.step

    def must_be_in_force(self) -> None:
        """Raises PolicyError for a draft: nothing is computed with what nobody has checked."""
        if self.draft:
            raise PolicyError(
                self.key, "policy.draft", "这是草稿，不能用来计算；核对后删去 draft = true 一行，政策方可使用"
            )

    def form_for(self, source: str) -> Form | None:
        """The form under which a record of this source is taken over, if the policy takes it over at all."""
        return next((form for form in self.forms if source in form.sources), None)

    def proof_of(self, kind: Kind) -> Proof:
        """What proves a kind of activity. The loader has seen to it that there is exactly one answer."""
        own = [proof for proof in self.proofs if kind.key in proof.kinds]
        general = [proof for proof in self.proofs if proof.form == kind.form and not proof.kinds]
        return (own or general)[0]

    def filing(self, final_label: str) -> Filing | None:
        """The filing in which routes with this label end; None: they end in a review."""
        return next((filing for filing in self.filings if filing.label == final_label), None)

    def not_for(self, source: str, nature: str | None) -> str:
        """Why hours on record of `source` do not count for people of a unit of this nature; "" where they do.

        The nature is the one the registry holds; None: the person has no registered unit.
        """
        rule = next((each for each in self.recognised if each.source == source), None)
        return "" if rule is None or nature in rule.natures else rule.says

    def themes(self, year: int) -> tuple[str, ...]:
        """公需 themes of a year; empty: no list, people type their own (A54)."""
        return self.themes_by_year.get(year, ())

    def minimums_of(self, year: int) -> Minimums:
        """The minimums in force in `year`. Raises RuleInputError for years before the policy's first."""
        for minimums in reversed(self.minimums):
            if minimums.from_year is None or minimums.from_year <= year:
                return minimums
        raise RuleInputError("year", f"本政策未载明 {year} 年度的{self.hours.word}要求。")

    def kind_of(self, key: str) -> Kind:
        """The kind called `key`. Raises RuleInputError."""
        return _named(self.kinds, "kind", key, "活动种类")

    def form_of(self, key: str) -> Form:
        """The form called `key`. Raises RuleInputError."""
        return _named(self.forms, "form", key, "继续教育形式")

    def category_of(self, key: str) -> Category:
        """The category called `key`. Raises RuleInputError."""
        return _named(self.categories, "category", key, "科目类别")

    def document_of(self, key: str) -> Document:
        """The document kind called `key`. Raises RuleInputError."""
        return _named(self.documents, "documents", key, "材料种类")


def _named(things: tuple[Keyed, ...], field: str, key: object, word: str) -> Keyed:
    for thing in things:
        if thing.key == key:
            return thing
    raise RuleInputError(field, f"没有这个{word}：{str(key)[:40]}")
