"""How far a unit sees: what the applicant files past it, through another employer or place, is not its to know."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import OuterRef, Q, Subquery

from applications.filed.snapshot import Filed
from applications.models import Application, Outcome, Participant, Revision
from applications.states import State
from organizations.acting.actor import Actor


def reached(actor: Actor) -> Subquery:
    """The last revision that reached the actor's unit, for rows with an `application_id`."""
    part = Participant.objects.filter(Q(unit_id=actor.unit_id), application_id=OuterRef("application_id"))
    return Subquery(part.values("revision"))


def same_way(header: Mapping[str, str], employer: str | None, region: str | None) -> bool:
    """Whether a case still goes through the employer and the place of `header`, the last filing a unit knows."""
    return (header["employer"], header["region"]) == (employer or "", region or "")


def as_it_left(actor: Actor, case: Application) -> Application:
    """The case; as it stood when it left, where it was filed anew past the unit in another way. Never to be saved."""
    part = Participant.objects.filter(Q(unit_id=actor.unit_id), application=case)
    (revision,) = part.values_list("revision", flat=True)
    if revision == case.revision:
        return case
    known = Revision.objects.get(application=case, number=revision)
    names = [str(each) if each else "" for each in (case.employer, case.region)]
    if not same_way(Filed.of(known).header, *names):
        returned = case.decisions.filter(revision=revision, outcome=Outcome.RETURNED).exists()
        case.__dict__["state"] = State.RETURNED if returned else State.WITHDRAWN  # past the transition table
        case.revision, case.submitted_at, case.moved_on = revision, known.submitted_at, True
        case.current_unit = case.step = case.arrived_at = None
    return case
