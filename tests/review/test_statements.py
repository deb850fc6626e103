"""What one decision asks the database: the frozen revision is read once, and nothing is asked twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from applications.states import State
from review import services
from review.cases import routing
from tests.world import World


def asked_by_approving(world: World, at: State, by: str) -> list[str]:
    """The statements of one approval by `by` of a case that stands at `at`."""
    case = world.application(at=at)
    with world.acting(by) as actor:
        seen = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
        choices = routing.ahead(seen).choices
        with CaptureQueriesContext(connection) as asked:
            services.approve(
                actor=actor,
                case_id=case.pk,
                seen=seen.version,
                next_unit_id=choices[0].unit.pk if choices else None,
            )
    return [each["sql"] for each in asked]


@pytest.mark.parametrize(
    ("at", "by", "number"),
    [(State.EMPLOYER_REVIEW, "employer", 16), (State.BUREAU_REVIEW, "bureau", 28)],
)
def test_an_approval_reads_the_revision_once(world: World, at: State, by: str, number: int) -> None:
    asked = asked_by_approving(world, at, by)
    assert sum('FROM "applications_revision"' in sql for sql in asked) == 1
    assert len(asked) == number
