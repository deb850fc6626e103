"""After a change of a rule, stored keys follow it: batch by batch, as the owner, whatever interrupts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from applications import services as filing
from applications.models import Activity, Application
from applications.states import State
from cehours import recomputing
from cehours.recomputing import ALL, StoredKey
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Person, StoredKeys, Unit
from review.models import NameKey
from tests.databases import as_owner
from tests.world import World, plain_year

PEOPLE, UNITS, NAMES, ACHIEVEMENTS = ALL
SYSTEM = Actor.system("tests")
TOLD = {"rank": 1, "granted_on": "2021-05-01", "patent_number": "ZL 2020 1 0123456.7"}
PATENT = filing.ActivityInput("professional", "一种装置", Decimal(30), "07", "invention", TOLD)


@contextmanager
def owner() -> Iterator[None]:
    """This thread's connection is the owner's while the body runs."""
    runtime = dict(connection.settings_dict)
    connection.close()
    url = urlsplit(os.environ["DATABASE_MIGRATE_URL"])
    connection.settings_dict.update(USER=url.username or "", PASSWORD=url.password or "")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(USER=runtime["USER"], PASSWORD=runtime["PASSWORD"])


def next_version(key: StoredKey) -> StoredKey:
    """As a release declares it whose rule differs."""
    return replace(key, version=key.version + 1)


def progress(key: StoredKey) -> StoredKeys:
    return StoredKeys.objects.get(name=key.name)


@pytest.mark.django_db
def test_a_new_installation_has_nothing_to_recompute() -> None:
    out = StringIO()

    call_command("recompute", "--check")
    call_command("recompute", stdout=out)

    assert recomputing.behind() == []
    assert out.getvalue() == "没有需要重算的。\n"


def test_units_are_found_by_the_new_keys(committed_world: World, committed_db: str) -> None:
    as_owner(committed_db, "UPDATE organizations_unit SET pinyin = 'formerly', initials = 'f'")

    with owner():
        (step,) = recomputing.recompute(next_version(UNITS))

    assert (step.rows, step.changed, step.done) == (Unit.objects.count(),) * 2 + (True,)
    assert Unit.objects.get(pk=committed_world.hospital.pk).initials == "sdjrmyy"
    assert progress(UNITS).version == UNITS.version + 1


def test_a_case_in_review_is_found_by_the_new_keys_and_keeps_what_was_filed(
    committed_world: World, committed_db: str
) -> None:
    case = committed_world.application(at=State.DEPARTMENT_REVIEW)
    as_owner(committed_db, "UPDATE applications_application SET pinyin = 'formerly', initials = 'f'")

    with owner():
        list(recomputing.recompute(next_version(NAMES)))

    with committed_world.acting("department") as actor:
        keys = set(NameKey.objects.filter(unit=actor.unit, application=case).values_list("key", flat=True))
        now = Application.objects.get(pk=case.pk)
    assert {*case.pinyin.split(), *case.initials.split()} <= keys
    assert not {"formerly", "f"} & keys
    assert (now.pinyin, now.version, now.state) == (case.pinyin, case.version, State.DEPARTMENT_REVIEW)


def test_a_filed_patent_gets_its_new_key_and_a_lecture_none(
    committed_world: World, committed_db: str
) -> None:
    case = committed_world.draft(evidence=False)
    with committed_world.acting("applicant") as actor:
        seen = Application.objects.get(pk=case.pk).version
        filing.save_year(
            actor=actor, application_id=case.pk, seen=seen, year=2021, activities=[*plain_year(2021), PATENT]
        )
    committed_world.submit(case, evidence_note="证书原件在单位")
    with scope(SYSTEM):
        before = dict(Activity.objects.values_list("pk", "achievement"))
    as_owner(committed_db, "UPDATE applications_activity SET achievement = 'formerly'")

    with owner():
        list(recomputing.recompute(next_version(ACHIEVEMENTS)))

    with scope(SYSTEM):
        assert dict(Activity.objects.values_list("pk", "achievement")) == before
    assert set(before.values()) == {"", "invention:patent_number=202010123456"}


def test_a_person_entered_with_a_blank_is_kept_in_the_normal_form_and_the_former_spelling_beside_it(
    committed_world: World, committed_db: str
) -> None:
    person = committed_world.people["applicant"].person_id
    as_owner(committed_db, f"UPDATE organizations_person SET name = '龙　䶮' WHERE id = '{person}'")

    with owner():
        list(recomputing.recompute(next_version(PEOPLE)))

    with scope(SYSTEM):
        kept = Person.objects.get(pk=person)
    assert (kept.name, kept.spelling) == ("龙䶮", "龙 䶮")


def test_an_interrupted_run_goes_on_with_the_next_batch(committed_world: World, committed_db: str) -> None:
    total = Unit.objects.count()
    as_owner(committed_db, "UPDATE organizations_unit SET pinyin = 'formerly'")
    seen: list[str] = []

    def until_the_power_fails(unit: Unit) -> tuple[object, ...]:
        if len(seen) == 6:
            raise KeyboardInterrupt
        seen.append(unit.name)
        return UNITS.compute(unit)

    with owner():
        with pytest.raises(KeyboardInterrupt):
            list(recomputing.recompute(replace(next_version(UNITS), compute=until_the_power_fails), batch=4))
        assert Unit.objects.exclude(pinyin="formerly").count() == 4  # the second batch left nothing behind
        assert progress(UNITS).finished_at is None

        steps = list(recomputing.recompute(next_version(UNITS), batch=4))
        again = list(recomputing.recompute(next_version(UNITS), batch=4))

    assert sum(step.rows for step in steps) == total - 4
    assert not Unit.objects.filter(pinyin="formerly").exists()
    assert [(step.rows, step.done) for step in again] == [(0, True)]


def test_a_later_change_begins_with_the_first_row_again(committed_world: World) -> None:
    with owner():
        list(recomputing.recompute(next_version(UNITS)))
        (step,) = recomputing.recompute(next_version(next_version(UNITS)))

    assert step.rows == Unit.objects.count()


def test_an_older_release_does_not_compute_back(committed_world: World) -> None:
    with owner():
        list(recomputing.recompute(next_version(UNITS)))
        with pytest.raises(recomputing.Ahead):
            list(recomputing.recompute(UNITS))


def test_what_is_left_is_named_and_the_runtime_role_is_turned_away(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "ALL", (next_version(UNITS), NAMES))

    with pytest.raises(CommandError, match=r"尚未重算完：units\.search_names"):
        call_command("recompute", "--check")
    with pytest.raises(CommandError, match="请用数据库所有者运行"):
        call_command("recompute")
    out = StringIO()
    with owner():
        call_command("recompute", stdout=out)
        call_command("recompute", "--check")
    assert out.getvalue().startswith(f"units.search_names：第 {UNITS.version + 1} 版，查看 ")


def test_what_an_old_process_wrote_behind_it_is_mended_by_running_again(
    committed_world: World, committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "ALL", (UNITS,))
    with owner():
        list(recomputing.recompute(UNITS))
    as_owner(committed_db, "UPDATE organizations_unit SET pinyin = 'formerly'")
    with pytest.raises(CommandError, match="请用数据库所有者运行"):
        call_command("recompute", "--again")

    out = StringIO()
    with owner():
        call_command("recompute", stdout=StringIO())
        assert Unit.objects.filter(pinyin="formerly").exists()  # finished is finished
        call_command("recompute", "--again", stdout=out)

    total = Unit.objects.count()
    assert (
        out.getvalue() == f"units.search_names：第 {UNITS.version} 版，查看 {total} 行，改动 {total} 行。\n"
    )
    assert not Unit.objects.filter(pinyin="formerly").exists()


def test_running_again_goes_on_after_an_interruption_and_never_computes_back(committed_world: World) -> None:
    with owner():
        recomputing.begin_again()
        first = next(iter(recomputing.recompute(UNITS, batch=4)))
        assert (first.rows, first.done) == (4, False)
        assert UNITS in recomputing.behind()  # a plain run goes on
        rest = sum(step.rows for step in recomputing.recompute(UNITS))
        list(recomputing.recompute(next_version(UNITS)))
        with pytest.raises(CommandError, match="数据是较新的版本算出的"):
            call_command("recompute", "--again")

    assert first.rows + rest == Unit.objects.count()


def test_nobody_but_the_owner_changes_the_keys_of_a_case_in_review(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    for who in ("applicant", "employer"):
        with pytest.raises(DatabaseError, match="not changed in review"), world.acting(who):
            Application.objects.filter(pk=case.pk).update(pinyin="somebody")


def test_the_owner_changes_with_the_keys_nothing_else(committed_world: World, committed_db: str) -> None:
    committed_world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(Exception, match="not changed in review"):
        as_owner(committed_db, "UPDATE applications_application SET pinyin = 'x', name = '别人'")


@pytest.mark.django_db
def test_the_runtime_role_cannot_say_that_keys_are_recomputed() -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        StoredKeys.objects.update(version=9)
