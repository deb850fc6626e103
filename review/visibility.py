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
    """The case; or, where it was filed anew past the unit in another way, a picture of it as it stood when it left."""
    part = Participant.objects.filter(Q(unit_id=actor.unit_id), application=case)
    (revision,) = part.values_list("revision", flat=True)
    if revision == case.revision:
        return case
    known = Revision.objects.get(application=case, number=revision)
    names = [str(each) if each else "" for each in (case.employer, case.region)]
    return case if same_way(Filed.of(known).header, *names) else _picture(case, known)


def _picture(case: Application, known: Revision) -> Application:
    """Another instance, of which the database knows nothing: saved, it would collide with the case's own row."""
    returned = case.decisions.filter(revision=known.number, outcome=Outcome.RETURNED).exists()
    values = {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields}
    left = {
        "state": State.RETURNED if returned else State.WITHDRAWN,
        "revision": known.number,
        "submitted_at": known.submitted_at,
        **dict.fromkeys(("current_unit_id", "step", "arrived_at")),
    }
    picture = Application(**values | left)
    for name in ("session", "employer", "region"):  # loaded with the case
        setattr(picture, name, getattr(case, name))
    picture.moved_on = True
    return picture
