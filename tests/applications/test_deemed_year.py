"""A year completed by a posting (三援), with hours of its own besides: one total from page to record (A20)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from applications import services
from applications.models import Application, Revision
from applications.services import ActivityInput
from review.cases import dossier
from tests.world import World, plain_year

POSTING = {"place": "tibet", "start": "2022-01-01", "end": "2022-12-31", "passed": "yes"}


def posted(world: World, *more: ActivityInput) -> Application:
    """A draft in which 2022 is a year in Tibet, and `more`."""
    case = world.draft()
    with world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=[ActivityInput("public", "援藏", Decimal(90), "09", kind="aid", facts=POSTING), *more],
        )
    return case


@pytest.mark.requirement("R129", "R169")
def test_the_record_of_a_deemed_year_adds_up_to_its_total(world: World) -> None:
    case = posted(world, *plain_year(2022, professional="120")[1:])

    world.submit(case, evidence_note="材料随后补充")

    with world.acting("applicant"):
        content = json.loads(Revision.objects.get(application=case).content)
    [year] = [each for each in content["years"] if each["year"] == 2022]
    assert year["met"]
    assert year["totals"] == {"public": "30", "professional": "90"}
    assert year["total"] == "120"
    assert "合计按较大者计 120 学时" in year["says"]


@pytest.mark.requirement("R129")
def test_reviewers_read_it_under_no_single_subject(world: World) -> None:
    case = posted(world)
    world.submit(case, evidence_note="材料随后补充")

    with world.acting("employer"):
        found = dossier.of(Application.objects.get(pk=case.pk))
    [year] = [year for year in found.years if year.year == 2022]
    assert [activity.category for activity in year.activities] == ["全年"]
    assert [(subject.titles, subject.claimed) for subject in year.subjects] == [("援藏", 30), ("援藏", 60)]
