"""Requests about one's own data: asking, settling, and what the second wall lets whom see."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError

from applications.states import State
from cehours.lib.idnumbers import BadIdNumber, make_resident_id
from cehours.my_data import correcting
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import DataRequest, Event, OutboxItem, Person, RequestState, User
from organizations.registry import data_requests as queries
from organizations.registry import identity
from organizations.services import data_requests
from organizations.services.data_requests import Identity
from tests.world import World

NEW_NUMBER = make_resident_id("430104", date(1981, 2, 3), 77)


def ask(world: World, who: str = "applicant", wanted: Identity | None = None) -> DataRequest:
    with world.acting(who) as actor:
        return data_requests.ask_correction(
            actor=actor, wanted=wanted or Identity(name="欧阳更名"), reason="派出所更名"
        )


def settle(
    world: World, request: DataRequest, *, by: str = "bureau", granted: bool = True, answer: str = ""
) -> None:
    with world.acting(by) as actor:
        correcting.settle(actor=actor, request_id=request.pk, granted=granted, answer=answer)


def person_of(world: World, who: str) -> Person:
    with scope(Actor.system("test")):
        return Person.objects.get(pk=world.people[who].person_id)


def test_a_granted_name_goes_to_the_person_their_accounts_and_what_is_not_submitted(world: World) -> None:
    case = world.draft()

    settle(world, ask(world))

    assert person_of(world, "applicant").name == "欧阳更名"
    assert User.objects.get(pk=world.applicant.user_id).display_name == "欧阳更名"
    assert world.see("applicant", case.pk).name == "欧阳更名"
    with world.acting("applicant") as actor:
        titles = [notice.title for notice in notices.of(actor)]
    assert "您的更正申请已办结，信息已更正" in titles


def test_a_granted_number_is_found_opens_and_corrects_the_draft(world: World) -> None:
    case = world.draft()
    old = identity.number_of(person_of(world, "applicant"))

    settle(world, ask(world, wanted=Identity(id_kind="resident", id_number=NEW_NUMBER)))

    assert identity.number_of(person_of(world, "applicant")) == NEW_NUMBER
    assert identity.find_person("resident", NEW_NUMBER) == world.applicant.person_id
    assert identity.find_person("resident", old) is None
    corrected = world.see("applicant", case.pk)
    assert identity.unseal(corrected.id_cipher, table="application", pk=case.pk) == NEW_NUMBER
    assert bytes(corrected.id_index) == identity.index_of("resident", NEW_NUMBER)


def test_what_was_submitted_keeps_the_name_it_was_filed_with(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    settle(world, ask(world))

    assert world.see("applicant", case.pk).name == case.name != "欧阳更名"


def test_settling_empties_the_numbers_that_were_kept_for_it(world: World) -> None:
    request = ask(world, wanted=Identity(id_kind="resident", id_number=NEW_NUMBER))
    assert request.id_cipher and request.wanted_cipher

    settle(world, request, granted=False, answer="请提供更名证明")

    with world.acting("applicant") as actor:
        settled = queries.mine(actor).get(pk=request.pk)
        assert (bytes(settled.id_cipher), bytes(settled.wanted_cipher)) == (b"", b"")
        assert (settled.state, settled.answer) == (RequestState.DECLINED, "请提供更名证明")
        assert "请提供更名证明" in notices.of(actor).get(subject_id=request.pk).body
    assert person_of(world, "applicant").name != "欧阳更名"


def test_a_declined_correction_needs_a_reason_and_a_settled_one_is_not_settled_again(world: World) -> None:
    request = ask(world)

    with pytest.raises(NotAllowed, match="不同意的理由"):
        settle(world, request, granted=False, answer=" ")
    settle(world, request)
    with pytest.raises(Stale):
        settle(world, request, by="second_bureau", granted=False, answer="晚了")


def test_a_number_of_somebody_else_is_not_granted_and_nothing_changes(world: World) -> None:
    taken = identity.number_of(person_of(world, "other_applicant"))
    request = ask(world, wanted=Identity("欧阳更名", "resident", taken))

    with pytest.raises(NotAllowed, match="另一人名下"):
        settle(world, request)

    assert person_of(world, "applicant").name != "欧阳更名"
    assert User.objects.get(pk=world.applicant.user_id).display_name != "欧阳更名"


def test_asking_needs_something_to_change_a_valid_number_and_no_second_request(world: World) -> None:
    person = person_of(world, "applicant")

    with pytest.raises(NotAllowed, match="没有需要更正的"):
        ask(world, wanted=Identity(person.name, person.id_kind, identity.number_of(person)))
    with pytest.raises(BadIdNumber):
        ask(world, wanted=Identity(id_kind="resident", id_number="430102198001010000"))
    ask(world)
    with pytest.raises(NotNow, match="不必重复"):
        ask(world)


@pytest.mark.parametrize("who", ["employer", "city_bureau", "other_applicant"])
def test_only_the_province_settles(world: World, who: str) -> None:
    request = ask(world)

    with pytest.raises(NotYours):
        settle(world, request, by=who)


def test_nobody_settles_their_own_correction(world: World) -> None:
    world.add_person("bureau_at_home", person_of="bureau")
    request = ask(world, "bureau_at_home")

    with pytest.raises(NotYours):
        settle(world, request)
    with pytest.raises(DatabaseError, match="row-level security"), world.acting("bureau"):
        DataRequest.objects.filter(pk=request.pk).update(state="done", settled_at=request.made_at)
    settle(world, request, by="second_bureau")


def test_the_wall_shows_a_request_to_its_person_and_corrections_to_the_province(world: World) -> None:
    correction = ask(world)
    with world.acting("applicant") as actor:
        export = data_requests.ask_export(actor=actor)

    seen = {}
    for who in ("applicant", "other_applicant", "employer", "city_bureau", "bureau"):
        with world.acting(who):
            seen[who] = set(DataRequest.objects.values_list("pk", flat=True))
    assert seen == {
        "applicant": {correction.pk, export.pk},
        "other_applicant": set(),
        "employer": set(),
        "city_bureau": set(),
        "bureau": {correction.pk},
    }
    assert DataRequest.objects.count() == 0


def test_the_wall_lets_no_applicant_grant_their_own_correction(world: World) -> None:
    request = ask(world)

    with pytest.raises(DatabaseError, match="row-level security"), world.acting("applicant"):
        DataRequest.objects.filter(pk=request.pk).update(state="done", settled_at=request.made_at)
    with pytest.raises(DatabaseError, match="permission denied"), world.acting("applicant"):
        DataRequest.objects.filter(pk=request.pk).delete()


def test_the_wall_lets_nobody_ask_in_another_persons_name(world: World) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), world.acting("other_applicant") as actor:
        DataRequest(person_id=world.applicant.person_id, user=actor.user, kind="export").save(
            force_insert=True
        )


def test_an_export_is_asked_once_and_left_to_a_worker(world: World) -> None:
    with world.acting("applicant") as actor:
        request = data_requests.ask_export(actor=actor)
        with pytest.raises(NotNow, match="正在准备"):
            data_requests.ask_export(actor=actor)
    with pytest.raises(NotAllowed, match="个人身份"), world.acting("employer") as actor:
        data_requests.ask_export(actor=actor)

    with scope(Actor.system("test")):
        assert OutboxItem.objects.filter(task="my_data.export", key=str(request.pk)).count() == 1


def test_every_act_is_on_record_and_the_person_reads_what_the_bureau_did(world: World) -> None:
    request = ask(world)
    settle(world, request)

    with world.acting("applicant"):
        acts = list(
            Event.objects.filter(subject_id=request.pk).order_by("seq").values_list("act", "unit__name")
        )
    assert acts == [("correction_asked", None), ("correction_granted", "湘南省人社厅")]
    with world.acting("other_applicant"):
        assert not Event.objects.filter(subject_id=request.pk).exists()
