"""The trail of `n` events: a checkpoint of the newest 10,000, and the proof that all of them and their rows hold.

`ours_s` is a checkpoint of 10,000 new events (`checkpoint.take`) on a log of the others; naive takes up every event
anew; the limit reads the new events' hashes and hashes them. `verify_s` is `manage.py verify_audit` with the rows, with
`verify_mib` of this process's own memory more; `verify_naive_s` asks for each chain by itself, as far as 500 chains
show; `verify_limit_s` is the database's own recomputation of every hash. `against_s`, `proof_s`: compared with the
checkpoint, and one case's proof.
"""

from __future__ import annotations

import hashlib
import os
import resource
from pathlib import Path
from typing import Any

from tests.benchmarks._bench import Result, ask, database, main, median_of, template, timed

NEW = 10_000
CHAINS = 500
CONTINUES = """
SELECT count(*) FILTER (WHERE prev <> before
    OR hash <> event_hash(seq, prev, subject, subject_id, act, user_id, person_id, unit_id, at, facts))
FROM (SELECT *, coalesce(lag(hash) OVER (PARTITION BY subject, subject_id ORDER BY seq), '') AS before
    FROM organizations_event) links
"""


def run(n: int) -> Result:
    from applications.states import State
    from cehours.trail import against, checkpoint
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope
    from organizations.models import Event
    from tests.benchmarks import _trails
    from tests.world import World

    _witness()
    actor = Actor.system("bench")
    with template() as empty, database(empty) as name:
        world = World.build()
        case = world.application(at=State.APPROVED)
        each = _trails.multiply(name, case, 1)
        _trails.multiply(name, case, max(n - NEW, 0) // each)
        with scope(actor):
            checkpoint.take()
        new = _trails.multiply(name, case, NEW // each)
        with scope(actor):
            ours = timed(checkpoint.take)
            made = checkpoint.newest()
            assert made is not None
            naive = timed(_whole_log)
            limit = median_of(lambda: _hashed(new), 3)
            verify, grown = _verify_timed()
            held = timed(lambda: _none(against.faults_against(made)))
            one = timed(lambda: _proof(made, case.pk))
            walked = timed(_one_by_one)
            bare = median_of(lambda: ask(CONTINUES, []), 3)
            events, chains = (
                Event.objects.count(),
                Event.objects.values("subject", "subject_id").distinct().count(),
            )
    return Result(
        "trail",
        events,
        naive,
        ours,
        limit,
        {
            "new": new,
            "verify_s": round(verify, 2),
            "verify_naive_s": round(walked * chains / CHAINS, 1),
            "verify_limit_s": round(bare, 2),
            "verify_mib": round(grown / 1024),
            "against_s": round(held, 2),
            "proof_s": round(one, 2),
        },
    )


def _witness() -> None:
    """A key and a store of this run's own, which goes with the folder of its files."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from django.conf import settings

    folder = Path(os.environ["MEDIA_ROOT"]).parent
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    settings.CHECKPOINT_KEY_FILE = str(folder / "key.pem")
    settings.STORAGES["checkpoints"]["OPTIONS"]["location"] = folder / "checkpoints"


def _whole_log() -> None:
    """Every event taken up again, as without a frontier."""
    from cehours.trail import checkpoint
    from cehours.trail.merkle import Frontier

    made, tree = checkpoint.newest(), Frontier()
    assert made is not None
    for leaf in checkpoint._events(checkpoint.FIRST, horizon=made.horizon):
        tree.append(leaf.encode())


def _hashed(count: int) -> None:
    for subject, pk, seq, digest in ask(
        "SELECT subject, subject_id, seq, encode(hash, 'hex') FROM organizations_event ORDER BY id DESC LIMIT %s",
        [count],
    ):
        hashlib.sha256(f"\0event {subject} {pk} {seq} {digest}".encode()).digest()


def _none(faults: Any) -> None:
    found = [str(fault) for fault in faults]
    assert not found, found[:3]


def _verified() -> None:
    from cehours.trail import rows
    from organizations import audit

    _none(audit.faults())
    _none(rows.faults())


def _verify_timed() -> tuple[float, int]:
    """Seconds, and KiB that this process grew by meanwhile."""
    before = _resident()
    return timed(_verified), _resident() - before


def _proof(made: Any, pk: Any) -> None:
    from cehours.trail import proof

    assert proof.proof_of(made, {pk})["events"]


def _one_by_one() -> None:
    from organizations import audit
    from organizations.models import Event

    for subject, pk in (
        Event.objects.order_by("subject", "subject_id")
        .values_list("subject", "subject_id")
        .distinct()[:CHAINS]
    ):
        for event in Event.objects.filter(subject=subject, subject_id=pk).order_by("seq"):
            assert audit.link_hash(event) == bytes(event.hash)


def _resident() -> int:
    """KiB that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    raise SystemExit(main(run, n=100_000, about=str(__doc__).splitlines()[0]))
