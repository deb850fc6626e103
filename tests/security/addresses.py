"""Every address of the site: how it is filled in for a case, and who may open it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from applications.models import Application
from applications.states import State
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import Membership
from organizations.services import data_requests
from tests.security import making
from tests.training import planning
from tests.world import World

EVERYBODY = frozenset({
    "visitor", "applicant", "other_applicant", "employer", "second_employer", "reviewer", "other_employer",
    "department", "other_bureau", "bureau", "bureau_reviewer",
})  # fmt: skip
ROLES = tuple(sorted(EVERYBODY))
SIGNED_IN = EVERYBODY - {"visitor"}
APPLICANT = frozenset({"applicant"})
PEOPLE = frozenset({"applicant", "other_applicant"})
UNITS = SIGNED_IN - {"applicant", "other_applicant"}
REVIEWERS = frozenset(
    {"reviewer", "bureau_reviewer"}
)  # of 省第九人民医院 and of the province, no administrators
ADMINS = UNITS - REVIEWERS
BUREAUS = frozenset({"bureau", "other_bureau", "bureau_reviewer"})
PROVINCE = frozenset({"bureau", "bureau_reviewer"})
HEADS = PROVINCE & ADMINS  # the province's administrators
MAKER = frozenset({"employer"})  # who asked for, held or noted it, and no colleague
EMPLOYER = frozenset({"employer", "second_employer", "reviewer"})
EMPLOYERS = UNITS - BUREAUS
KEEPERS = EMPLOYER & ADMINS
HOSPITAL = (EMPLOYER | PROVINCE) & ADMINS  # who keeps the members of 省第九人民医院
DEPARTMENT = frozenset({"department"})  # with whom 省第九人民医院 files its plans
NOBODY: frozenset[str] = frozenset()
CURERS = "who can cure the case while it is in review"
ROUTE = "whose unit the case has reached"

Who = frozenset[str] | str
Row = tuple[Who, Who] | tuple[Who, Who, str]

# Who may open an address with GET, and with POST. An address without a row here fails the tests.
GENERAL: dict[str, Row] = {
    "livez": (EVERYBODY, EVERYBODY),
    "readyz": (EVERYBODY, EVERYBODY),
    "site:home": (EVERYBODY, EVERYBODY),
    "site:start": (SIGNED_IN, SIGNED_IN),
    "site:help": (EVERYBODY, EVERYBODY),
    "site:help_role": (EVERYBODY, EVERYBODY),
    "site:rules": (EVERYBODY, EVERYBODY),
    "site:policies": (EVERYBODY, EVERYBODY),
    "site:policy": (EVERYBODY, EVERYBODY),
    "site:notice": (EVERYBODY, EVERYBODY),
    "site:calculator": (EVERYBODY, NOBODY),
    "site:calculator_live": (EVERYBODY, NOBODY),
    "site:calculator_take": (NOBODY, EVERYBODY),
    "site:accessibility": (EVERYBODY, EVERYBODY),
    "site:privacy": (EVERYBODY, EVERYBODY),
    "site:text_size": (NOBODY, EVERYBODY),
    "site:styleguide": (EVERYBODY, EVERYBODY),
    "organizations:start": (SIGNED_IN, SIGNED_IN),
    "organizations:switch": (NOBODY, SIGNED_IN),
    "organizations:account": (SIGNED_IN, SIGNED_IN),
    "organizations:devices": (NOBODY, SIGNED_IN),
    "organizations:second_factor": (UNITS, NOBODY),
    "organizations:second_factor_app": (UNITS, UNITS),
    "organizations:second_factor_key": (UNITS, UNITS),
    "organizations:second_factor_codes": (NOBODY, UNITS),
    "organizations:second_factor_remove": (UNITS, UNITS),  # asks for the password before it looks whose it is
    "organizations:imprint": (BUREAUS & ADMINS, BUREAUS & ADMINS),
    "organizations:contact": (SIGNED_IN, SIGNED_IN),
    "organizations:contact_verify": (SIGNED_IN, SIGNED_IN),
    "organizations:units": (BUREAUS, BUREAUS),
    "organizations:unit_new": (BUREAUS & ADMINS, BUREAUS & ADMINS),
    "organizations:bureau_new": (HEADS, HEADS),
    "organizations:members": (ADMINS, ADMINS),
    "organizations:invite": (ADMINS, ADMINS),
    "organizations:accept": (EVERYBODY, EVERYBODY),
    "organizations:notices": (SIGNED_IN, NOBODY),
    "organizations:notices_read": (NOBODY, SIGNED_IN),
    "organizations:notices_channels": (NOBODY, SIGNED_IN),
    "organizations:entrusted": (PROVINCE, PROVINCE),
    "organizations:notices_work": (NOBODY, SIGNED_IN),
    "organizations:mailbox": (EVERYBODY, EVERYBODY),
    "account_login": (EVERYBODY, EVERYBODY),
    "mfa_authenticate": (SIGNED_IN, SIGNED_IN),  # straight on; visitors sign in, and meet it on their way
    "account_logout": (EVERYBODY, EVERYBODY),
    "account_platform": (NOBODY, NOBODY),  # without a platform in the settings, as here, it is not there
    "account_platform_callback": (NOBODY, NOBODY),
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
    "applications:calculated": (SIGNED_IN, NOBODY),
    "applications:sessions": (PROVINCE, PROVINCE),
    "applications:session_new": (HEADS, HEADS),
    "certificates:query": (SIGNED_IN, NOBODY),
    "certificates:issue": (NOBODY, SIGNED_IN),
    "certificates:verify": (EVERYBODY, EVERYBODY),
    "certificates:verify_token": (EVERYBODY, EVERYBODY),
    "certificates:verify_file": (NOBODY, EVERYBODY),
    "certificates:batch": (EVERYBODY, EVERYBODY),
    "certificates:batch_template": (EVERYBODY, NOBODY),
    "certificates:api": (NOBODY, NOBODY),  # opens to a key alone
    "certificates:ledger": (SIGNED_IN, NOBODY),
    "certificates:bodies": (HEADS, HEADS),
    "certificates:issued": (BUREAUS, NOBODY),
    "my_data:show": (PEOPLE, NOBODY),
    "my_data:export": (NOBODY, PEOPLE),
    "my_data:correct": (PEOPLE, PEOPLE),
    "my_data:close": (PEOPLE, PEOPLE),
    "my_data:requests": (PROVINCE, NOBODY),
    "my_data:let_back": (PROVINCE, PROVINCE),
    "review:inbox": (UNITS, NOBODY),
    "review:today": (SIGNED_IN, NOBODY),
    "review:handled": (UNITS, NOBODY),
    "review:withdrawn": (UNITS, NOBODY),
    "review:stuck": (UNITS, NOBODY),
    "review:held": (UNITS, NOBODY),
    "review:assign": (ADMINS, ADMINS),
    "review:absences": (UNITS, UNITS),
    "review:search": (NOBODY, UNITS),
    "review:look": (NOBODY, UNITS),
    "review:view_save": (NOBODY, UNITS),
    "review:exports": (UNITS, UNITS),
    "review:batch": (BUREAUS, BUREAUS),
    # Nobody here delivers records (tests/training/test_learning_pages.py); programs sign, whoever is signed in.
    "learning:deliveries": (NOBODY, NOBODY),
    "learning:records": (NOBODY, NOBODY),
    "learning:records_export": (NOBODY, NOBODY),
    "learning:upload": (NOBODY, NOBODY),
    "learning:template": (NOBODY, NOBODY),
    "learning:attendance": (NOBODY, NOBODY),
    "learning:withdraw": (NOBODY, NOBODY),
    "learning:keys": (NOBODY, NOBODY),
    "learning:api": (EVERYBODY, NOBODY),
    "learning:providers": (PROVINCE, HEADS),
    "learning:look": (PROVINCE, NOBODY),
    "learning:look_export": (PROVINCE, NOBODY),
    "learning_api:openapi-json": (EVERYBODY, NOBODY),
    "learning_api:api-root": (NOBODY, NOBODY),
    "learning_api:report": (NOBODY, NOBODY),
    "learning_api:withdraw": (NOBODY, NOBODY),
    "learning_api:deliveries": (NOBODY, NOBODY),
    "learning_api:records": (NOBODY, NOBODY),
    "learning_api:recognised": (NOBODY, NOBODY),
    "learning_api:nothing_here": (NOBODY, NOBODY),
    "training:plans": (UNITS, NOBODY),
    "training:filed": (UNITS, NOBODY),
    "training:plan_new": (EMPLOYERS, EMPLOYERS),
    "training:plans_several": (EMPLOYERS, EMPLOYERS),
}

# Addresses of one thing that belongs to somebody: to all others it answers as if it did not exist. The third word says
# of what (an attribute of Places) where it is not the case, a plan (training:) or a unit (organizations:unit_…).
OF_SOMEBODY: dict[str, Row] = {
    "organizations:unit_edit": (HEADS, HEADS),
    "organizations:unit_members": (HOSPITAL, HOSPITAL),
    "organizations:unit_invite": (HOSPITAL, HOSPITAL),
    "organizations:unit_remove_member": (HOSPITAL, HOSPITAL),
    "organizations:unit_revoke": (NOBODY, HOSPITAL),
    "organizations:remove_member": (KEEPERS, KEEPERS),
    "organizations:revoke": (NOBODY, KEEPERS),
    "organizations:unit_reset_second_factor": (HOSPITAL, HOSPITAL),
    "organizations:reset_second_factor": (KEEPERS, KEEPERS),
    "organizations:platform_bind": (NOBODY, NOBODY),
    "organizations:platform_unbind": (NOBODY, NOBODY),
    "organizations:notice_open": (NOBODY, APPLICANT, "notice"),
    "applications:detail": (APPLICANT, NOBODY),
    "applications:header": (APPLICANT, APPLICANT),
    "applications:employers": (APPLICANT, NOBODY),
    "applications:year_add": (APPLICANT, APPLICANT),
    "applications:year": (APPLICANT, APPLICANT),
    "applications:remark_settle": (NOBODY, APPLICANT),
    "applications:year_delete": (APPLICANT, APPLICANT),
    "applications:year_live": (NOBODY, APPLICANT),
    "applications:year_platform": (APPLICANT, NOBODY),
    "applications:prior": (APPLICANT, APPLICANT),
    "applications:bring_in": (NOBODY, APPLICANT),
    "applications:slip": (APPLICANT, APPLICANT),
    "applications:slip_look": (NOBODY, APPLICANT),
    "applications:draft": (APPLICANT, APPLICANT),
    "applications:draft_compare": (APPLICANT, APPLICANT),
    "applications:draft_settle": (NOBODY, APPLICANT),
    "applications:evidence": (APPLICANT, APPLICANT),
    "applications:evidence_state": (APPLICANT, NOBODY),
    "applications:evidence_order": (NOBODY, APPLICANT),
    "applications:evidence_label": (NOBODY, APPLICANT),
    "applications:evidence_confirm": (NOBODY, APPLICANT),
    "applications:evidence_replace": (APPLICANT, APPLICANT),
    "applications:evidence_delete": (APPLICANT, APPLICANT),
    "applications:papers": (APPLICANT, NOBODY),
    "applications:evidence_view": (APPLICANT, NOBODY),
    "applications:evidence_file": (ROUTE, NOBODY),
    "applications:evidence_page": (ROUTE, NOBODY),
    "applications:evidence_thumb": (ROUTE, NOBODY),
    "applications:check": (APPLICANT, NOBODY),
    "applications:submit": (APPLICANT, APPLICANT),
    "applications:receipt": (APPLICANT, NOBODY),
    "applications:withdraw": (APPLICANT, APPLICANT),
    "applications:discard": (APPLICANT, APPLICANT),
    "applications:copy": (NOBODY, APPLICANT),
    "applications:progress": (APPLICANT, NOBODY),
    "applications:session_edit": (HEADS, HEADS, "session"),
    "applications:session_remove": (HEADS, HEADS, "session"),
    "applications:session_change": (HEADS, NOBODY, "session_change"),
    "applications:session_change_confirm": (NOBODY, HEADS, "session_change"),
    "applications:session_change_decline": (NOBODY, HEADS, "session_change"),
    "certificates:download": (ROUTE, NOBODY, "certificate"),
    "certificates:detail": (PROVINCE, NOBODY, "certificate"),
    "certificates:print_again": (NOBODY, APPLICANT | PROVINCE, "certificate"),
    "certificates:revoke": (PROVINCE, PROVINCE, "certificate"),
    "certificates:confirm_revocation": (NOBODY, PROVINCE, "revocation"),
    "certificates:decline_revocation": (NOBODY, PROVINCE, "revocation"),
    # No restore has lost anything here (tests/certificates/test_lost_prints.py).
    "certificates:lost_file": (NOBODY, NOBODY),
    "certificates:lost_take_back": (NOBODY, NOBODY),
    "certificates:lost_confirm": (NOBODY, NOBODY),
    "certificates:lost_decline": (NOBODY, NOBODY),
    "certificates:body_renew": (NOBODY, HEADS, "body"),
    "certificates:body_end": (NOBODY, HEADS, "body"),
    "my_data:download": (APPLICANT, NOBODY, "export"),
    "my_data:settle": (PROVINCE, PROVINCE, "correction"),
    "review:export_file": (MAKER, NOBODY, "list_file"),
    "review:export_state": (MAKER, NOBODY, "list_file"),
    "review:merge_unit": (HEADS, HEADS, "unit"),
    "review:cure": (CURERS, CURERS),
    "review:case": (ROUTE, ROUTE),
    "review:case_state": (ROUTE, NOBODY),
    "review:next": (ROUTE, NOBODY),
    "review:case_number": (NOBODY, ROUTE),
    "review:approve": (ROUTE, ROUTE),
    "review:claim": (NOBODY, ROUTE),
    "review:note": (NOBODY, ROUTE),
    "review:return": (NOBODY, ROUTE),
    "review:take_back": (NOBODY, MAKER, "held"),
    "review:absence_end": (NOBODY, MAKER, "absence"),
    "review:at_once": (NOBODY, MAKER, "held"),
    # A batch is its maker's alone (tests/review/test_pages_batch.py), and nobody here has made one.
    "review:batch_run": (NOBODY, NOBODY),
    "review:batch_restart": (NOBODY, NOBODY),
    "review:batch_start": (NOBODY, NOBODY),
    "review:batch_stop": (NOBODY, NOBODY),
    "review:batch_take_back": (NOBODY, NOBODY),
    "review:reject": (NOBODY, ROUTE),
    "learning:delivery": (NOBODY, NOBODY),
    "learning:results": (NOBODY, NOBODY),
    "learning:key_rotate": (NOBODY, NOBODY),
    "learning:key_end": (NOBODY, NOBODY),
    "learning:provider_end": (NOBODY, NOBODY),
    "learning:provider_resume": (NOBODY, NOBODY),
    "learning:look_at": (NOBODY, NOBODY),
    "learning_api:delivery": (NOBODY, NOBODY),
    "training:plan": (EMPLOYER | DEPARTMENT, NOBODY),
    "training:plan_edit": (EMPLOYER, EMPLOYER),
    "training:plan_discard": (EMPLOYER, EMPLOYER),
    "training:plan_file": (NOBODY, EMPLOYER),
    "training:plan_accept": (NOBODY, DEPARTMENT),
    "training:plan_return": (NOBODY, DEPARTMENT),
    "training:people": (EMPLOYER, EMPLOYER),
    "training:person_remove": (NOBODY, EMPLOYER),
    "training:person_correct": (EMPLOYER, EMPLOYER),
    "training:attendance": (EMPLOYER, EMPLOYER),
    "training:attendance_days": (EMPLOYER, EMPLOYER),
    "training:attendance_upload": (NOBODY, EMPLOYER),
    "training:attendance_workbook": (EMPLOYER, NOBODY),
    "training:attendance_day": (EMPLOYER, EMPLOYER),
    "training:sign_in": (EMPLOYER, NOBODY),
}

# What looking at puts on record, and nothing else does.
RECORDED = {
    "applications:evidence_file", "applications:evidence_page", "certificates:download", "my_data:download",
    "my_data:settle",
}  # fmt: skip
ONLY_IN_A_DEMO = {"site:styleguide"}


def who_may(name: str, place: int, state: State) -> frozenset[str]:
    """The roles that may open an address, with GET (0) or POST (1), while the case is in `state`."""
    if OF_SOMEBODY.get(name, ())[2:] in (("certificate",), ("revocation",)) and state != State.APPROVED:
        return NOBODY
    who: Who = {**GENERAL, **OF_SOMEBODY}[name][place]
    if isinstance(who, frozenset):
        return who
    if who == CURERS:
        return PROVINCE if state == State.DEPARTMENT_REVIEW else NOBODY
    reached = {
        State.DRAFT: NOBODY,
        State.DEPARTMENT_REVIEW: EMPLOYER | DEPARTMENT,
        State.BUREAU_REVIEW: EMPLOYER | DEPARTMENT | PROVINCE,
        State.APPROVED: EMPLOYER | DEPARTMENT | PROVINCE,
    }[state]
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
        making.colleagues(world)
        colleague = Membership.objects.get(user=world.second_employer.user, unit=world.hospital)
        self.case = case.pk
        self.paper = paper.pk
        self.certificate = certificate.pk if certificate else uuid4()
        self.token = certificate.token if certificate else "no-such-token"
        self.unit = world.hospital.pk
        self.session = world.session.pk
        self.member = colleague.pk
        self.invitation, self.secret = making.invited(world)
        self.export, self.correction = _asked(world)
        self.notice = _told(world, case)
        self.plan, self.attendee = _planned(world)
        self.held, self.absence, self.list_file = making.at_the_employer(world)
        self.body = making.admitted(world)
        self.session_change = making.session_change(world)
        self.revocation = making.revocation(world, self.certificate) if certificate else uuid4()

    def of(self, name: str, arguments: tuple[str, ...], **instead: Any) -> str:
        """The address; `instead` replaces what an argument stands for."""
        subject = self._subject(name)
        meaning = {
            "pk": subject,
            "evidence_id": self.paper,
            "year": 2020,
            "number": subject if "pk" not in arguments else 1,
            "member": self.member,
            "factor": 1,
            "invitation": self.invitation,
            "attendee": self.attendee,
            "secret": self.secret,
            "token": self.token,
            "key": "hunan-2025",
            "role": "applicant",
            "section": "header",
            "day": "2026-01-01",
            **instead,
        }
        return reverse(name, kwargs={argument: meaning[argument] for argument in arguments})

    def missing(self, name: str, arguments: tuple[str, ...]) -> dict[str, str]:
        """By argument that names a thing: the same address with that thing replaced by one that never was."""
        nothing: dict[str, Any] = {
            "pk": uuid4(),
            "evidence_id": uuid4(),
            "invitation": uuid4(),
            "attendee": uuid4(),
            "member": 10**9,
            **({} if "pk" in arguments else {"number": 10**9}),
        }
        return {
            each: self.of(name, arguments, **{each: nothing[each]})
            for each in arguments
            if each in nothing
        }  # fmt: skip

    def _subject(self, name: str) -> Any:
        """What the address is about: a key, or a number where the address has no key."""
        row = OF_SOMEBODY.get(name, ())
        if len(row) == 3:
            return getattr(self, row[2])
        if name.startswith("training:"):
            return self.plan
        return self.unit if name.startswith("organizations:unit_") else self.case


def _planned(world: World) -> tuple[UUID, UUID]:
    """A training plan that the hospital filed, and somebody on its list."""
    plan = planning.filed(world, people=["applicant"])
    return plan.pk, planning.attendees(world, plan)[0].pk


def _told(world: World, case: Application) -> UUID:
    """A notice to the applicant."""
    words = notices.Words("returned", "申报被退回", "请修改后重新提交。", reverse("applications:list"))
    with scope(Actor.system("tests")):
        return notices.tell(
            person_id=case.person_id, subject="application", subject_id=case.pk, words=words
        ).pk


def _asked(world: World) -> tuple[UUID, UUID]:
    """The applicant's finished export, and a correction that the province has not settled yet."""
    with world.acting("applicant") as actor:
        export = data_requests.ask_export(actor=actor)
        wanted = data_requests.Identity(name="更名后")
        correction = data_requests.ask_correction(actor=actor, wanted=wanted, reason="已更名")
    with scope(Actor.system("test")) as system:
        key = default_storage.save(f"exports/{export.pk}.zip", ContentFile(b"PK"))
        data_requests.finish_export(actor=system, request=export, key=key, size=2)
    return export.pk, correction.pk
