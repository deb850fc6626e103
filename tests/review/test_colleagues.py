"""Two clerks on one case: a claim says who has it on the screen, and notes stay within the unit (A78, A84)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.models import Application
from applications.states import State
from cehours.lib import clock
from cehours.my_data.gathering import gather
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.acting.scope import scope
from organizations.models import Event
from review import services
from review.batches.verdicts import Order
from review.models import BatchAct, Claim, Note
from tests.review.batching import SYSTEM, at_the_city, now_of
from tests.review.desks import body
from tests.world import World

SAID = "已电话核对，原件明天补交。"


@pytest.fixture
def case(world: World) -> Application:
    world.add_person("colleague", unit="changsha")
    return at_the_city(world)


def claim(world: World, who: str, case: Application, **more: Any) -> None:
    with world.acting(who) as actor:
        services.claim(actor=actor, case_id=case.pk, **more)


def page_of(world: World, who: str, case: Application) -> str:
    return body(world.browser(who).get(reverse("review:case", args=[case.pk])))


def test_a_colleague_reads_who_has_it_on_the_screen_and_may_take_over(
    world: World, case: Application
) -> None:
    claim(world, "city_bureau", case)
    name = world.city_bureau.display_name
    assert f"{name} 正在审核这件申报" in page_of(world, "colleague", case)
    assert f"{name} 正在审核" in body(world.browser("colleague").get(reverse("review:inbox")))
    assert "正在审核这件申报" not in page_of(world, "city_bureau", case)
    with pytest.raises(NotNow, match="接手"):
        claim(world, "colleague", case)

    claim(world, "colleague", case, take_over=True)
    assert "正在审核这件申报" in page_of(world, "city_bureau", case)
    with scope(SYSTEM):
        assert Event.objects.filter(subject_id=case.pk, act="claim_taken_over").count() == 1


def test_a_claim_runs_out_after_ten_minutes_and_is_renewed_while_looked_at(
    world: World, case: Application
) -> None:
    start = clock.now()
    with clock.at(start):
        claim(world, "city_bureau", case)
    with clock.at(start + timedelta(minutes=9)):
        claim(world, "city_bureau", case)
    with clock.at(start + timedelta(minutes=18)), pytest.raises(NotNow):
        claim(world, "colleague", case)
    with scope(SYSTEM):
        assert Claim.objects.get().since == start
    with clock.at(start + timedelta(minutes=20)):
        claim(world, "colleague", case)
    with scope(SYSTEM):
        assert Claim.objects.get().user_id == world.colleague.user_id


def test_the_version_decides_and_not_the_claim(world: World, case: Application) -> None:
    claim(world, "city_bureau", case)
    assert world.approve(case, by="colleague").state == State.APPROVED


def test_looking_alone_claims_nothing(world: World, case: Application) -> None:
    page_of(world, "city_bureau", case)
    with scope(SYSTEM):
        assert not Claim.objects.exists()


def test_the_next_case_skips_what_a_colleague_has_on_the_screen(world: World, case: Application) -> None:
    second = at_the_city(world, by="other_applicant")
    third = at_the_city(world, by="third_applicant")
    claim(world, "colleague", second)
    page = page_of(world, "city_bureau", case)
    assert reverse("review:case", args=[third.pk]) in page
    assert reverse("review:case", args=[second.pk]) not in page


def test_only_who_may_decide_claims(world: World, case: Application) -> None:
    for who in ("society_admin", "other_bureau", "applicant"):
        with pytest.raises(NotYours):
            claim(world, who, case)
    world.add_person("applicant_there", unit="changsha", person_of="applicant")
    with pytest.raises(NotAllowed, match="本人"):
        claim(world, "applicant_there", case)


def test_by_button_and_by_script(world: World, case: Application) -> None:
    address = reverse("review:claim", args=[case.pk])
    mine, other = world.browser("city_bureau"), world.browser("colleague")
    assert "开始审核" in page_of(world, "city_bureau", case)
    assert "已记下由您审核" in body(mine.post(address, follow=True))
    assert mine.post(address, headers={"X-Claim": "1"}).status_code == 204
    assert other.post(address, headers={"X-Claim": "1"}).status_code == 409
    assert "请点击“接手”" in body(other.post(address, follow=True))
    assert "已记下由您审核" in body(other.post(address, {"take_over": "yes"}, follow=True))


def test_cases_of_a_held_batch_are_their_clerks_until_it_starts(
    world: World, case: Application, settings: Any
) -> None:
    settings.BATCH_DELAY_SECONDS = 900
    elsewhere = world.application(at=State.EMPLOYER_REVIEW, by="other_applicant")
    chosen = [(case.pk, now_of(case).version), (elsewhere.pk, 1)]
    with world.acting("city_bureau") as actor:
        batch = services.confirm_batch(
            actor=actor, token=uuid4(), order=Order(BatchAct.APPROVE), chosen=chosen, hold=True
        )
    with scope(SYSTEM):
        assert [held.until for held in Claim.objects.all()] == [batch.holds_until]
    with pytest.raises(NotNow):
        claim(world, "colleague", case)
    with world.acting("city_bureau") as actor:
        services.stop_batch(actor=actor, batch_id=batch.pk)
    claim(world, "colleague", case)


# -- notes


def test_colleagues_read_a_note_and_nobody_else_does(world: World, case: Application) -> None:
    address = reverse("review:note", args=[case.pk])
    assert "备注已保存" in body(world.browser("city_bureau").post(address, {"note": SAID}, follow=True))
    assert SAID in page_of(world, "colleague", case)
    assert SAID not in page_of(world, "society_admin", case)
    for page in ("applications:progress", "applications:detail"):
        assert SAID not in body(world.browser("applicant").get(reverse(page, args=[case.pk])))
    for who in ("society_admin", "applicant", "other_bureau"):
        with world.acting(who):
            assert not Note.objects.exists()


def test_a_note_outlives_the_decision_and_is_never_changed(world: World, case: Application) -> None:
    with world.acting("city_bureau") as actor:
        services.note(actor=actor, case_id=case.pk, text=SAID)
    world.approve(case, by="city_bureau")
    assert SAID in page_of(world, "colleague", case)


def test_an_empty_or_endless_note_is_refused_and_keeps_what_was_typed(
    world: World, case: Application
) -> None:
    address, browser = reverse("review:note", args=[case.pk]), world.browser("city_bureau")
    refused = browser.post(address, {"note": " \u200b "})
    assert refused.status_code == 422 and "请先填写备注" in body(refused)
    long = browser.post(address, {"note": "备" * 501})
    assert long.status_code == 422 and "备" * 501 in body(long)
    with scope(SYSTEM):
        assert not Note.objects.exists()


def test_ones_own_data_tells_when_notes_were_made_and_not_what_they_say(
    world: World, case: Application
) -> None:
    with world.acting("city_bureau") as actor:
        services.note(actor=actor, case_id=case.pk, text=SAID)
        services.note(actor=actor, case_id=case.pk, text="已收到原件。")
    with world.acting("applicant") as actor:
        record = gather(actor).record
    assert len(record["applications"][0]["internal_notes"]) == 2
    assert SAID not in str(record)
