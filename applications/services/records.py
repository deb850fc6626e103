"""Taking over hours that are on record: ticked for a year, or all years of an earlier 学时认定单 at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from applications.filed import facts, records
from applications.models import Activity, Application, YearEntry
from applications.services.editing import open_for_edit, touch
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from training import queries as training
from training.models import RecognisedHours, Source

NOT_ON_OFFER = "所选的学时记录已被撤销或已变动，请去掉后重新选择。"
IN_THE_CERTIFICATE = "“{title}”的学时已包含在以前的学时认定单中，不能与认定单同时选择，请去掉其中一项。"
# One sentence for every number that is not this person's, so that none can be probed.
NO_SUCH_NUMBER = (
    "没有查到您名下该编号的有效学时认定单，请核对编号和本人身份；"
    "其他地方或本系统之外出具的，请在上面上传认定单，涵盖的年度会一次填好。"
)


@dataclass(frozen=True)
class TakenOver:
    """Years that were filled in from the certificate, and years of it that were there already and stay."""

    added: tuple[int, ...]
    untouched: tuple[int, ...]


def put(actor: Actor, case: Application, entry: YearEntry, wanted: Sequence[UUID]) -> int:
    """Inside the act that saves a year: it has exactly these records afterwards; returns how many.

    A record that was withdrawn after it was taken may stay, marked, until somebody takes it out.
    Raises NotAllowed for any other that is not on offer, and for one that a chosen certificate holds already.
    """
    policy = facts.policy_of(case)
    chosen = set(wanted)
    on_offer = {row.pk: row for row in records.offered(actor, policy, case, entry.year)}
    before = entry.activities.exclude(recognised=None)
    taken_before = set(before.values_list("recognised_id", flat=True))
    if missing := chosen - on_offer.keys() - taken_before:
        withheld = {row.pk: says for row, says in records.withheld(actor, policy, case, entry.year)}
        raise NotAllowed(next((withheld[pk] for pk in missing if pk in withheld), NOT_ON_OFFER))
    _none_counts_twice(actor, [row for pk, row in on_offer.items() if pk in chosen])
    before.exclude(recognised_id__in=chosen - on_offer.keys()).delete()
    _enter(case, entry, [row for pk, row in on_offer.items() if pk in chosen])
    return len(chosen)


@transaction.atomic
def take_over(*, actor: Actor, application_id: UUID, seen: int, number: str) -> TakenOver:
    """带入以前年度: every year of the span that the actor's own certificate covers, in one step.

    Years that are there already are not touched. Raises NotAllowed with the same sentence for a number that
    does not exist, is revoked or is somebody else's.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    policy = facts.policy_of(case)
    rows = records.usable(policy, training.of_certificate(actor, number))
    if not rows:
        raise NotAllowed(NO_SUCH_NUMBER, field="number")
    span = set(facts.span_of(case).years)
    covered = {row.year for row in rows} & span
    if not covered:
        years = "、".join(str(year) for year in sorted({row.year for row in rows}))
        raise NotAllowed(f"该认定单认定的是 {years} 年，不在本次核认跨度内，不需要带入。", field="number")
    filed = set(case.years.values_list("year", flat=True))
    added = add_years(case, rows, covered - filed)
    if added:
        touch(case)
        audit.record(actor, "taken_over", case, years=list(added))
    return TakenOver(added, tuple(sorted(covered & filed)))


def add_years(case: Application, rows: Iterable[RecognisedHours], years: Iterable[int]) -> tuple[int, ...]:
    """Adds these years with what the rows say of them; returns them in order."""
    listed, added = list(rows), tuple(sorted(years))
    for year in added:
        entry = YearEntry(application=case, year=year)
        entry.save(force_insert=True)
        _enter(case, entry, [row for row in listed if row.year == year])
    return added


def _none_counts_twice(actor: Actor, rows: Sequence[RecognisedHours]) -> None:
    """A certificate of the year holds the records that the approval behind it took over."""
    if not any(row.source == Source.CERTIFICATE for row in rows):
        return
    held = records.held(actor)
    for row in rows:
        if row.pk in held:
            raise NotAllowed(IN_THE_CERTIFICATE.format(title=records.title_of(row)))


def _enter(case: Application, entry: YearEntry, rows: Iterable[RecognisedHours]) -> None:
    policy = facts.policy_of(case)
    Activity.objects.bulk_create(
        records.activity_of(policy, case, entry, row, position=position) for position, row in enumerate(rows)
    )
