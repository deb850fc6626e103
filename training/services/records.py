"""Hours on record and training bases, as other systems and policies report them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import transaction

import rules
from cehours.lib import names
from cehours.lib.lists import BadLines
from organizations.acting.actor import Actor
from organizations.models import Person
from organizations.registry import identity
from training.models import RecognisedHours, TrainingBase
from training.records import csv_file
from training.records.csv_file import Line

log = structlog.get_logger(__name__)


def load_bases(policy: rules.Policy) -> int:
    """Enters or updates the national bases that a policy lists (annex 1); returns how many."""
    rows = [TrainingBase(name=base.name, platform=base.platform) for base in policy.bases]
    TrainingBase.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["platform"]
    )
    return len(rows)


@transaction.atomic
def load_recognised(*, actor: Actor, content: bytes) -> tuple[int, int]:
    """Enters 已认定学时 from a list (`csv_file`): all of it or nothing. Returns (valid, withdrawn) lines.

    A line that is on record already is brought up to date, so the same file may be loaded again; a line with
    valid=0 withdraws what was recognised. Raises Refusal, BadLines with every line that is wrong.
    """
    lines = csv_file.read(content)
    people = _people_of(lines)
    RecognisedHours.objects.bulk_create(
        [
            RecognisedHours(
                person_id=people[line.place],
                year=line.year,
                category=line.category,
                hours=line.hours,
                source=line.source,
                number=line.number,
                title=line.title,
                valid=line.valid,
            )
            for line in lines
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["person", "source", "number", "year", "category"],
        update_fields=["hours", "title", "valid"],
    )
    valid = sum(line.valid for line in lines)
    log.info("recognised_loaded", by=actor.task, valid=valid, withdrawn=len(lines) - valid)
    return valid, len(lines) - valid


def _people_of(lines: Sequence[Line]) -> dict[int, UUID]:
    """Line → person, found by the blind index. Raises BadLines for numbers nobody has and names that differ."""
    indexes = {line.place: identity.index_of(line.id_kind, line.id_number) for line in lines}
    wanted = list(set(indexes.values()))
    known: dict[bytes, Person] = {}
    for start in range(0, len(wanted), 1000):
        for person in Person.objects.filter(id_index__in=wanted[start : start + 1000]):
            known[bytes(person.id_index)] = person
    faults = []
    for line in lines:
        found = known.get(indexes[line.place])
        if found is None:
            faults.append((line.place, "该证件号码尚未在本系统登记，请核对号码，或待本人注册后再载入。"))
        elif not names.same(found.name, line.name):
            faults.append((line.place, "姓名与该证件号码登记的姓名不一致，请核对。"))
    if faults:
        raise BadLines(faults)
    return {place: known[index].pk for place, index in indexes.items()}
