"""How filed training plans are treated is said by the policy (A52)."""

import pytest

from rules import PolicyError, load_policy
from rules.schema.policy import read_policy
from tests.rules.tables import small

PLANS = {"kind": "course", "cite": "三"}


def taking_plans(**plans: object) -> dict[str, object]:
    """The small policy, whose only form takes plans over."""
    policy = small()
    policy["forms"][0]["sources"] = ["plan"]
    return {**policy, "plans": {**PLANS, **plans}}


@pytest.mark.requirement("R053")
def test_in_hunan_a_plan_is_filed_by_its_first_day_and_credited_by_its_own_kind() -> None:
    plans = load_policy("hunan-2025").plans
    assert plans is not None
    assert (plans.kind, plans.require_before, plans.cite) == ("filed_plan", True, "正文三（一）")


def test_a_policy_may_know_no_plans_or_not_ask_when_they_were_filed() -> None:
    assert read_policy("small.toml", small()).plans is None
    plans = read_policy("small.toml", taking_plans(require_before=False)).plans
    assert plans is not None
    assert not plans.require_before


@pytest.mark.parametrize(
    ("plans", "key"),
    [({"kind": "lecture"}, "kind"), ({"require_before": "yes"}, "require_before"), ({"other": 1}, "other")],
)
def test_what_the_engine_would_not_understand_is_named(plans: dict[str, object], key: str) -> None:
    with pytest.raises(PolicyError, match=f"plans.{key}"):
        read_policy("small.toml", taking_plans(**plans))


def test_a_kind_whose_form_takes_no_plans_over_cannot_credit_them() -> None:
    with pytest.raises(PolicyError, match=r"plans\.kind"):
        read_policy("small.toml", {**small(), "plans": dict(PLANS)})
