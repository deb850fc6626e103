"""内部备注: what colleagues of a unit tell one another about a case. Never the applicant's to read (A84)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cehours.lib import visible
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from review import queries
from review.models import Note

LONGEST = 500


@transaction.atomic
def note(*, actor: Actor, case_id: UUID, text: str) -> Note:
    """Writes a note on a case that lies or lay with the actor's unit. Raises NotYours, NotAllowed."""
    case = queries.case_for(actor, case_id)
    if not visible.shown(text):
        raise NotAllowed("请先填写备注。", field="text")
    if len(text) > LONGEST:
        raise NotAllowed(f"备注不能超过 {LONGEST} 个字，请精简。", field="text")
    assert actor.user_id and actor.unit_id  # the query asked
    written = Note(
        application=case,
        unit_id=actor.unit_id,
        user_id=actor.user_id,
        name=actor.display_name,
        text=text.strip(),
    )
    written.save(force_insert=True)
    audit.record(actor, "noted", case)
    return written
