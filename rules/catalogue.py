"""The kinds of a policy to choose from: by the printed forms, found by everyday words, each with what it can bring."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rules.hours import HourUnit, folded, number_text
from rules.kinds import Kind, Row
from rules.measures import AsStated, Deemed, Fixed, Measure, NotComputable, RankTable
from rules.policy import Form, Policy


@dataclass(frozen=True, slots=True)
class Offer:
    """`words` is what the policy says of the kind, `also` what people call it; both in small letters.

    `category`: the short name of the only category it counts for, "" where there are several.
    """

    kind: Kind
    category: str
    worth: str
    words: str
    also: tuple[str, ...]

    def answers(self, word: str) -> bool:
        """Whether one who looks for `word` may mean this kind: 网课, and 上网课 too."""
        return word in self.words or any(word in each or each in word for each in self.also)


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of one form."""

    form: Form
    offers: tuple[Offer, ...]


def look_for(policy: Policy, text: str = "", *, category: str = "") -> tuple[Group, ...]:
    """The kinds that every word of `text` may mean and that can count for `category`, by their forms."""
    words = folded(text).lower().split()
    wanted = [kind for kind in policy.kinds if not category or kind.category in (None, category)]
    offers = [offer for offer in (_offer(policy, kind) for kind in wanted) if all(map(offer.answers, words))]
    groups = (
        Group(form, tuple(offer for offer in offers if offer.kind.form == form.key)) for form in policy.forms
    )
    return tuple(group for group in groups if group.offers)


def _offer(policy: Policy, kind: Kind) -> Offer:
    form = policy.form_of(kind.form)
    choices = [choice.name for fact in kind.facts for choice in fact.choices]
    words = [kind.name, kind.says, form.name, form.short, *(fact.name for fact in kind.facts), *choices]
    return Offer(
        kind=kind,
        category=policy.category_of(kind.category).short if kind.category else "",
        worth=worth(kind, policy.year),
        words=folded(" ".join(words)).lower(),
        also=tuple(folded(word).lower() for word in kind.also),
    )


def completes_a_year(kind: Kind) -> bool:
    """Whether it can complete a whole year, and then stands for every category at once (三援, annex 2, 二·6)."""
    return any(isinstance(row.measure, Deemed) for row in kind.rows)


def is_for_all(policy: Policy, kind: str) -> bool:
    """The same of a key; "" and keys the policy does not know are for one category."""
    return any(each.key == kind and completes_a_year(each) for each in policy.kinds)


def worth(kind: Kind, year: int) -> str:
    """What a kind can bring in `year`, for a list to choose from: 60 / 30 / 10 学时, 每天 8 学时."""
    measures = [row.measure for row in kind.rows if _in_force(row, year)]
    plain = {measure.hours for measure in measures if isinstance(measure, Fixed) and measure.hours}
    plain |= {step.hours for measure in measures if isinstance(measure, RankTable) for step in measure.steps}
    figures = " / ".join(number_text(hours) for hours in sorted(plain, reverse=True))
    words = [f"{figures} {kind.unit.word}"] if figures else []
    for measure in measures:
        if not isinstance(measure, Fixed | RankTable) and figure(measure, kind.unit) not in words:
            words.append(figure(measure, kind.unit))
    return "，".join(words) or "不折算"


def figure(measure: Measure, unit: HourUnit) -> str:
    """A measure in the fewest words."""
    match measure:
        case Deemed():
            return f"视同完成 {unit.text(measure.total)}"
        case AsStated():
            return f"按载明{unit.word}"
        case NotComputable():
            return "由审核人员认定"
        case Fixed(hours=hours):
            return unit.text(hours)
        case RankTable(steps=steps):
            return f"{' / '.join(number_text(step.hours) for step in steps)} {unit.word}"
        case rate:
            per = "" if rate.per == 1 else f" {number_text(rate.per)} "
            return f"每{per}{rate.unit} {unit.text(rate.hours)}"


def _in_force(row: Row, year: int) -> bool:
    return replace(row, when=()).fits({}, year)
