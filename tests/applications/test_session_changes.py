"""A session that has begun: its dates and policy change by two administrators of the province, or not at all."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from applications.models import FilingSession, SessionChange
from applications.services import session_changes, sessions
from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.acting.scope import scope
from organizations.messaging.work import Work
from organizations.models import Event, Membership, Notice
from organizations.models.user import Role
from tests.applications.test_filing_sessions import entered, on_whole_days, typed
from tests.organizations.people import send


@pytest.fixture
def session(world):
    world.move_session(**on_whole_days())
    return world.session


def edit(world, who, session, **changed):
    address = reverse("applications:session_edit", args=[session.pk])
    return world.browser(who).post(address, typed(session, **changed), follow=True)


def asked_for(world):
    with world.acting("bureau"):
        return SessionChange.objects.get(state="requested")


def asked(world, session):
    edit(world, "bureau", session, grace_days="9", reason="按文件延长")
    return asked_for(world)


def press(world, who, verb, change):
    return world.browser(who).post(
        reverse(f"applications:session_change_{verb}", args=[change.pk]), follow=True
    )


def test_the_dates_of_an_open_session_wait_for_a_second_administrator(world, session):
    answer = edit(world, "bureau", session, grace_days="9", reason="按文件延长")

    page = answer.content.decode()
    assert "请本局另一位管理员确认" in page
    assert "待确认的修改" in page
    assert FilingSession.objects.get().grace_days == 5
    change = asked_for(world)
    looked = world.browser("second_bureau").get(reverse("applications:session_change", args=[change.pk]))
    told = looked.content.decode()
    for words in ("退回后可重新提交天数", "5 天", "9 天", "按文件延长", "确认修改"):
        assert words in told

    done = press(world, "second_bureau", "confirm", change).content.decode()

    assert "已按修改后的规定办理" in done
    assert FilingSession.objects.get().grace_days == 9
    with scope(Actor.system("tests")):
        acts = Event.objects.filter(subject="session").order_by("seq").values_list("act", "person_id")
        assert list(acts)[-2:] == [
            ("session_change_requested", world.bureau.person_id),
            ("session_changed", world.second_bureau.person_id),
        ]
        assert SessionChange.objects.get(pk=change.pk).applied_at
        assert list(audit.faults()) == []


@pytest.mark.parametrize("field", ["opens", "closes", "review_until", "grace_days", "policy", "year"])
def test_each_date_and_the_policy_need_two_people(world, session, field):
    day = session.opens_at if field == "opens" else session.closes_at
    if field in ("policy", "year"):
        changed = {"year": "2026", "other_year": "on"}
    elif field == "grace_days":
        changed = {"grace_days": "7"}
    else:
        later = session.review_until if field == "review_until" else day
        changed = {field: clock.local(later).date().isoformat()}
        changed[field] = (date.fromisoformat(changed[field]) + timedelta(days=2)).isoformat()
    before = FilingSession.objects.values().get()

    edit(world, "bureau", session, reason="按文件调整", **changed)

    del before["audit_seq"], before["audit_hash"]
    after = FilingSession.objects.values().get()
    assert {key: after[key] for key in before} == before
    assert asked_for(world)


def test_the_name_alone_is_changed_by_one(world, session):
    edit(world, "bureau", session, name="2025年度核认（更名）")

    assert FilingSession.objects.get().name == "2025年度核认（更名）"


def test_a_session_to_come_is_changed_by_one_as_long_as_nobody_filed_in_it(world):
    browser = world.browser("bureau")
    coming = (clock.today() + timedelta(days=5)).year + 1
    future = {"opens": f"{coming}-05-01", "closes": f"{coming}-07-20", "review_until": f"{coming}-08-31"}
    send(browser, "applications:session_new", entered(**future))
    session = FilingSession.objects.get(year=2026)

    edit(world, "bureau", session, grace_days="7", other_year="on")

    session.refresh_from_db()
    assert session.grace_days == 7


def test_a_reason_is_asked_for_and_nothing_typed_is_lost(world, session):
    answer = edit(world, "bureau", session, grace_days="9", name="改名")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert session_changes.NO_REASON in page
    assert 'value="9"' in page
    assert 'value="改名"' in page


def test_who_asked_cannot_confirm_and_may_take_it_back(world, session):
    change = asked(world, session)

    refused = press(world, "bureau", "confirm", change)
    assert refused.status_code == 422
    assert session_changes.SAME_PERSON in refused.content.decode()
    assert FilingSession.objects.get().grace_days == 5
    taken_back = press(world, "bureau", "decline", change).content.decode()

    assert "修改申请已收回" in taken_back
    with world.acting("bureau"):
        assert SessionChange.objects.get(pk=change.pk).state == "withdrawn"
    assert press(world, "second_bureau", "confirm", change).status_code == 422
    assert FilingSession.objects.get().grace_days == 5


def test_the_second_account_of_the_same_person_is_no_second_person(world, session):
    twin = world.add_person("twin", unit="province", person_of="bureau")
    change = asked(world, session)

    with world.acting(twin) as actor, pytest.raises(NotAllowed, match="申请人本人不能确认"):
        session_changes.confirm(actor=actor, change_id=change.pk)


def test_who_does_not_agree_declines_and_who_asked_is_told(world, session):
    change = asked(world, session)

    press(world, "second_bureau", "decline", change)

    with world.acting("bureau"):
        assert SessionChange.objects.get(pk=change.pk).state == "declined"
        told = Notice.objects.filter(kind="session_decided").latest("created_at")
        assert "不同意" in told.body
    with scope(Actor.system("tests")):
        assert list(audit.faults()) == []


def test_the_other_administrators_are_told_and_find_it_counted_in_the_navigation(world, session):
    clerk = world.add_person("clerk", unit="province")
    Membership.objects.filter(pk=clerk.membership.pk).update(role=Role.REVIEWER)
    change = asked(world, session)

    with scope(Actor.system("tests")):
        notices = Notice.objects.filter(kind="session_waiting")
        told = notices.filter(link=reverse("applications:session_change", args=[change.pk]))
        assert {each.person_id for each in told} == {world.second_bureau.person_id}
    counted = re.compile(r"申报期<span[^>]*><span[^>]*>，等待办理 </span>1<")
    for who, waits in (("second_bureau", True), ("bureau", False), ("clerk", False)):
        page = world.browser(who).get(reverse("applications:sessions")).content.decode()
        assert bool(counted.search(page)) is waits, who


def test_who_switched_that_kind_of_work_off_is_not_told_and_still_finds_it_counted(world, session):
    world.second_bureau.user.muted = [Work.SESSIONS.value]
    world.second_bureau.user.save(update_fields=["muted"])
    change = asked(world, session)

    with scope(Actor.system("tests")):
        told = Notice.objects.filter(link=reverse("applications:session_change", args=[change.pk]))
        assert not told.exists()
    page = world.browser("second_bureau").get(reverse("applications:sessions")).content.decode()
    assert "，等待办理 </span>1<" in page


def test_a_change_goes_stale_when_the_session_changed_meanwhile(world, session):
    change = asked(world, session)
    session.refresh_from_db()
    edit(world, "second_bureau", session, name="更名在先")

    refused = press(world, "second_bureau", "confirm", change)

    assert refused.status_code == 409
    assert "该申报期又有变动" in refused.content.decode()
    assert FilingSession.objects.get().grace_days == 5


def test_a_policy_is_not_changed_once_somebody_filed_while_the_change_waited(world, session):
    edit(world, "bureau", session, year="2026", other_year="on", reason="年度有误")
    change = asked_for(world)
    world.draft()

    with world.acting("second_bureau") as actor, pytest.raises(NotNow, match="不能再改"):
        session_changes.confirm(actor=actor, change_id=change.pk)


def test_only_one_change_waits_at_a_time(world, session):
    asked(world, session)
    session.refresh_from_db()

    again = edit(world, "second_bureau", session, grace_days="3", reason="再改")

    assert again.status_code == 422
    assert session_changes.OPEN in again.content.decode()


def test_a_bureau_with_one_administrator_is_told_before_and_what_to_do(world, session):
    Membership.objects.filter(pk=world.second_bureau.membership.pk).update(role=Role.REVIEWER)
    address = reverse("applications:session_edit", args=[session.pk])

    page = world.browser("bureau").get(address).content.decode()
    refused = edit(world, "bureau", session, grace_days="9", reason="按文件延长")

    assert session_changes.ALONE in page
    assert reverse("organizations:members") in page
    assert refused.status_code == 422
    assert session_changes.ALONE in refused.content.decode()


@pytest.mark.parametrize("who", ["applicant", "employer", "city_bureau", "clerk"])
def test_everybody_else_finds_no_change(world, session, who):
    clerk = world.add_person("clerk", unit="province")
    Membership.objects.filter(pk=clerk.membership.pk).update(role=Role.REVIEWER)
    clerk.membership.refresh_from_db()
    change = asked(world, session)

    browser = world.browser(who)
    assert browser.get(reverse("applications:session_change", args=[change.pk])).status_code == 404
    assert press(world, who, "confirm", change).status_code == 404
    assert press(world, who, "decline", change).status_code == 404
    with world.acting(who) as actor, pytest.raises(NotYours):
        session_changes.confirm(actor=actor, change_id=change.pk)


def test_an_unused_session_is_removed_with_what_was_asked_for_it(world, session):
    asked(world, session)

    with world.acting("bureau") as actor:
        sessions.remove_session(actor=actor, session_id=session.pk)

    assert not FilingSession.objects.exists()
    with scope(Actor.system("tests")):
        assert not SessionChange.objects.exists()
        assert list(audit.faults()) == []


WRITES = {
    "the dates": "UPDATE applications_filingsession SET review_until = review_until + interval '1 day'",
    "the policy": "UPDATE applications_filingsession SET policy = 'hunan-2024'",
    "an agreement of one": """UPDATE applications_sessionchange SET state = 'confirmed', decided_at = now(),
        decided_by_id = requested_by_id""",
    "an agreement in another's name": """UPDATE applications_sessionchange SET state = 'confirmed',
        decided_at = now(),
        decided_by_id = (SELECT person_id FROM organizations_user WHERE username = 'second_bureau')""",
    "an agreement from the start": """INSERT INTO applications_sessionchange (id, session_id, unit_id, before, name,
        policy, year, opens_at, closes_at, review_until, grace_days, reason, state, requested_by_id, requested_name,
        requested_at, decided_by_id, decided_name, decided_at)
        SELECT gen_random_uuid(), session_id, unit_id, before, name, policy, year, opens_at, closes_at, review_until,
        30, reason, 'confirmed', requested_by_id, '', now(),
        (SELECT person_id FROM organizations_user WHERE username = 'second_bureau'), '', now()
        FROM applications_sessionchange LIMIT 1""",
}


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("kind", ["person", "system"])
def test_one_person_with_the_runtime_role_alone_changes_nothing(world, session, sql, kind):
    asked(world, session)
    with world.acting("bureau"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.kind', %s, true)", [kind])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(sql)


def test_an_agreement_is_used_once(world, session):
    change = asked(world, session)
    press(world, "second_bureau", "confirm", change)
    session.refresh_from_db()
    world.move_session(grace_days=5)

    with world.acting("bureau"), pytest.raises(DatabaseError), transaction.atomic():
        FilingSession.objects.filter(pk=session.pk).update(grace_days=9)


def test_a_clerk_who_was_put_down_as_administrator_by_nobody_cannot_ask(world, session):
    Membership.objects.filter(pk=world.bureau.membership.pk).update(role=Role.REVIEWER)

    with world.acting("bureau") as actor, pytest.raises(DatabaseError), transaction.atomic():
        session_changes.ask(actor=actor, session=session, values={"grace_days": 9}, reason="延长")


def test_two_who_confirm_at_once_change_it_once(world, session):
    change = asked(world, session)
    third = world.add_person("third", unit="province")
    press(world, "second_bureau", "confirm", change)

    with world.acting(third) as actor, pytest.raises((NotNow, Stale)):
        session_changes.confirm(actor=actor, change_id=change.pk)
