"""The kinds of activity to choose from, by the printed forms, each with what it can bring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cehours.site import policies, wording
from cehours.site.calculator.state import State
from rules import Form, Kind, Policy


@dataclass(frozen=True, slots=True)
class Offer:
    """`words` is everything one might look for it by."""

    kind: Kind
    category: str
    worth: str
    words: str


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
    offers = [offer for offer in _offers(state.policy.key) if _fits(offer, state)]
    found = []
    for form in state.policy.forms:
        here = tuple(
            Choice(offer, state.url("activity", kind=offer.kind, facts=()))
            for offer in offers
            if offer.kind.form == form.key
        )
        if here:
            found.append(Group(form, here))
    return tuple(found)


def _fits(offer: Offer, state: State) -> bool:
    in_category = not state.category or offer.kind.category in (None, state.category)
    return in_category and all(word in offer.words for word in state.search.lower().split())


@lru_cache(maxsize=32)
def _offers(key: str) -> tuple[Offer, ...]:
    policy = policies.policy_or_404(key)
    return tuple(_offer(policy, kind) for kind in policy.kinds)


def _offer(policy: Policy, kind: Kind) -> Offer:
    form = policy.form_of(kind.form)
    choices = [choice.name for fact in kind.facts for choice in fact.choices]
    words = [kind.name, kind.says, form.name, *(fact.name for fact in kind.facts), *choices]
    return Offer(
        kind=kind,
        category=policy.category_of(kind.category).short if kind.category else "",
        worth=wording.worth(kind, policy.year),
        words=" ".join(words).lower(),
    )
