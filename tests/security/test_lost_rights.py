"""Who had a right and lost it: from the next request on they are outsiders, whatever their session remembers."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.states import State
from organizations.models import Membership, Unit
from organizations.models.user import Role
from tests.applications.typing_in import url
from tests.security.attacking import browser_of, changed, database
from tests.world import World, picture


def test_a_demoted_admin_reviews_but_keeps_no_members_any_more(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    browser = browser_of(world, "employer")
    members = [reverse("organizations:members"), reverse("organizations:invite")]
    assert [browser.get(page).status_code for page in members] == [200, 200]

    Membership.objects.filter(user=world.employer.user).update(role=Role.REVIEWER)

    assert [browser.get(page).status_code for page in members] == [404, 404]
    invited = {"name": "同伙", "role": "admin", "contact": "13700137009"}
    before = database()
    assert browser.post(members[1], invited).status_code == 404
    other = Membership.objects.get(user=world.second_employer.user)
    assert browser.post(reverse("organizations:remove_member", args=[other.pk])).status_code == 404
    assert changed(before, database()) == []
    assert browser.get(reverse("review:case", args=[case.pk])).status_code == 200


def test_a_bureau_that_lost_its_office_keeps_no_registry_and_no_desk(world: World) -> None:
    world.application(at=State.BUREAU_REVIEW)
    browser = browser_of(world, "bureau")
    assert browser.get(reverse("organizations:units")).status_code == 200

    Unit.objects.filter(pk=world.province.pk).update(active=False)

    for name, status in {
        "organizations:units": 404, "applications:sessions": 404, "review:inbox": 403, "review:batch": 403,
    }.items():  # fmt: skip
        assert browser.get(reverse(name)).status_code == status, name


def test_a_disabled_account_is_signed_out_at_once(world: World) -> None:
    browser = browser_of(world, "employer")
    assert browser.get(reverse("review:inbox")).status_code == 200

    world.employer.user.is_active = False
    world.employer.user.save()

    assert browser.get(reverse("review:inbox"))["Location"].startswith(reverse("account_login"))


def test_changing_the_password_ends_the_sessions_elsewhere(world: World) -> None:
    stolen = browser_of(world, "employer")
    assert stolen.get(reverse("review:inbox")).status_code == 200

    world.employer.user.set_password("Xuexi-2025-lu")
    world.employer.user.save()

    assert stolen.get(reverse("review:inbox")).status_code == 302


@pytest.mark.parametrize("end", ["withdrawn", "returned"])
def test_a_former_hop_does_not_read_the_applicants_new_draft(world: World, end: str) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW)
    case = world.withdraw(case) if end == "withdrawn" else world.return_(case, by="department")
    new = _paper_added_later(world, case)

    for who in ("employer", "department"):
        browser = browser_of(world, who)
        page = browser.get(reverse("review:case", args=[case.pk]))
        assert page.status_code == 200
        assert "悄悄加上" not in page.content.decode()
        assert str(new) not in page.content.decode()
        for name in ("evidence_file", "evidence_thumb"):
            assert browser.get(url(name, case, new)).status_code == 404
        for act in ("approve", "return", "reject"):
            typed = {
                "version": world.see("applicant", case.pk).version,
                "opinion": "请再补充材料。",
                "confirm": "1",
            }
            before = database()
            answer = browser.post(reverse(f"review:{act}", args=[case.pk]), typed)
            assert answer.status_code in (404, 409, 422), act
            assert changed(before, database()) == []


def _paper_added_later(world: World, case: Application) -> object:
    with world.acting("applicant") as actor:
        paper = filing.attach(
            actor=actor,
            application_id=case.pk,
            year=2020,
            file=io.BytesIO(picture("red")),
            filename="悄悄加上.png",
            kind="completion",
        )
    return paper.pk


def test_a_former_employer_does_not_read_what_is_filed_through_the_next_one(world: World) -> None:
    """Who changed jobs files anew through the new employer; the old one keeps what it decided on, not more."""
    case = world.return_(world.application(at=State.EMPLOYER_REVIEW), by="employer")
    new = _paper_added_later(world, case)
    case = world.see("applicant", case.pk)
    with world.acting("applicant") as actor:
        filing.save_header(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            data={"employer": world.university, "nature": world.university.nature, "phone": "13600136000"},
        )
    case = world.submit(world.see("applicant", case.pk))
    assert case.current_unit_id == world.university.pk

    former = browser_of(world, "employer")
    page = former.get(reverse("review:case", args=[case.pk]))

    assert "13600136000" not in page.content.decode()
    assert former.get(url("evidence_file", case, new)).status_code == 404
    assert browser_of(world, "university_admin").get(url("evidence_thumb", case, new)).status_code == 200
