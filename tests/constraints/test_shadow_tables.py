"""A temporary table under the name of one of ours is read by no guard and no function that runs as the owner.

The runtime role may make none (tests/security/test_side_doors.py); here the owner does, and still learns the truth.
"""

from __future__ import annotations

import pytest

from tests.constraints.conftest import House
from tests.constraints.trespasses import AT_THE_EMPLOYER, DRAFT, ONWARDS, TRESPASSES, decided
from tests.constraints.violations import set_

APPROVED = "WHERE state = 'approved'"
A_LIE_FOR = {
    "a_step_needs_its_decision": ("applications_decision", decided("returned", "employer", AT_THE_EMPLOYER)),
    "the_unit_fits_the_route": (
        "organizations_unit",
        "INSERT INTO organizations_unit SELECT (jsonb_populate_record(u, jsonb_build_object("
        "'parent_id', u.id, 'search', '', 'top_level', false))).* FROM public.organizations_unit u",
    ),
    "two_people_revoke_a_certificate": (
        "certificates_revocation",
        'INSERT INTO certificates_revocation SELECT (jsonb_populate_record(r, \'{"state": "confirmed"}\')).* '
        "FROM public.certificates_revocation r",
    ),
}


def shadow(house: House, table: str, *lies: str) -> None:
    """From now on `table`, unqualified, is a temporary one that holds `lies`."""
    house.run(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING INDEXES) ON COMMIT DROP")
    for lie in lies:
        house.run(lie)


@pytest.mark.parametrize("rule", A_LIE_FOR)
def test_a_guard_believes_no_temporary_table(house: House, rule: str) -> None:
    trespass = next(each for each in TRESPASSES if each.rule == rule)
    *before, last = trespass.statements
    house.act_as(trespass.who)
    for statement in before:
        house.run(statement)
    shadow(house, *A_LIE_FOR[rule])

    refusal = house.refuses(last)

    assert refusal.diag.constraint_name == rule


def test_a_strangers_case_is_not_emptied_as_if_it_were_a_draft_of_ones_own(house: House) -> None:
    house.act_as("newcomer")
    [(case,)] = house.run(f"SELECT id FROM applications_application {APPROVED}")
    me = house.world.people["newcomer"].person_id
    shadow(
        house,
        "applications_application",
        f"""INSERT INTO applications_application SELECT (jsonb_populate_record(a, jsonb_build_object(
            'state', 'draft', 'revision', 0, 'person_id', '{me}'))).*
            FROM public.applications_application a {APPROVED}""",
    )

    [(discarded,)] = house.run("SELECT discard_draft(%s)", case)

    assert not discarded
    assert house.run("SELECT 1 FROM applications_yearentry WHERE application_id = %s", case)


def test_a_unit_that_takes_over_a_case_is_on_record_as_taking_part(house: House) -> None:
    house.act_as("employer")
    [(case, superior)] = house.run(
        f"""SELECT a.id, u.parent_id FROM applications_application a
            JOIN organizations_unit u ON u.id = a.current_unit_id {AT_THE_EMPLOYER}"""
    )
    house.run(decided("approved", "employer", AT_THE_EMPLOYER))
    shadow(house, "applications_participant")

    house.run(
        set_(
            "applications_application",
            f"state = 'department_review', {ONWARDS}, step = 1, current_unit_id = '{superior}' {AT_THE_EMPLOYER}",
        )
    )

    assert house.run(
        "SELECT 1 FROM public.applications_participant WHERE application_id = %s AND unit_id = %s",
        case,
        superior,
    )


def test_a_bureau_without_the_case_is_told_nothing_of_it(house: House) -> None:
    house.act_as("other_bureau")
    [(case,)] = house.run(f"SELECT id FROM applications_application {APPROVED}")
    bureau = house.world.people["other_bureau"].unit_id
    shadow(
        house,
        "applications_participant",
        f"""INSERT INTO applications_participant SELECT (jsonb_populate_record(p, jsonb_build_object(
            'unit_id', '{bureau}', 'revision', a.revision))).*
            FROM public.applications_participant p JOIN public.applications_application a
            ON a.id = p.application_id WHERE a.id = '{case}' LIMIT 1""",
    )

    assert house.run("SELECT bureau_with_case(%s)", case) == [(False,)]


def test_without_a_lie_the_same_acts_are_allowed_or_refused_as_ever(house: House) -> None:
    """The statements above reach what they are about: a draft of one's own goes."""
    house.act_as("newcomer")
    [(draft,)] = house.run(f"SELECT id FROM applications_application {DRAFT}")

    assert house.run("SELECT discard_draft(%s)", draft) == [(True,)]
