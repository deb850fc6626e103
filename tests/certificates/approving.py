"""Ways to an approved application and its certificates, through the real acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from applications import services as filing
from applications.models import Application, FilingSession
from applications.states import State
from cehours.lib import clock
from certificates import services
from certificates.models import Certificate
from certificates.verification import bodies
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import OutboxItem
from tests.world import World, plain_year

SYSTEM = Actor.system("tests")


@contextmanager
def undone() -> Iterator[None]:
    """For numbers that are taken without a certificate: the database lets no transaction end so."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def admitted(name: str) -> str:
    """The key of an assessment body that was just entered."""
    with scope(SYSTEM):
        return bodies.admit(SYSTEM, name)


def certificates() -> list[Certificate]:
    """All certificates there are, in the order of their numbers."""
    with scope(SYSTEM):
        return list(Certificate.objects.select_related("issued_by").order_by("number"))


def approve(world: World, case: Application, **last: Any) -> Application:
    """From submitted to approved; `last` goes to the bureau's decision."""
    for who in ("employer", "department", "second_department"):
        world.approve(case, by=who)
    return world.approve(case, by="bureau", **last)


def approved(world: World, *, by: str = "applicant") -> Certificate:
    """The certificate of a plain approved application."""
    case = world.application(at=State.APPROVED, by=by)
    return next(row for row in certificates() if row.application_id == case.pk)


def render_row() -> OutboxItem:
    """The only print's row of the outbox."""
    with scope(SYSTEM):
        return OutboxItem.objects.get(task="certificates.render")


def printed(certificate: Certificate) -> Certificate:
    """The same certificate with its PDF rendered and stored."""
    with scope(SYSTEM):
        return services.store_print(actor=SYSTEM, certificate_id=certificate.pk)


def further_session(world: World) -> None:
    """From now on the world files in the next year's session, under the same policy and so the same span."""
    now, year = clock.now(), world.session.year + 1
    world.session = FilingSession.objects.create(
        name=f"{year}年度高级职称学时核认",
        policy="hunan-2025",
        year=year,
        opens_at=now - timedelta(days=5),
        closes_at=now + timedelta(days=5),
        review_until=now + timedelta(days=50),
    )


def approved_for(
    world: World, *years: int, professional: str = "60", records: Sequence[UUID] = (), **header: Any
) -> Certificate:
    """A second approval in a further session, covering only `years`, with these hours on record ticked."""
    further_session(world)
    case = world.draft(years=years, span_exception="late_entry", **header)
    with world.acting("applicant") as actor:
        for year in years:
            case.refresh_from_db()
            rows = plain_year(year, professional=professional)
            filing.save_year(
                actor=actor,
                application_id=case.pk,
                seen=case.version,
                year=year,
                activities=rows,
                records=records,
            )
    case = approve(world, world.submit(case))
    return next(row for row in certificates() if row.application_id == case.pk)


def revoked(
    world: World,
    certificate: Certificate,
    reason: str = "核认后发现材料虚假",
    *,
    years: Sequence[int] | None = None,
) -> Certificate:
    """Takes a certificate back, as two people of the bureau do."""
    with world.acting("bureau") as actor:
        asked = services.request_revocation(
            actor=actor, certificate_id=certificate.pk, reason=reason, years=years
        )
    with world.acting("second_bureau") as actor:
        services.confirm_revocation(actor=actor, revocation_id=asked.pk)
    with scope(SYSTEM):
        return Certificate.objects.get(pk=certificate.pk)
