"""When: named predicates of the transition table, each with the sentence that explains it.

They read only columns set at submit or assess time, so that a set-based WHERE can read the same facts.
"""

from __future__ import annotations

from typing import Any, Protocol

from organizations.acting.errors import NotNow


class Decidable(Protocol):
    """A case as far as the guards read it: the model, or a plain row that borrows its transitions."""

    @property
    def state(self) -> str: ...

    @property
    def years_met(self) -> bool: ...

    @property
    def is_last_step(self) -> bool: ...

    def get_state_display(self) -> str: ...


# The library types conditions as functions of any model, so what they are given is checked in `why_not` only.
def every_year_met(case: Any) -> bool:
    return bool(case.years_met)


def at_last_step(case: Any) -> bool:
    return bool(case.is_last_step)


def not_at_last_step(case: Any) -> bool:
    return not case.is_last_step


SAYS = {
    every_year_met: "还有年度未达到学时要求，请先补齐。",
    at_last_step: "该申报还有后续审核环节，请选择下一审核单位。",
    not_at_last_step: "该申报已在最后一个环节，请直接作出审核决定。",
}


def why_not(case: Decidable, act: str) -> list[str]:
    """Sentences that say why the transition `act` is not possible now; empty when it is.

    django-fsm itself raises one English sentence that names the method, which helps nobody at a desk.
    """
    edge = getattr(type(case), act)._django_fsm.get_transition(case.state)
    if edge is None:
        return [f"该申报当前为“{case.get_state_display()}”，不能进行此操作。"]
    return [SAYS[condition] for condition in edge.conditions if not condition(case)]


def refuse_unless(case: Decidable, act: str) -> None:
    """Raises NotNow with the first reason why `act` is not possible."""
    for says in why_not(case, act):
        raise NotNow(says)
