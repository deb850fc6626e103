"""Every address of the site: how it is filled in for a case, and who may open it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.models import Application
from applications.states import State
from certificates.models import Certificate
from organizations.contacts import Contact
from organizations.models import Invitation, Membership
from organizations.services import members
from tests.world import World

EVERYBODY = frozenset({
    "visitor", "applicant", "other_applicant", "employer", "other_employer", "department", "other_bureau",
    "bureau",
})  # fmt: skip
ROLES = tuple(sorted(EVERYBODY))
SIGNED_IN = EVERYBODY - {"visitor"}
APPLICANT = frozenset({"applicant"})
UNITS = SIGNED_IN - {"applicant", "other_applicant"}
BUREAUS = frozenset({"bureau", "other_bureau"})
PROVINCE = frozenset({"bureau"})
HOSPITAL = frozenset({"employer", "bureau"})  # who keeps the members of 省第九人民医院
EMPLOYER = frozenset({"employer"})
NOBODY: frozenset[str] = frozenset()
ROUTE = "whose unit the case has reached"

Who = frozenset[str] | str

# Who may open an address with GET, and with POST. An address without a row here fails the tests.
GENERAL: dict[str, tuple[Who, Who]] = {
    "livez": (EVERYBODY, EVERYBODY),
    "readyz": (EVERYBODY, EVERYBODY),
    "site:home": (EVERYBODY, EVERYBODY),
    "site:start": (SIGNED_IN, SIGNED_IN),
    "site:help": (EVERYBODY, EVERYBODY),
    "site:help_role": (EVERYBODY, EVERYBODY),
    "site:rules": (EVERYBODY, EVERYBODY),
    "site:policies": (EVERYBODY, EVERYBODY),
    "site:policy": (EVERYBODY, EVERYBODY),
    "site:calculator": (EVERYBODY, NOBODY),
    "site:calculator_live": (EVERYBODY, NOBODY),
    "site:accessibility": (EVERYBODY, EVERYBODY),
    "site:privacy": (EVERYBODY, EVERYBODY),
    "site:text_size": (NOBODY, EVERYBODY),
    "site:styleguide": (EVERYBODY, EVERYBODY),
    "organizations:start": (SIGNED_IN, SIGNED_IN),
    "organizations:switch": (NOBODY, SIGNED_IN),
    "organizations:account": (SIGNED_IN, SIGNED_IN),
    "organizations:contact": (SIGNED_IN, SIGNED_IN),
    "organizations:contact_verify": (SIGNED_IN, SIGNED_IN),
    "organizations:units": (BUREAUS, BUREAUS),
    "organizations:unit_new": (BUREAUS, BUREAUS),
    "organizations:members": (UNITS, UNITS),
    "organizations:invite": (UNITS, UNITS),
    "organizations:accept": (EVERYBODY, EVERYBODY),
    "organizations:mailbox": (EVERYBODY, EVERYBODY),
    "account_login": (EVERYBODY, EVERYBODY),
    "account_logout": (EVERYBODY, EVERYBODY),
    "account_inactive": (EVERYBODY, NOBODY),
    "account_signup": (EVERYBODY, EVERYBODY),
    "account_signup_verify": (EVERYBODY, EVERYBODY),
    "account_signup_vouch": (EVERYBODY, EVERYBODY),
    "account_change_password": (SIGNED_IN, SIGNED_IN),
    "account_reset_password": (EVERYBODY, EVERYBODY),
    "account_reset_password_verify": (EVERYBODY, EVERYBODY),
    "account_reset_password_new": (EVERYBODY, EVERYBODY),
    "applications:list": (SIGNED_IN, NOBODY),
    "applications:start": (NOBODY, SIGNED_IN),
    "applications:sessions": (PROVINCE, PROVINCE),
    "applications:session_new": (PROVINCE, PROVINCE),
    "certificates:query": (SIGNED_IN, NOBODY),
    "certificates:issue": (NOBODY, SIGNED_IN),
    "certificates:verify": (EVERYBODY, EVERYBODY),
    "certificates:verify_token": (EVERYBODY, NOBODY),
    "review:inbox": (UNITS, NOBODY),
    "review:handled": (UNITS, NOBODY),
    "review:batch": (BUREAUS, BUREAUS),
}

# Addresses of one thing that belongs to somebody: to all others it answers as if it did not exist.
OF_SOMEBODY: dict[str, tuple[Who, Who]] = {
    "organizations:unit_edit": (PROVINCE, PROVINCE),
    "organizations:unit_members": (HOSPITAL, HOSPITAL),
    "organizations:unit_invite": (HOSPITAL, HOSPITAL),
    "organizations:unit_remove_member": (HOSPITAL, HOSPITAL),
    "organizations:unit_revoke": (NOBODY, HOSPITAL),
    "organizations:remove_member": (EMPLOYER, EMPLOYER),
    "organizations:revoke": (NOBODY, EMPLOYER),
    "applications:detail": (APPLICANT, NOBODY),
    "applications:header": (APPLICANT, APPLICANT),
    "applications:employers": (APPLICANT, NOBODY),
    "applications:year_add": (APPLICANT, APPLICANT),
    "applications:year": (APPLICANT, APPLICANT),
    "applications:year_delete": (APPLICANT, APPLICANT),
    "applications:evidence": (APPLICANT, APPLICANT),
    "applications:evidence_delete": (APPLICANT, APPLICANT),
    "applications:evidence_view": (APPLICANT, NOBODY),
    "applications:evidence_file": (ROUTE, NOBODY),
    "applications:evidence_page": (ROUTE, NOBODY),
    "applications:evidence_thumb": (ROUTE, NOBODY),
    "applications:check": (APPLICANT, NOBODY),
    "applications:submit": (APPLICANT, APPLICANT),
    "applications:withdraw": (APPLICANT, APPLICANT),
    "applications:discard": (APPLICANT, APPLICANT),
    "applications:copy": (NOBODY, APPLICANT),
    "applications:progress": (APPLICANT, NOBODY),
    "applications:session_edit": (PROVINCE, PROVINCE),
    "certificates:download": (ROUTE, NOBODY),
    "review:case": (ROUTE, ROUTE),
    "review:approve": (ROUTE, ROUTE),
    "review:return": (NOBODY, ROUTE),
    "review:reject": (NOBODY, ROUTE),
}

# What looking at puts on record, and nothing else does.
RECORDED = {
    "applications:evidence_file", "applications:evidence_page", "certificates:download", "review:case",
}  # fmt: skip
ONLY_IN_A_DEMO = {"site:styleguide"}


def who_may(name: str, place: int, state: State) -> frozenset[str]:
    """The roles that may open an address, with GET (0) or POST (1), while the case is in `state`."""
    who = {**GENERAL, **OF_SOMEBODY}[name][place]
    if isinstance(who, frozenset):
        return who
    reached = {
        State.DRAFT: NOBODY,
        State.DEPARTMENT_REVIEW: frozenset({"employer", "department"}),
        State.APPROVED: frozenset({"employer", "department", "bureau"}),
    }[state]
    if name == "certificates:download" and state != State.APPROVED:
        return NOBODY
    return reached if name.startswith("review:") else reached | APPLICANT


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """(URL name with its namespace, names of its arguments) of every address there is."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            assert isinstance(entry, URLPattern)
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{space}{entry.name}", tuple(entry.pattern.regex.groupindex)


class Places:
    """What the arguments of an address stand for: things of 省第九人民医院 and of the applicant's case."""

    def __init__(self, world: World, case: Application) -> None:
        with world.acting("applicant"):
            paper = case.evidence.order_by("year_entry__year", "position").first()
            assert paper is not None
            certificate = Certificate.objects.filter(application=case).first()
        colleague = Membership.objects.get(user=world.second_employer.user, unit=world.hospital)
        self.case = case.pk
        self.paper = paper.pk
        self.certificate = certificate.pk if certificate else uuid4()
        self.token = certificate.token if certificate else "no-such-token"
        self.unit = world.hospital.pk
        self.session = world.session.pk
        self.member = colleague.pk
        self.invitation, self.secret = _invited(world)

    def of(self, name: str, arguments: tuple[str, ...], **instead: Any) -> str:
        """The address; `instead` replaces what an argument stands for."""
        subject: UUID = {
            "certificates:download": self.certificate,
            "applications:session_edit": self.session,
        }.get(name, self.unit if name.startswith("organizations:unit_") else self.case)
        meaning = {
            "pk": subject,
            "evidence_id": self.paper,
            "year": 2020,
            "number": 1,
            "member": self.member,
            "invitation": self.invitation,
            "secret": self.secret,
            "token": self.token,
            "key": "hunan-2025",
            "role": "applicant",
            **instead,
        }
        return reverse(name, kwargs={argument: meaning[argument] for argument in arguments})


def _invited(world: World) -> tuple[UUID, str]:
    """An open invitation to the hospital, and its secret."""
    secret = "S" * 43
    with world.acting("employer") as actor:
        invitation = members.invite(
            actor=actor, unit_id=None, name="待邀请", role="reviewer", contact=Contact.parse("13700137000")
        )
        Invitation.objects.filter(pk=invitation.pk).update(secret_hash=members.secret_hash(secret))
    return invitation.pk, secret
