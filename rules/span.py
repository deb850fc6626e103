"""Which years an application covers, and the reasons to file fewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.errors import RuleInputError
from rules.kinds import Choice
from rules.policy import Policy, SpanException


@dataclass(frozen=True, slots=True)
class Span:
    """The years to file. `required`: all of them; otherwise at least `min_years`, under `exception`.

    `exceptions`: those this person may choose (automatic ones that fit are already in `exception`).
    """

    years: tuple[int, ...]
    required: bool
    min_years: int
    exception: SpanException | None
    reviewer_confirms: bool
    exceptions: tuple[SpanException, ...]
    says: str
    cite: str


def span(
    policy: Policy, *, target_title: str, education: str, facts: Mapping[str, object] | None = None
) -> Span:
    """The years a person must file (A46, A47). `facts` may name a chosen `exception`.

    Raises RuleInputError for a title outside the policy, an unknown education or exception, PolicyError for
    a draft.
    """
    policy.must_be_in_force()
    known = {
        "target_title": _chosen("target_title", "拟申报职称", target_title, policy.target_titles),
        "education": _chosen("education", "最高学历", education, policy.educations),
    }
    rule = policy.span
    open_to_choice = tuple(
        each for each in rule.exceptions if not each.automatic and all(c.holds(known) for c in each.when)
    )
    exception = _choice(open_to_choice, facts) or next(
        (each for each in rule.exceptions if each.automatic and all(c.holds(known) for c in each.when)), None
    )
    required = rule.require_all and exception is None
    first, last = rule.years[0], rule.years[-1]
    says = f"须申报 {first}—{last} 年共 {len(rule.years)} 个年度。"
    if not required:
        least = exception.min_years if exception else 0
        floor = f"至少 {least} 个年度" if least else "年度数不设下限"
        reason = exception.says if exception else ""
        says = f"核认跨度为 {first}—{last} 年，{floor}。{reason}"
    return Span(
        years=rule.years,
        required=required,
        min_years=len(rule.years) if required else (exception.min_years if exception else 0),
        exception=exception,
        reviewer_confirms=exception.reviewer_confirms if exception else False,
        exceptions=open_to_choice,
        says=says,
        cite=f"{policy.document} {(exception and exception.cite) or rule.cite}",
    )


def _chosen(key: str, name: str, value: object, choices: tuple[Choice, ...]) -> str:
    for choice in choices:
        if value in (choice.key, choice.name):
            return choice.key
    names = "、".join(choice.name for choice in choices)
    raise RuleInputError(key, f"{name}不在本政策的范围内，请从以下选项中选择：{names}。")


def _choice(
    open_to_choice: tuple[SpanException, ...], facts: Mapping[str, object] | None
) -> SpanException | None:
    wanted = (facts or {}).get("exception")
    if wanted in (None, ""):
        return None
    for each in open_to_choice:
        if each.key == wanted:
            return each
    raise RuleInputError("exception", "没有这个例外情形，或不适用于您的学历和拟申报职称。")
