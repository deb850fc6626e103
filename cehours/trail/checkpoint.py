"""A checkpoint: how far the log reaches, its root, and when, signed with Ed25519.

The log's leaves are the events, each taken up once. One that is still being written is not below the horizon, the
oldest running transaction, and waits for the next checkpoint; so nothing slips in behind one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from django.db import connection, transaction

from cehours.lib import clock
from cehours.trail import kept
from cehours.trail.merkle import Frontier

FORMAT = 1
ONE_AT_A_TIME = 5103  # class of the advisory lock
PLACE = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, system_identifier::text,
    substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) FROM pg_control_system()
"""
EVENTS = "SELECT subject, subject_id, seq, encode(hash, 'hex') FROM organizations_event WHERE "
FIRST = EVENTS + "xid IS NULL OR xid < %(horizon)s::text::xid8 ORDER BY xid NULLS FIRST, id"
NEXT = EVENTS + "xid >= %(since)s::text::xid8 AND xid < %(horizon)s::text::xid8 ORDER BY xid, id"
COUNTS = """
SELECT json_build_object('counters', (SELECT coalesce(json_object_agg(year, last ORDER BY year), '{}')
        FROM certificates_numbercounter),
    'applications', (SELECT count(*) FROM applications_application),
    'certificates', (SELECT count(*) FROM certificates_certificate))::text
"""


class NoKey(Exception):
    """CHECKPOINT_KEY_FILE is not set. The message is for the operator."""


class Unproved(Exception):
    """A checkpoint or a file of the log is not what was signed. The message is for the operator."""


@dataclass(frozen=True)
class Checkpoint:
    """`root` and `frontier` are hex; `leaves` names the file with what this one added, `previous` the one before.

    `horizon`: events of transactions from this one on are not in it. `system`, `timeline`: of the database whose
    transaction numbers these are.
    """

    format: int
    size: int
    root: str
    time: str
    horizon: int
    system: str
    timeline: str
    frontier: tuple[str, ...]
    leaves: str
    previous: str

    @property
    def name(self) -> str:
        return f"checkpoints/{self.size:012}-{self.root[:16]}.json"


def take() -> Checkpoint:
    """Takes up the events that are not yet in the log, signs and keeps a checkpoint. In the system's scope.

    Raises NoKey; Unproved, kept.Altered when the store is not as it was left.
    """
    key = private_key()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [ONE_AT_A_TIME])
        last = newest()
        cursor.execute(PLACE)
        horizon, system, timeline = cursor.fetchone()
        tree = Frontier(last.size, map(bytes.fromhex, last.frontier)) if last else Frontier()
        lines = []
        for leaf in (*_new(last, horizon, (system, timeline)), _counts()):
            tree.append(leaf.encode())
            lines.append(f"{leaf}\n")
    start = last.size if last else 0
    root = tree.root.hex()
    made = Checkpoint(
        format=FORMAT,
        size=tree.size,
        root=root,
        time=clock.now().isoformat(),
        horizon=horizon,
        system=system,
        timeline=timeline,
        frontier=tuple(node.hex() for node in tree.roots),
        leaves=f"leaves/{start:012}-{tree.size:012}-{root[:16]}.txt",
        previous=last.name if last else "",
    )
    kept.put(made.leaves, "".join(lines).encode())
    kept.put(made.name, signed(made, key))
    return made


def _new(last: Checkpoint | None, horizon: int, place: tuple[str, str]) -> Iterator[str]:
    if last is None:
        yield from _events(FIRST, horizon=horizon)
    elif (last.system, last.timeline) == place:
        yield from _events(NEXT, since=last.horizon, horizon=horizon)
    else:  # another cluster or a promoted one: its transactions are numbered anew, so every event is looked up
        known = set(log_of(last))
        yield from (leaf for leaf in _events(FIRST, horizon=horizon) if leaf not in known)


def _events(query: str, **parameters: int) -> Iterator[str]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(2000):
            for subject, subject_id, seq, digest in rows:
                yield leaf_of(subject, str(subject_id), seq, digest)


def leaf_of(subject: str, subject_id: str, seq: int, digest: str) -> str:
    return f"event {subject} {subject_id} {seq} {digest}"


def _counts() -> str:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        return f"counts {cursor.fetchone()[0]}"


def newest() -> Checkpoint | None:
    """The last one in the store; None before the first. Raises Unproved."""
    names = kept.names("checkpoints")
    return opened(kept.get(names[-1]), private_key().public_key()) if names else None


def log_of(checkpoint: Checkpoint) -> Iterator[str]:
    """Every leaf up to the checkpoint, in order, proved by its root at the end. Raises Unproved."""
    files, each, key = [checkpoint.leaves], checkpoint, private_key().public_key()
    while each.previous:
        each = opened(kept.get(each.previous), key)
        files.append(each.leaves)
    tree = Frontier()
    for name in reversed(files):
        for leaf in kept.get(name).decode().splitlines():
            tree.append(leaf.encode())
            yield leaf
    if (tree.size, tree.root.hex()) != (checkpoint.size, checkpoint.root):
        raise Unproved(f"the leaves in the store do not give the root of {checkpoint.name}")


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    body = json.dumps(asdict(checkpoint), sort_keys=True)
    return json.dumps({"body": body, "signature": key.sign(body.encode()).hex()}, indent=1).encode()


def opened(content: bytes, key: Ed25519PublicKey) -> Checkpoint:
    """Reads a signed checkpoint. Raises Unproved."""
    try:
        outer = json.loads(content)
        key.verify(bytes.fromhex(outer["signature"]), outer["body"].encode())
        body = json.loads(outer["body"])
        return Checkpoint(**{**body, "frontier": tuple(body["frontier"])})
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise Unproved(f"a checkpoint is not as it was signed: {error!r}") from error


def private_key() -> Ed25519PrivateKey:
    """Raises NoKey."""
    if not settings.CHECKPOINT_KEY_FILE:
        raise NoKey("没有设置 CHECKPOINT_KEY_FILE，不能签发检查点。")
    key = load_pem_private_key(Path(settings.CHECKPOINT_KEY_FILE).read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise NoKey("CHECKPOINT_KEY_FILE 不是 Ed25519 私钥。")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise NoKey(f"{path} 不是 Ed25519 公钥。")
    return key
