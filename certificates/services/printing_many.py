"""Printing many: what `store_print` does for each, shown together in a handful of statements."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog
from django.db import connection, transaction

from cehours.lib import clock
from certificates import sealing
from certificates.issuing import numbering
from certificates.models import Certificate, CertificateState
from certificates.paper.sheet import Sheet, date_text
from certificates.sealing import Order, SealFailed
from certificates.services.printing import Made, ready_words, stored
from organizations import audit
from organizations.acting.actor import Actor
from organizations.messaging import notices
from organizations.outbox import Lot, NotYet

# Seconds after which no further sheet is begun: whoever waits for a single certificate waits for one lot.
LONG_ENOUGH = 0.5
SHOW = """
UPDATE certificates_certificate c SET state = 'ready', rendered_at = %(now)s, storage_key = m.key, sha256 = m.sha256,
    size = m.size
FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(digests)s::text[], %(sizes)s::int[]) AS m (id, key, sha256, size)
WHERE c.id = m.id
"""
log = structlog.get_logger(__name__)


@dataclass
class _Prints:
    """A lot under way: finished prints, and the keys of those that must be done alone."""

    made: dict[Certificate, Made] = field(default_factory=dict)
    aside: list[str] = field(default_factory=list)

    def leave(self, certificate: Certificate, error: Exception) -> None:
        log.warning("print_set_aside", number=certificate.number, error=str(error))
        self.aside.append(str(certificate.pk))


def store_prints(*, actor: Actor, keys: Sequence[str]) -> Lot:
    """Prints, seals, stores and shows certificates by key, for as long as a lot may take.

    One that fails is set aside. Raises NotYet while the seal is away.
    """
    found = {str(row.pk): row for row in Certificate.objects.filter(pk__in=keys)}
    waiting = [found[key] for key in keys if key in found and found[key].state == CertificateState.PENDING]
    prints = _Prints(aside=[key for key in keys if key not in found])
    ordered = list(_ordered(waiting, prints))
    for certificate, pdf, sealed in _sealed(ordered, prints):
        try:
            # They are all made the same way, so one of a lot is read again as a stranger would.
            proved = sealing.proved(pdf, sealed, clock.now(), whole=not prints.made)
            prints.made[certificate] = stored(certificate, proved)
        except SealFailed as failed:
            if failed.retry:
                raise NotYet(failed.says) from failed
            prints.leave(certificate, failed)
        except Exception as error:
            prints.leave(certificate, error)
    for year in {certificate.number_year for certificate in prints.made}:
        numbering.keep(year)
    _show(actor, prints.made)
    over = [key for key, row in found.items() if row.state != CertificateState.PENDING]
    return Lot([*over, *(str(certificate.pk) for certificate in prints.made)], prints.aside)


def _ordered(waiting: Sequence[Certificate], prints: _Prints) -> Iterator[tuple[Certificate, bytes, Order]]:
    """The pages, and what is to be sealed on them."""
    from certificates.paper.render import print_sheet  # noqa: PLC0415 -- Pango is loaded in render workers only

    started = time.monotonic()
    for certificate in waiting:
        if time.monotonic() - started > LONG_ENOUGH:
            return
        try:
            sheet = Sheet.from_json(certificate.sheet)
            page = print_sheet(sheet)
            day = date_text(sheet.issued_on)
            order = sealing.order(page.pdf, str(certificate.pk), sheet.issuer, day, page.alike)
        except Exception as error:
            prints.leave(certificate, error)
        else:
            yield certificate, page.pdf, order


def _sealed(
    ordered: Sequence[tuple[Certificate, bytes, Order]], prints: _Prints
) -> Iterator[tuple[Certificate, bytes, bytes]]:
    """Hands over as many at once as the seal takes. Raises NotYet while it is away."""
    seal = sealing.current()

    def asked(one: tuple[Certificate, bytes, Order]) -> bytes | Exception:
        try:
            return seal.seal(one[1], one[2])
        except Exception as error:
            return error

    with ThreadPoolExecutor(seal.at_once()) as pool:
        answers = pool.map(asked, ordered) if seal.at_once() > 1 else map(asked, ordered)
        for (certificate, pdf, _), answer in zip(ordered, answers, strict=True):
            if isinstance(answer, SealFailed) and answer.retry:
                pool.shutdown(cancel_futures=True)
                raise NotYet(answer.says) from answer
            if isinstance(answer, Exception):
                prints.leave(certificate, answer)
            else:
                yield certificate, pdf, answer


@transaction.atomic
def _show(actor: Actor, made: dict[Certificate, Made]) -> None:
    """Those that were not superseded or revoked meanwhile."""
    locked = Certificate.objects.select_for_update(of=("self",)).order_by("pk")
    pending = set(
        locked.filter(pk__in=[row.pk for row in made], state=CertificateState.PENDING).values_list(
            "pk", flat=True
        )
    )
    shown = {row: one for row, one in made.items() if row.pk in pending}
    if not shown:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            SHOW,
            {
                "now": clock.now(),
                "ids": [row.pk for row in shown],
                "keys": [one.key for one in shown.values()],
                "digests": [one.sha256 for one in shown.values()],
                "sizes": [one.size for one in shown.values()],
            },
        )
    facts = {row.pk: audit.facts_text(sha256=one.sha256) for row, one in shown.items()}
    audit.record_many(actor, "printed", Certificate, facts)
    notices.tell_many(Certificate.SUBJECT, ((row.person_id, row.pk, ready_words(row)) for row in shown))
