"""Files that waited for the virus scanner: scanned again by a task, then shown or put out of reach."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings

from applications.files import store, tidy
from applications.models import Evidence, Scan
from cehours.lib import clock, virus_scan
from organizations import audit
from organizations.acting.actor import Actor
from organizations.outbox import NotYet

SCAN = "applications.scan_evidence"
log = structlog.get_logger(__name__)


def scanner() -> virus_scan.Scanner | None:
    """The scanner of this installation, or None where `CLAMD` is empty."""
    return virus_scan.Scanner(settings.CLAMD) if settings.CLAMD else None


def scan(evidence_id: UUID) -> None:
    """Asks the scanner about one waiting file, in the task's scope. Raises NotYet while it cannot answer.

    The verdict holds for every waiting file with the same bytes. Does nothing for a file that was removed or
    judged meanwhile.
    """
    asked = Evidence.objects.filter(pk=evidence_id, scan=Scan.WAITING).first()
    if asked is None:
        return
    daemon = scanner()
    try:
        threat = daemon.threat_in(store.original(asked.storage_key, asked.sha256)) if daemon else ""
    except virus_scan.Unavailable as reason:
        raise NotYet(str(reason)) from reason
    # A scanner that was switched off for good must not hold people's files for ever.
    scanned_at = clock.now() if daemon else None
    twins = Evidence.objects.filter(sha256=asked.sha256, scan=Scan.WAITING)
    for paper in twins.select_related("application").order_by("pk"):
        paper.scan, paper.scanned_at = Scan.INFECTED if threat else Scan.CLEAN, scanned_at
        paper.save(update_fields=["scan", "scanned_at"])
        if threat:
            _on_record(paper, threat)
    if threat:
        tidy.forget(asked.sha256)


def _on_record(paper: Evidence, threat: str) -> None:
    log.warning("evidence_infected", evidence=str(paper.pk), sha256=paper.sha256, threat=threat)
    facts = {"sha256": paper.sha256, "threat": threat}
    audit.record(Actor.system(SCAN), "evidence_infected", paper.application, **facts)
