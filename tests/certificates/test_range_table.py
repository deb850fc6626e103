"""Which ranges can be had, as a table: what is approved, what is asked for, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from certificates import services
from certificates.models import Certificate
from certificates.paper.sheet import Sheet
from organizations.acting.errors import NotAllowed
from tests.certificates.approving import approved, approved_for, revoked
from tests.world import World

# A range, and the approvals (by place, the newest first) that lend its years, or what the refusal says.
Row = tuple[int, int, tuple[int, ...] | str]
Approvals = Callable[[World], list[Certificate]]


def span(world: World) -> list[Certificate]:
    return [approved(world)]


def span_and_a_newer_last_year(world: World) -> list[Certificate]:
    """2020–2023 from the earlier approval, 2024 from the new one."""
    return [approved(world), approved_for(world, 2024, professional="70")]


def two_with_a_year_between(world: World) -> list[Certificate]:
    return [approved_for(world, 2020, 2021), approved_for(world, 2023, 2024)]


def three_side_by_side(world: World) -> list[Certificate]:
    return [approved_for(world, 2020, 2021), approved_for(world, 2022), approved_for(world, 2023, 2024)]


def a_newer_one_over_the_middle(world: World) -> list[Certificate]:
    return [approved(world), approved_for(world, 2022, 2023)]


def the_earlier_one_revoked(world: World) -> list[Certificate]:
    found = span_and_a_newer_last_year(world)
    revoked(world, found[0])
    return found


def the_newer_one_revoked(world: World) -> list[Certificate]:
    found = span_and_a_newer_last_year(world)
    revoked(world, found[1])
    return found


def nothing(world: World) -> list[Certificate]:
    return []


MISSING = "{} 年没有审核通过的学时"
TABLE: dict[Approvals, list[Row]] = {
    nothing: [(2020, 2024, "还没有审核通过的申报"), (2024, 2020, "不能早于起始年度")],
    span: [
        (2020, 2024, (0,)),
        (2021, 2023, (0,)),
        (2024, 2024, (0,)),
        (2019, 2024, MISSING.format(2019)),
        (2024, 2025, MISSING.format(2025)),
        (2010, 2012, MISSING.format(2010)),
        (2023, 2022, "不能早于起始年度"),
    ],
    span_and_a_newer_last_year: [
        (2020, 2024, (1, 0)),
        (2023, 2024, (1, 0)),
        (2020, 2023, (0,)),
        (2024, 2024, (1,)),
        (2020, 2025, MISSING.format(2025)),
    ],
    two_with_a_year_between: [
        (2020, 2021, (0,)),
        (2023, 2024, (1,)),
        (2020, 2024, MISSING.format(2022)),
        (2022, 2022, MISSING.format(2022)),
        (2021, 2023, MISSING.format(2022)),
    ],
    three_side_by_side: [(2020, 2024, (2, 1, 0)), (2021, 2022, (1, 0)), (2022, 2023, (2, 1))],
    a_newer_one_over_the_middle: [
        (2020, 2024, (1, 0)),
        (2021, 2021, (0,)),
        (2022, 2023, (1,)),
        (2023, 2024, (1, 0)),
    ],
    the_earlier_one_revoked: [
        (2024, 2024, (1,)),
        (2020, 2024, MISSING.format(2020)),
        (2023, 2024, MISSING.format(2023)),
    ],
    the_newer_one_revoked: [(2020, 2024, (0,)), (2024, 2024, (0,))],
}


@pytest.mark.requirement("R195", "R200")
@pytest.mark.parametrize("approvals", TABLE, ids=lambda each: each.__name__)
def test_a_range_is_had_of_the_latest_approval_of_each_year_or_refused_by_name(
    world: World, approvals: Approvals
) -> None:
    certificates = approvals(world)
    for first, last, comes in TABLE[approvals]:
        with world.acting("applicant") as actor:
            if isinstance(comes, str):
                with pytest.raises(NotAllowed, match=comes):
                    services.issue_range(actor=actor, from_year=first, to_year=last)
                continue
            issued = services.issue_range(actor=actor, from_year=first, to_year=last)
            again = services.issue_range(actor=actor, from_year=first, to_year=last)
        assert again.number == issued.number, (first, last)
        assert issued.lent_by == [certificates[place].application_id for place in comes], (first, last)
        assert [row.year for row in Sheet.from_json(issued.sheet).rows] == list(range(first, last + 1))
        assert issued.issued_by_id == certificates[comes[0]].issued_by_id
