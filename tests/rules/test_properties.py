"""What must hold for all activities, all years and all policies, not only for those somebody thought of."""

from __future__ import annotations

import json
import random
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import rules
from rules.cli.asks import ASKS
from rules.cli.lines import answer
from rules.schema import read_policy
from tests.rules.strategies import JSON, activities, facts_of, policy_values

HUNAN = rules.load_policy("hunan-2025")
POLICIES = [rules.load_policy(key) for key in rules.available_policies()]
YEARS = st.integers(2018, 2026)
# A shared machine may be slow at any moment; that is no failure of a rule.
STEADY = settings(deadline=None)
# Most policies made at random are refused, so that twice as many are tried.
MANY = settings(
    STEADY,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    max_examples=2 * STEADY.max_examples,
)
NUMBER = re.compile(r"([\d.]+) 学时$")


@STEADY
@given(data=st.data(), policy=st.sampled_from(POLICIES), year=YEARS)
def test_adding_an_activity_never_lowers_any_sum(
    data: st.DataObject, policy: rules.Policy, year: int
) -> None:
    items = data.draw(st.lists(activities(policy), max_size=5))
    one_more = data.draw(activities(policy))

    before = rules.assess_year(policy, year, items)
    after = rules.assess_year(policy, year, [*items, one_more])

    assert after.total >= before.total
    assert after.met >= before.met
    assert all(after.totals[key] >= hours for key, hours in before.totals.items())


@STEADY
@given(data=st.data(), policy=st.sampled_from(POLICIES), year=YEARS, seed=st.integers())
def test_the_order_of_activities_never_matters(
    data: st.DataObject, policy: rules.Policy, year: int, seed: int
) -> None:
    items = data.draw(st.lists(activities(policy), max_size=6))
    shuffled = random.Random(seed).sample(items, len(items))

    one, other = rules.assess_year(policy, year, items), rules.assess_year(policy, year, shuffled)

    assert (one.totals, one.total, one.gaps, one.met) == (other.totals, other.total, other.gaps, other.met)
    assert (one.entered, one.says) == (other.entered, other.says)


@STEADY
@given(data=st.data(), policy=st.sampled_from(POLICIES), year=YEARS)
def test_what_is_entered_adds_up_to_the_total_and_is_met_just_as_well(
    data: st.DataObject, policy: rules.Policy, year: int
) -> None:
    result = rules.assess_year(policy, year, data.draw(st.lists(activities(policy), max_size=6)))

    again = rules.assess_year(policy, year, [rules.Item(key, n) for key, n in result.entered.items()])

    assert sum(result.entered.values()) == result.total == again.total
    assert all(result.entered[key] <= hours for key, hours in result.totals.items())
    assert result.met is (not result.gaps) is again.met
    assert f"{rules.number_text(result.total)} 学时" in result.says


@STEADY
@given(data=st.data(), policy=st.sampled_from(POLICIES), year=YEARS)
def test_a_credit_is_never_negative_and_its_explanation_ends_in_the_same_sum(
    data: st.DataObject, policy: rules.Policy, year: int
) -> None:
    kind = data.draw(st.sampled_from(policy.kinds))

    result = rules.credit(policy, kind=kind.key, year=year, facts=data.draw(facts_of(kind)))

    if result.hours is None:
        assert result.sum_text == ""
        return
    assert result.hours >= 0
    assert result.hours % policy.step == 0
    stated = NUMBER.search(result.sum_text)
    assert stated is not None
    assert Decimal(stated[1]) == result.hours
    assert rules.explain_credit(policy, result)


@MANY
@given(data=st.data(), values=policy_values(), year=YEARS)
def test_any_policy_the_loader_accepts_evaluates_any_typed_facts(
    data: st.DataObject, values: dict[str, object], year: int
) -> None:
    try:
        policy = read_policy("made-up.toml", values)
    except rules.PolicyError:
        assume(False)
    [kind] = policy.kinds
    facts = data.draw(facts_of(kind))

    result = rules.credit(policy, kind=kind.key, year=year, facts=facts)
    assessed = rules.assess_year(policy, year, [rules.Item("main", kind=kind.key, facts=facts)])

    assert result.hours is None or (result.hours >= 0 and result.hours % policy.step == 0)
    assert assessed.total >= 0
    assert rules.describe(policy)
    assert rules.compare(policy, policy) == ()


@STEADY
@given(kind=st.sampled_from([each.key for each in HUNAN.kinds]), facts=JSON, year=JSON)
def test_whatever_is_typed_gives_a_credit_or_a_sentence(kind: str, facts: object, year: object) -> None:
    try:
        result = rules.credit(HUNAN, kind=kind, year=year, facts=facts)  # type: ignore[arg-type]
    except rules.RuleInputError as refusal:
        told = refusal.says
    else:
        told = result.says

    assert told.strip()


@pytest.mark.parametrize("name", list(ASKS))
@STEADY
@given(line=st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value, default=str).encode()))
def test_no_line_stops_the_stream(name: str, line: bytes) -> None:
    answered = answer(HUNAN, ASKS[name], line, 1)

    assert answered["error"]
    assert "hours" not in answered


@STEADY
@given(data=st.data(), form=st.sampled_from([form.key for form in HUNAN.forms]))
def test_more_papers_never_hurt_and_the_named_gaps_are_the_gaps(data: st.DataObject, form: str) -> None:
    papers = st.builds(rules.Doc, st.sampled_from([each.key for each in HUNAN.documents]), st.booleans())
    held = data.draw(st.lists(papers, max_size=4))

    before = rules.evidence_gap(HUNAN, form=form, documents=held)
    after = rules.evidence_gap(HUNAN, form=form, documents=[*held, data.draw(papers)])

    assert after.sufficient >= before.sufficient
    if not before.sufficient and "prior_certificate" not in {paper.kind for paper in held}:
        fillers = [rules.Doc(options[0], stamped=True) for options in before.ways[0].papers]
        assert rules.evidence_gap(HUNAN, form=form, documents=[*held, *fillers]).sufficient or form == "prior"
