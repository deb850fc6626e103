"""Every rule that a trigger's function names refuses by that name; a new one without a trespass here is red."""

from __future__ import annotations

import re

import pytest

from tests.constraints.conftest import House
from tests.constraints.trespasses import ONLY_GROWS, TRESPASSES, Trespass

FUNCTIONS = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
NAMED = re.compile(r"_refuse\(\s*'(\w+)'|CONSTRAINT = '(\w+)'")


def test_every_rule_of_a_trigger_has_a_trespass(house: House) -> None:
    bodies = dict(house.run(FUNCTIONS))
    named = {name for body in bodies.values() for pair in NAMED.findall(body) for name in pair if name}
    nameless = {function for function, body in bodies.items() if "RAISE" in body and not NAMED.search(body)}

    assert named == {each.rule for each in TRESPASSES}
    assert nameless == {
        "application_refuse",
        "event_refuse",
        "refuse_change",
        "reset_second_factor",  # a right of whoever calls, no rule of a row: tests of the second factor
    }  # the others say what they are told; ONLY_GROWS


@pytest.mark.parametrize("trespass", TRESPASSES, ids=lambda each: each.rule)
def test_the_rule_refuses_by_name(house: House, trespass: Trespass) -> None:
    house.act_as(trespass.who)

    refusal = house.refuses(*trespass.statements)

    assert refusal.diag.constraint_name == trespass.rule


@pytest.mark.parametrize("verb", ONLY_GROWS)
def test_the_trail_of_events_only_grows(house: House, verb: str) -> None:
    house.act_as("system")

    refusal = house.refuses(ONLY_GROWS[verb])

    assert refusal.diag.message_primary == f"organizations_event only grows: {verb} is refused"
