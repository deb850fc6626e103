"""Gathers everything kept about one person, in that person's own scope, so nobody else's row can slip in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import rules
from cehours.lib import clock
from cehours.lib.idnumbers import IdKind
from cehours.my_data import queries
from cehours.my_data.cases import Enclosure, application, cases_of, time_of
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
from training import queries as training
from training.feeds import queries as feeds

# 2: the header in words, field by field; activities in words. 3: dates of internal notes. 4: 代办 and 移交, absences,
# second factors. 5: learning records. 6: years for which the platform was asked
FORMAT = 6
SLIPS = "学时认定单"


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
        "made_at": time_of(clock.now()),
        "identity": {
            "name": person.name,
            "name_as_on_document": person.spelling,
            "id_kind": IdKind(person.id_kind).label,
            "id_number": identity.shown(person.id_cipher, table="person", pk=person.pk),
            "registered_at": time_of(person.created_at),
        },
        "account": _account(actor),
        "applications": [
            application(case, number, enclosures) for number, case in enumerate(cases_of(actor), start=1)
        ],
        "certificates": [_certificate(each, enclosures) for each in certificates.own(actor)],
        "recognised_hours": _recognised(actor),
        "learning_records": _learned(actor),
        "platform_asked": _asked(actor),
        "looks_at_identity_number": [
            {"at": time_of(look.at), "unit": look.unit, "who": look.who, "over": look.over}
            for look in queries.looks(actor)
        ],
        "notices": [
            {
                "at": time_of(each.created_at),
                "title": each.title,
                "body": each.body,
                "read_at": time_of(each.read_at),
            }
            for each in notices.of(actor)
        ],
        "data_requests": _requests(actor),
        "acts": _acts(actor),
    }
    return Gathered(record, enclosures)


def _asked(actor: Actor) -> list[dict[str, Any]]:
    """For which years the public institutions' platform was asked for records of this person, and what it last gave."""
    return [
        {
            "year": ask.year,
            "wanted_at": time_of(ask.wanted_at),
            "asked_at": time_of(ask.asked_at),
            "answered_at": time_of(ask.answered_at),
            "records": ask.found,
        }
        for ask in feeds.asked_of_platform(actor)
    ]


def _learned(actor: Actor) -> list[dict[str, Any]]:
    """What providers sent, as they sent it."""
    return [
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
            "received_at": time_of(each.standing.since),
        }
        for each in feeds.of_person(actor)
    ]


def _account(actor: Actor) -> dict[str, Any]:
    user = actor.user
    assert user is not None
    return {
        "display_name": user.display_name,
        "username": user.username,
        "contacts": [{"kind": each.kind, "address": each.address} for each in contacts.of(user)],
        "opened_at": time_of(user.date_joined),
        "last_login": time_of(user.last_login),
        "work_not_told": [kind.label for kind in Work if kind in user.muted],
        "notices_by": {each.key: each.is_wanted(user) for each in channels.ALL},
        "signed_in_on": [
            {"device": each.name, "since": time_of(each.since), "second_factor": each.get_factor_display()}
            for each in user.devices.all()
        ],
        # What the account has to sign in with besides its password, and nothing of the secrets.
        "second_factors": [
            {
                "kind": Kind(each.type).label,
                "added_at": time_of(each.created_at),
                "used_at": time_of(each.last_used_at),
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
            {"account": each.subject, "unit": each.membership.unit.name, "bound_at": time_of(each.bound_at)}
            for each in platform.bound_to(actor)
        ],
    }


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
        "issued_at": time_of(certificate.issued_at),
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
            "recorded_at": time_of(row.recorded_at),
        }
        for row in training.on_record(actor)
    ]


def _requests(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.get_kind_display(),
            "state": each.get_state_display(),
            "made_at": time_of(each.made_at),
            "reason": each.reason,
            "answer": each.answer,
            "settled_at": time_of(each.settled_at),
        }
        for each in data_requests.mine(actor)
    ]


def _acts(actor: Actor) -> list[dict[str, Any]]:
    """The trail of what the person did under their own account."""
    rows = Event.objects.filter(person_id=actor.person_id, unit=None).order_by("id")
    return [
        {"at": time_of(at), "subject": subject, "act": act}
        for at, subject, act in rows.values_list("at", "subject", "act")
    ]
