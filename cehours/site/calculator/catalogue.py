"""The kinds of activity to choose from, each with the address at which it is worked out."""

from __future__ import annotations

from dataclasses import dataclass

from cehours.site.calculator.state import State
from rules import Form
from rules.catalogue import Offer, look_for


@dataclass(frozen=True, slots=True)
class Choice:
    offer: Offer
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    form: Form
    choices: tuple[Choice, ...]


def groups(state: State) -> tuple[Group, ...]:
    """The kinds that fit the category and the words looked for; forms without any are left out."""
    return tuple(
        Group(
            group.form,
            tuple(Choice(offer, state.url("activity", kind=offer.kind, facts=())) for offer in group.offers),
        )
        for group in look_for(state.policy, state.search, category=state.category)
    )
