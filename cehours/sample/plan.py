"""Who of the sample files, and how far each case has come. Plain data, so that counts are easy to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """Where a case stands when the sample is loaded."""

    NOTHING = "nothing"  # a login, nothing filed
    STARTED = "started"  # two years of five
    DRAFT = "draft"  # ready to submit
    WAITING = "waiting"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    REJECTED = "rejected"
    COPIED = "copied"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"


@dataclass(frozen=True)
class CasePlan:
    """One applicant. `hops`: how many reviewers have approved before it came to `ending`."""

    login: str
    unit: str
    ending: Ending
    hops: int = 0
    region: str = ""
    name: str = ""


NAMED = (
    CasePlan("shenbao", "hospital", Ending.NOTHING),
    CasePlan("tuihui", "hospital", Ending.RETURNED, 1),
    CasePlan("tongguo", "hospital", Ending.APPROVED),
    CasePlan("ziyou", "", Ending.DRAFT, region="430102"),
)

# unit → (ending, hops, how many). Units of 省直 pass employer, superiors, province; see rules for the others.
MIX: dict[str, tuple[tuple[Ending, int, int], ...]] = {
    "hospital": (
        (Ending.STARTED, 0, 2),
        (Ending.DRAFT, 0, 1),
        (Ending.WAITING, 0, 6),
        (Ending.WAITING, 1, 5),
        (Ending.WAITING, 2, 5),
        (Ending.WAITING, 3, 6),
        (Ending.RETURNED, 0, 1),
        (Ending.RETURNED, 3, 1),
        (Ending.RESUBMITTED, 1, 1),
        (Ending.REJECTED, 2, 1),
        (Ending.COPIED, 0, 1),
        (Ending.WITHDRAWN, 1, 1),
        (Ending.APPROVED, 0, 3),
    ),
    "clinic": (
        (Ending.WAITING, 0, 2),
        (Ending.WAITING, 1, 3),
        (Ending.WAITING, 2, 2),
        (Ending.WAITING, 3, 2),
    ),
    "survey": (
        (Ending.WAITING, 0, 3),
        (Ending.WAITING, 1, 4),
        (Ending.RETURNED, 1, 1),
        (Ending.APPROVED, 0, 2),
    ),
    "university": (
        (Ending.DRAFT, 0, 1),
        (Ending.WAITING, 0, 5),
        (Ending.WAITING, 1, 4),
        (Ending.WAITING, 2, 4),
        (Ending.RETURNED, 1, 1),
        (Ending.REJECTED, 0, 1),
        (Ending.APPROVED, 0, 2),
    ),
    "school": (
        (Ending.STARTED, 0, 1),
        (Ending.WAITING, 0, 4),
        (Ending.WAITING, 1, 4),
        (Ending.WAITING, 2, 6),
        (Ending.RETURNED, 2, 1),
        (Ending.REJECTED, 1, 1),
        (Ending.WITHDRAWN, 0, 1),
        (Ending.APPROVED, 0, 3),
    ),
    "factory": (
        (Ending.WAITING, 0, 3),
        (Ending.WAITING, 1, 3),
        (Ending.WAITING, 2, 4),
        (Ending.WAITING, 3, 4),
        (Ending.RETURNED, 2, 1),
        (Ending.APPROVED, 0, 2),
    ),
    "potters": (
        (Ending.WAITING, 0, 2),
        (Ending.WAITING, 1, 3),
        (Ending.WAITING, 2, 3),
        (Ending.APPROVED, 0, 1),
    ),
    "library": ((Ending.WAITING, 0, 2), (Ending.WAITING, 1, 3), (Ending.APPROVED, 0, 1)),
    "software": (
        (Ending.DRAFT, 0, 1),
        (Ending.WAITING, 0, 3),
        (Ending.WAITING, 1, 5),
        (Ending.RESUBMITTED, 0, 1),
        (Ending.APPROVED, 0, 2),
    ),
    "machines": ((Ending.WAITING, 0, 2), (Ending.WAITING, 1, 2), (Ending.RETURNED, 0, 1)),
    "audit": ((Ending.WAITING, 0, 1), (Ending.WAITING, 1, 2), (Ending.APPROVED, 0, 1)),
    "society": ((Ending.WAITING, 0, 2), (Ending.WAITING, 1, 3), (Ending.WITHDRAWN, 0, 1)),
    "central": ((Ending.WAITING, 0, 2), (Ending.WAITING, 1, 3), (Ending.APPROVED, 0, 1)),
    "other_central": ((Ending.DRAFT, 0, 1),),
}
# 自由职业: the bureau of the place where their archive lies.
FREELANCERS = (
    ("430103", Ending.WAITING, 3),
    ("430202", Ending.WAITING, 2),
    ("430304", Ending.WAITING, 2),
    ("430105", Ending.RETURNED, 1),
    ("430102", Ending.APPROVED, 1),
)
# Cases to which something happens beside deciding (cehours.sample.scenes). The last, so that the others keep names.
SCENES = (
    CasePlan("kadian", "rehab", Ending.WAITING),
    CasePlan("daiban", "rehab", Ending.WAITING),
    CasePlan("yijiao", "rehab", Ending.WAITING),
    CasePlan("beizhu", "society", Ending.WAITING, 1),
    CasePlan("daisheng", "society", Ending.WAITING, 1),
    CasePlan("chexiao", "society", Ending.APPROVED),
)


def everybody() -> Iterator[CasePlan]:
    """All applicants, those with a name in the table of accounts first."""
    yield from NAMED
    for unit, cases in MIX.items():
        number = 0
        for ending, hops, count in cases:
            for _ in range(count):
                number += 1
                yield CasePlan(f"{unit.replace('_', '-')}-{number:02d}", unit, ending, hops)
    number = 0
    for region, ending, count in FREELANCERS:
        for _ in range(count):
            number += 1
            yield CasePlan(f"freelance-{number:02d}", "", ending, region=region)
    yield from SCENES


def few() -> Iterator[CasePlan]:
    """The named ones, and one case on each desk of the 省直 route and of the first city."""
    desks: set[tuple[str, int]] = set()
    for case in everybody():
        desk = (case.unit, case.hops)
        waits = case.ending == Ending.WAITING and case.unit in ("hospital", "software") and desk not in desks
        if waits:
            desks.add(desk)
        if waits or case in NAMED:
            yield case
