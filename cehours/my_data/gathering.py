"""Gathers everything kept about one person, in that person's own scope, so nobody else's row can slip in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

import rules
from applications.filed import facts, header
from applications.models import Activity, Application, Evidence, Handover, Scan
from applications.presenters.timeline import timeline
from applications.queries import mine
from cehours.lib import clock
from cehours.lib.filenames import clean_name
from cehours.lib.idnumbers import IdKind
from cehours.my_data import queries
from certificates import queries as certificates
from certificates.models import Certificate
from organizations.accounts import platform, second_factor
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.messaging import channels, contacts, notices
from organizations.messaging.work import Work
from organizations.models import Event
from organizations.models.device import Kind
from organizations.registry import data_requests, identity
from organizations.registry import kept as registry
from review.cases.comparing import fact_in_words
from training import queries as training
from training.feeds import queries as feeds

# 2: the header in words, field by field; activities in words. 3: dates of internal notes. 4: 代办 and 移交, absences,
# second factors. 5: learning records
FORMAT = 5
PAPERS, SLIPS = "佐证材料", "学时认定单"


@dataclass(frozen=True)
class Enclosure:
    """A stored file, what its bytes must hash to, and where it goes in the archive."""

    path: str
    storage_key: str
    sha256: str


@dataclass(frozen=True)
class Gathered:
    """`record`: JSON-serialisable, by topic; times are ISO 8601 on Chinese clocks, hours are texts."""

    record: dict[str, Any]
    enclosures: list[Enclosure]


def gather(actor: Actor) -> Gathered:
    """Everything kept about `actor`, whose scope must be open. Raises NotYours for whoever acts for a unit."""
    person = registry.own_person(actor)
    if person is None or not actor.is_applicant or actor.user is None:
        raise NotYours(data_requests.NO_REQUEST)
    enclosures: list[Enclosure] = []
    record = {
        "format": FORMAT,
        "made_at": _time(clock.now()),
        "identity": {
            "name": person.name,
            "name_as_on_document": person.spelling,
            "id_kind": IdKind(person.id_kind).label,
            "id_number": identity.shown(person.id_cipher, table="person", pk=person.pk),
            "registered_at": _time(person.created_at),
        },
        "account": _account(actor),
        "applications": [
            _application(case, number, enclosures) for number, case in enumerate(_cases(actor), start=1)
        ],
        "certificates": [_certificate(each, enclosures) for each in certificates.own(actor)],
        "recognised_hours": _recognised(actor),
        "learning_records": [
            {
                "provider": each.provider.unit.name,
                "number": each.number,
                "version": each.version,
                "withdrawn": each.withdrawn,
                "name": each.name,
                "id_number": identity.shown(each.id_cipher, table=feeds.SEALED, pk=each.pk),
                "year": each.year,
                "category": each.category,
                "hours": str(each.hours),
                "title": each.title,
                "completed_on": each.completed_on.isoformat(),
                "received_at": _time(each.standing.since),
            }
            for each in feeds.of_person(actor)
        ],
        "looks_at_identity_number": [
            {"at": _time(look.at), "unit": look.unit, "who": look.who, "over": look.over}
            for look in queries.looks(actor)
        ],
        "notices": [
            {
                "at": _time(each.created_at),
                "title": each.title,
                "body": each.body,
                "read_at": _time(each.read_at),
            }
            for each in notices.of(actor)
        ],
        "data_requests": _requests(actor),
        "acts": _acts(actor),
    }
    return Gathered(record, enclosures)


def _account(actor: Actor) -> dict[str, Any]:
    user = actor.user
    assert user is not None
    return {
        "display_name": user.display_name,
        "username": user.username,
        "contacts": [{"kind": each.kind, "address": each.address} for each in contacts.of(user)],
        "opened_at": _time(user.date_joined),
        "last_login": _time(user.last_login),
        "work_not_told": [kind.label for kind in Work if kind in user.muted],
        "notices_by": {each.key: each.is_wanted(user) for each in channels.ALL},
        "signed_in_on": [
            {"device": each.name, "since": _time(each.since), "second_factor": each.get_factor_display()}
            for each in user.devices.all()
        ],
        # What the account has to sign in with besides its password, and nothing of the secrets.
        "second_factors": [
            {
                "kind": Kind(each.type).label,
                "added_at": _time(each.created_at),
                "used_at": _time(each.last_used_at),
            }
            for each in second_factor.of(user)
        ],
        "units": [hat.unit.name for hat in actor.memberships],
        "absences": [
            {
                "unit": each.unit.name,
                "first_day": each.first_day.isoformat(),
                "last_day": each.last_day.isoformat(),
            }
            for each in queries.absences(actor)
        ],
        "saved_views": [each.name for each in queries.saved_views(actor)],
        "platform_accounts": [
            {"account": each.subject, "unit": each.membership.unit.name, "bound_at": _time(each.bound_at)}
            for each in platform.bound_to(actor)
        ],
    }


def _cases(actor: Actor) -> list[Application]:
    handovers = Handover.objects.select_related("from_unit", "to_unit", "unit")
    related = (
        "years__activities", "evidence__year_entry", "evidence__ties__activity", "revisions", "drafts",
        Prefetch("handovers", handovers),
    )  # fmt: skip
    return list(mine(actor).select_related("region").prefetch_related(*related))


def _application(case: Application, number: int, enclosures: list[Enclosure]) -> dict[str, Any]:
    folder = f"{PAPERS}/{number}-{clean_name(case.session.name)}"
    policy = facts.policy_of(case)
    names = {document.key: document.name for document in policy.documents}
    papers = list(_papers(case, folder, names, enclosures))
    return {
        "session": case.session.name,
        "state": case.state_in_words,
        "created_at": _time(case.created_at),
        "submitted_at": _time(case.submitted_at),
        "header": _header(case, policy),
        "evidence_note": case.evidence_note,
        "years": [
            {
                "year": entry.year,
                "remark_dealt_with": entry.settled is not None,
                "activities": [_activity(each, policy) for each in entry.activities.all()],
            }
            for entry in case.years.all()
        ],
        "evidence": papers,
        "submitted": [
            {"number": each.number, "at": _time(each.submitted_at), "content": json.loads(each.content)}
            for each in case.revisions.all()
        ],
        # How many notes reviewers made and when, and not a word of them (policy decision A84).
        "internal_notes": [_time(at) for at in queries.notes_on(case)],
        "handed_on": [
            {
                "at": _time(each.at),
                "how": each.get_kind_display(),
                "from": each.from_unit.name,
                "to": each.to_unit.name,
                "by": each.unit.name,
                "reason": each.reason,
            }
            for each in case.handovers.all()
        ],
        "typed_but_not_saved": [
            {"section": each.section, "at": _time(each.saved_at), "fields": each.fields}
            for each in case.drafts.all()
        ],
        "progress": [
            {
                "at": _time(step.when),
                "what": step.what,
                "who": step.who,
                "says": step.says,
                "remarks": step.remarks,
            }
            for step in timeline(case)
            if step.when
        ],
    }


def _header(case: Application, policy: rules.Policy) -> list[dict[str, str]]:
    """Every field in words, in the form's order; the identity number stands once, under `identity`."""
    filled = header.frozen(case, policy)
    return [
        {"key": line.field.key, "label": line.label, "value": line.value}
        for line in header.lines(filled, policy, header.Place.OWN_DATA)
    ]


def _activity(activity: Activity, policy: rules.Policy) -> dict[str, Any]:
    """One activity in the policy's words."""
    categories = {category.key: category.name for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    kind = next((each for each in policy.kinds if each.key == activity.kind), None)
    known = {fact.key: fact for fact in kind.facts} if kind else {}
    return {
        "title": activity.title,
        "category": categories.get(activity.category, activity.category),
        "form": forms.get(activity.form, activity.form),
        "kind": kind.name if kind else activity.kind,
        "hours": str(activity.claimed),
        "unit": policy.hours.word,
        "facts": {
            known[key].name if key in known else key: fact_in_words(known.get(key), value)
            for key, value in activity.facts.items()
        },
    }


def _papers(
    case: Application, folder: str, names: dict[str, str], enclosures: list[Enclosure]
) -> Iterator[dict[str, Any]]:
    """The files of the working copy, then those of earlier submissions that were replaced since."""
    shown: set[tuple[int, str]] = set()  # a file of an earlier submission stands in each year it proves
    for number, paper in enumerate(case.evidence.all(), start=1):
        year = paper.year_entry.year
        shown.add((year, paper.sha256))
        path = f"{folder}/{year}/{number:03d}-{clean_name(paper.filename)}"
        yield {
            "year": year,
            "kind": names.get(paper.kind, paper.kind),
            "filename": paper.filename,
            "proves": [tie.activity.title for tie in paper.ties.all()],
            "looked_at": paper.confirmed,
            "uploaded_at": _time(paper.uploaded_at),
            "file": _enclosed(paper, path, enclosures),
        }
    for revision in case.revisions.all():
        for entry in json.loads(revision.content)["years"]:
            for paper in entry["evidence"]:
                if (entry["year"], paper["sha256"]) in shown:
                    continue
                shown.add((entry["year"], paper["sha256"]))
                name = f"{paper['sha256'][:8]}-{clean_name(paper['filename'])}"
                path = f"{folder}/{entry['year']}/第{revision.number}次提交-{name}"
                enclosures.append(Enclosure(path, paper["storage_key"], paper["sha256"]))
                yield {
                    "year": entry["year"],
                    "kind": names.get(paper["kind"], paper["kind"]),
                    "filename": paper["filename"],
                    "file": path,
                }


def _enclosed(paper: Evidence, path: str, enclosures: list[Enclosure]) -> str:
    """The place in the archive; "" for what is still with the virus scanner or did not pass it."""
    if paper.scan != Scan.CLEAN:
        return ""
    enclosures.append(Enclosure(path, paper.storage_key, paper.sha256))
    return path


def _certificate(certificate: Certificate, enclosures: list[Enclosure]) -> dict[str, Any]:
    path = ""
    if certificate.is_ready:
        path = f"{SLIPS}/学时认定单-{certificate.number}.pdf"
        enclosures.append(Enclosure(path, certificate.storage_key, certificate.sha256))
    return {
        "number": certificate.number,
        "years": [certificate.from_year, certificate.to_year],
        "state": certificate.get_state_display(),
        "issued_by": certificate.issued_by.name,
        "issued_at": _time(certificate.issued_at),
        "sheet": json.loads(certificate.sheet),
        "file": path,
    }


def _recognised(actor: Actor) -> list[dict[str, Any]]:
    names = {
        each.key: each.name
        for key in rules.available_policies()
        for each in rules.load_policy(key).categories
    }
    return [
        {
            "year": row.year,
            "category": names.get(row.category, row.category),
            "hours": str(row.hours),
            "source": row.get_source_display(),
            "number": row.number,
            "title": row.title,
            "recorded_at": _time(row.recorded_at),
        }
        for row in training.on_record(actor)
    ]


def _requests(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.get_kind_display(),
            "state": each.get_state_display(),
            "made_at": _time(each.made_at),
            "reason": each.reason,
            "answer": each.answer,
            "settled_at": _time(each.settled_at),
        }
        for each in data_requests.mine(actor)
    ]


def _acts(actor: Actor) -> list[dict[str, Any]]:
    """The trail of what the person did under their own account."""
    rows = Event.objects.filter(person_id=actor.person_id, unit=None).order_by("id")
    return [
        {"at": _time(at), "subject": subject, "act": act}
        for at, subject, act in rows.values_list("at", "subject", "act")
    ]


def _time(moment: Any) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
