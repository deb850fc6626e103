"""The checkpoint outside the database: each event once, signed, and what an owner rewrites afterwards is named."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.management import CommandError, call_command
from moto.server import ThreadedMotoServer
from storages.backends.s3 import S3Storage

from applications.models import Application
from applications.states import State
from cehours.trail import checkpoint, kept, merkle
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event
from tests import databases
from tests.world import World

# The tests of the sample share one long transaction, which holds the horizon back: one worker does both in turn.
pytestmark = pytest.mark.xdist_group("sample")
REPO = Path(__file__).resolve().parents[3]
SYSTEM = Actor.system("tests")


@pytest.fixture(autouse=True)
def key(settings: Any, tmp_path: Path) -> Path:
    """A key and a folder of this test's own; returns the public key's file."""
    private = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    public = tmp_path / "public.pem"
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "key.pem")
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "checkpoints"},
    }
    settings.STORAGES = {**settings.STORAGES, "checkpoints": folder}
    return public


def take() -> checkpoint.Checkpoint:
    with scope(SYSTEM):
        return checkpoint.take()


def log(made: checkpoint.Checkpoint) -> list[str]:
    return [leaf for leaf in checkpoint.log_of(made) if leaf.startswith("event ")]


def take_all() -> checkpoint.Checkpoint:
    """A checkpoint with everything: other tests' transactions in this cluster hold the horizon back until they end."""
    for _ in range(600):
        made = take()
        if len(log(made)) == len(trail()):
            return made
        time.sleep(0.1)
    raise AssertionError("the horizon does not move")


def trail() -> set[str]:
    with scope(SYSTEM):
        return {
            checkpoint.leaf_of(each.subject, str(each.subject_id), each.seq, bytes(each.hash).hex())
            for each in Event.objects.all()
        }


def verify() -> str:
    said = StringIO()
    try:
        call_command("verify_audit", "--against", "newest", stdout=said, stderr=said)
    except SystemExit:
        assert "完整，请立即查明" not in said.getvalue().splitlines()[0]
    return said.getvalue()


def behind_its_back(database: str, *statements: str) -> None:
    """What an owner can do who rewrites the chain and its head together."""
    with closing(databases.connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute("SELECT set_config('app.kind', 'system', false)")
        for table in ("organizations_event", "applications_application"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, statement
        for table in ("organizations_event", "applications_application"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_each_event_is_taken_up_once_whatever_is_being_written(
    committed_world: World, committed_db: str
) -> None:
    committed_world.draft(evidence=False)
    first = take_all()
    assert set(log(first)) == trail() and len(log(first)) == len(trail())
    with closing(databases.connect_as_owner(committed_db)) as running:
        running.autocommit = False
        with running.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # somebody's transaction that is not over yet
        committed_world.draft(by="other_applicant", evidence=False)
        second = take()
        assert log(second) == log(first), "nothing above the oldest running transaction"
        running.rollback()
    third = take_all()
    assert sorted(log(third)) == sorted(trail())
    assert log(third)[: len(log(first))] == log(first)


def test_a_checkpoint_continues_the_one_before(committed_world: World) -> None:
    committed_world.draft(evidence=False)
    first = take_all()
    committed_world.draft(by="other_applicant", evidence=False)
    second = take()
    hashes = [merkle.leaf_hash(leaf.encode()) for leaf in checkpoint.log_of(second)]
    proof = merkle.consistency(hashes, first.size)
    former, latter = ((each.size, bytes.fromhex(each.root)) for each in (first, second))
    assert merkle.continues(former, latter, proof)


def test_in_another_cluster_every_event_is_looked_up(committed_world: World, settings: Any) -> None:
    committed_world.draft(evidence=False)
    first = take_all()
    elsewhere = checkpoint.Checkpoint(**{**vars(first), "system": "1", "horizon": 2**60, "time": "later"})
    folder = Path(settings.STORAGES["checkpoints"]["OPTIONS"]["location"])
    (folder / first.name).write_bytes(checkpoint.signed(elsewhere, checkpoint.private_key()))
    committed_world.draft(by="other_applicant", evidence=False)
    assert sorted(log(take_all())) == sorted(trail())


OWNER = {
    "the tail cut and the head set back": (
        "DELETE FROM organizations_event WHERE subject_id = '{case}' AND seq = {last}",
        "UPDATE applications_application a SET audit_seq = e.seq, audit_hash = e.hash FROM organizations_event e "
        "WHERE a.id = '{case}' AND e.subject_id = a.id AND e.seq = {last} - 1",
    ),
    "the last event rewritten with a fitting hash": (
        "UPDATE organizations_event SET person_id = '{case}', hash = event_hash(seq, prev, subject, subject_id, act, "
        "user_id, '{case}', unit_id, at, facts) WHERE subject_id = '{case}' AND seq = {last}",
        "UPDATE applications_application a SET audit_hash = e.hash FROM organizations_event e "
        "WHERE a.id = '{case}' AND e.subject_id = a.id AND e.seq = {last}",
    ),
    "an event in the middle deleted and all after it recomputed": (
        "DELETE FROM organizations_event WHERE subject_id = '{case}' AND seq = {last} - 1",
        "UPDATE organizations_event e SET seq = {last} - 1, prev = p.hash, hash = event_hash({last} - 1, p.hash, "
        "e.subject, e.subject_id, e.act, e.user_id, e.person_id, e.unit_id, e.at, e.facts) FROM organizations_event p "
        "WHERE e.subject_id = '{case}' AND e.seq = {last} AND p.subject_id = e.subject_id AND p.seq = {last} - 2",
        "UPDATE applications_application a SET audit_seq = e.seq, audit_hash = e.hash FROM organizations_event e "
        "WHERE a.id = '{case}' AND e.subject_id = a.id AND e.seq = {last} - 1",
    ),
    "every look at an identity number gone, and the trail rewritten": (
        "UPDATE organizations_event SET act = 'claim_taken_over', hash = event_hash(seq, prev, subject, subject_id, "
        "'claim_taken_over', user_id, person_id, unit_id, at, facts) "
        "WHERE subject_id = '{case}' AND act = 'id_number_viewed'",
        "UPDATE applications_application a SET audit_hash = e.hash FROM organizations_event e "
        "WHERE a.id = '{case}' AND e.subject_id = a.id AND e.seq = {last}",
    ),
    "the whole chain deleted": (
        "DELETE FROM organizations_event WHERE subject_id = '{case}'",
        "UPDATE applications_application SET audit_seq = 0, audit_hash = '' WHERE id = '{case}'",
    ),
    "an event appended that says to be older": (
        "INSERT INTO organizations_event (subject, subject_id, seq, act, at, facts, prev, hash, xid) "
        "SELECT subject, subject_id, seq + 1, 'downloaded', at, '{{}}', hash, event_hash(seq + 1, hash, subject, "
        "subject_id, 'downloaded', NULL, NULL, NULL, at, '{{}}'), xid FROM organizations_event "
        "WHERE subject_id = '{case}' AND seq = {last}",
        "UPDATE applications_application a SET audit_seq = e.seq, audit_hash = e.hash FROM organizations_event e "
        "WHERE a.id = '{case}' AND e.subject_id = a.id AND e.seq = {last} + 1",
    ),
}


@pytest.mark.parametrize("act", OWNER)
def test_what_the_owner_rewrites_after_a_checkpoint_is_named(
    committed_world: World, committed_db: str, act: str
) -> None:
    case = committed_world.application(at=State.EMPLOYER_REVIEW)
    with committed_world.acting("employer") as actor:
        audit.record(actor, "id_number_viewed", case)
    take_all()
    assert verify() == "办理记录完整。\n"
    with scope(SYSTEM):
        last = Application.objects.get(pk=case.pk).audit_seq
    behind_its_back(committed_db, *(each.format(case=case.pk, last=last) for each in OWNER[act]))
    said = verify()
    assert [
        line for line in said.splitlines() if "checkpoint" in line and f"application {case.pk}" in line
    ], said


def test_a_store_that_was_changed_is_no_witness(committed_world: World, settings: Any) -> None:
    committed_world.draft(evidence=False)
    made = take()
    folder = Path(settings.STORAGES["checkpoints"]["OPTIONS"]["location"])
    leaves = folder / made.leaves
    leaves.write_text(leaves.read_text().replace("counts ", "counts 1", 1))  # there is one in every file
    with pytest.raises(CommandError, match="do not give the root"):
        call_command("verify_audit", "--against", made.name, stdout=StringIO())
    outer = json.loads((folder / made.name).read_text())
    earlier = {**json.loads(outer["body"]), "time": "2020-01-01T00:00:00+08:00"}
    (folder / made.name).write_text(json.dumps({**outer, "body": json.dumps(earlier, sort_keys=True)}))
    with pytest.raises(CommandError, match="not as it was signed"):
        call_command("verify_audit", "--against", made.name, stdout=StringIO())


def test_a_proof_is_checked_by_a_program_that_needs_nothing_of_ours(
    committed_world: World, key: Path, tmp_path: Path
) -> None:
    case = committed_world.application(at=State.APPROVED)
    take_all()
    file = tmp_path / "proof.json"
    call_command("event_proof", str(case.pk), output=file, stdout=StringIO())

    def check() -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-I", str(REPO / "docs/check_proof.py"), str(file), str(key)]
        return subprocess.run(
            program, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"}
        )

    checked = check()
    assert checked.returncode == 0, checked.stderr
    assert "approved" in checked.stdout and "issued" in checked.stdout

    proof = json.loads(file.read_text())
    proof["events"][0]["hashed"][4] = "approved"
    file.write_text(json.dumps(proof))
    assert check().returncode != 0


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_a_store_is_only_added_to(where: str, settings: Any, request: pytest.FixtureRequest) -> None:
    if where == "bucket":
        request.getfixturevalue("bucket")
    kept.put("leaves/1", b"one")
    kept.put("leaves/1", b"one")
    with pytest.raises(kept.Altered):
        kept.put("leaves/1", b"two")
    kept.put("leaves/2", b"two")
    assert kept.names("leaves") == ["leaves/1", "leaves/2"]
    assert kept.names("checkpoints") == []
    assert kept.get("leaves/1") == b"one"
    with pytest.raises(FileNotFoundError):
        kept.get("leaves/3")


@pytest.fixture
def bucket(settings: Any) -> Iterator[None]:
    """A bucket that keeps every version, on a real server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    access = {"access_key": "test", "secret_key": "test", "region_name": "us-east-1"}
    options = {"bucket_name": "checkpoints", "endpoint_url": f"http://{host}:{port}", "file_overwrite": False}
    store = S3Storage(**access, **options)
    store.connection.create_bucket(Bucket="checkpoints")
    store.bucket.Versioning().enable()
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": access | options}
    settings.STORAGES = {**settings.STORAGES, "checkpoints": backend}
    yield
    server.stop()
