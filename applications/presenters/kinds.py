"""您这一年学了什么？ The kinds of activity to choose from, each with the buttons that put it on the page."""

from __future__ import annotations

from dataclasses import dataclass

from applications.forms.items import needs_papers
from applications.forms.rows import WHOLE
from applications.forms.year import YearSheet
from rules import Form
from rules.catalogue import Offer, completes_a_year, look_for


@dataclass(frozen=True)
class Way:
    """A button: `act` adds the kind, `landing` is the line it becomes."""

    says: str
    act: str
    landing: str


@dataclass(frozen=True)
class Choice:
    offer: Offer
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Group:
    form: Form
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Chooser:
    """`text`: the words looked for. `into`: the line that is to get a kind, "" for a new one. `count`: of all kinds."""

    groups: tuple[Group, ...]
    text: str
    into: str
    count: int

    @property
    def is_open(self) -> bool:
        return bool(self.text or self.into)


def chooser(sheet: YearSheet, *, text: str = "", into: str = "") -> Chooser:
    """Kinds whose hours only another system reports are left out: these arrive, nobody types them."""
    side = into.rpartition("-")[0]
    item = next((each for each in sheet.items if each.prefix == into), None)
    into = into if item is not None and side != WHOLE else ""
    asked = {each.key for each in sheet.policy.forms if needs_papers(sheet.policy, each.key)}
    category = side if into else ""
    every = [group for group in look_for(sheet.policy, category=category) if group.form.key in asked]
    found = [group for group in look_for(sheet.policy, text, category=category) if group.form.key in asked]
    return Chooser(
        groups=tuple(
            Group(group.form, tuple(Choice(offer, _ways(sheet, offer, into)) for offer in group.offers))
            for group in found
        ),
        text=text,
        into=into,
        count=sum(len(group.offers) for group in every),
    )


def _ways(sheet: YearSheet, offer: Offer, into: str) -> tuple[Way, ...]:
    kind = offer.kind
    if completes_a_year(kind):
        return (Way("视同全年", f"pick:{WHOLE}:{kind.key}", sheet.whole.landing),)
    return tuple(
        Way(
            "就是这种" if into else f"计入{side.category.short}",
            f"pick:{side.key}:{kind.key}",
            into or side.landing,
        )
        for side in sheet.sides
        if kind.category in (None, side.key) and (not into or into.startswith(f"{side.key}-"))
    )
