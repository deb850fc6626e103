"""A house with something in every room: at least one row in every table that has a named constraint or a guard."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from django.db import connection

from applications.services import session_changes
from applications.states import State
from cehours.lib import clock
from certificates.services import request_revocation
from organizations.messaging.contacts import Contact
from organizations.services import data_requests, members
from review.batches.verdicts import Order
from review.models import BatchAct
from review.services import assign, be_absent, claim, hold, note
from tests.certificates.approving import certificates
from tests.databases import connect_as_owner
from tests.review import batching
from tests.training import feeding, planning
from tests.world import WHY, World
from training.models import Scope
from training.services import make_credential

# What other acts would write, in the rooms that no test here enters otherwise.
REST = """
INSERT INTO applications_draft (id, application_id, section, tab, fields, version, opened, saved_at)
    SELECT gen_random_uuid(), id, 'header', 'one', '{}', 1, '', now() FROM applications_application
    WHERE state = 'draft';
INSERT INTO applications_handover (id, application_id, kind, version, from_unit_id, to_unit_id, state, steps, step,
        reason, unit_id, user_id, person_id, actor_name, at)
    SELECT gen_random_uuid(), a.id, 'stand_in', 99, a.current_unit_id, u.parent_id, a.state, a.steps, a.step,
        '没有账号', u.parent_id, m.user_id, us.person_id, '甲', now()
    FROM applications_application a JOIN organizations_unit u ON u.id = a.current_unit_id
    JOIN organizations_membership m ON m.unit_id = u.parent_id JOIN organizations_user us ON us.id = m.user_id
    WHERE a.state = 'employer_review' LIMIT 1;
INSERT INTO certificates_lostnumbers (year, first, last, found_at) VALUES (2024, 1, 2, now());
INSERT INTO certificates_lostprint (id, number, sha256, storage_key, found_at, state, requested_name, confirmed_name)
    VALUES (gen_random_uuid(), '2024000001', repeat('0', 64), 'certificates/2024/x', now(), 'found', '', '');
INSERT INTO mfa_authenticator (user_id, type, data, created_at)
    SELECT user_id, 'totp', '{}', now() FROM organizations_membership ORDER BY id LIMIT 1;
INSERT INTO organizations_device (user_id, session_key, name, since)
    SELECT id, 'session ' || id, '浏览器', now() FROM organizations_user LIMIT 2;
INSERT INTO organizations_imprint (unit_id, host, hotline, times, support, privacy_office, privacy_contact)
    SELECT id, '人社局', '0731-12345', '', '', '', '' FROM organizations_unit WHERE bureau_level = 'province';
INSERT INTO organizations_platformaccount (membership_id, issuer, subject, bound_at, bound_by_id)
    SELECT id, 'https://platform.example', 'zhang', now(), user_id FROM organizations_membership LIMIT 1;
INSERT INTO organizations_provencontact (user_id, channel, address, notices)
    SELECT id, 'pigeon', 'loft ' || id, true FROM organizations_user LIMIT 2;
INSERT INTO review_exportjob (id, user_id, unit_id, kind, asked, conditions, state, rows, is_cut, says, asked_at,
        audit_seq, audit_hash)
    SELECT gen_random_uuid(), user_id, unit_id, 'inbox', '{}', '', 'waiting', 0, false, '', now(), 0, ''
    FROM organizations_membership LIMIT 1;
INSERT INTO review_digest (id, person_id, day)
    SELECT gen_random_uuid(), id, current_date FROM organizations_person LIMIT 1;
INSERT INTO review_listlook (user_id, kind, columns, density)
    SELECT user_id, 'inbox', '{}', 'normal' FROM organizations_membership LIMIT 1;
INSERT INTO review_savedview (user_id, kind, name, address)
    SELECT user_id, 'inbox', '有警示', 'view=warned' FROM organizations_membership LIMIT 1;
INSERT INTO review_withdrawal (unit_id, application_id, revision, withdrawn_at)
    SELECT current_unit_id, id, revision, now() FROM applications_application WHERE state = 'employer_review' LIMIT 1;
INSERT INTO training_platformask (id, person_id, year, wanted_at, failures, fault, found)
    SELECT gen_random_uuid(), id, 2024, now(), 0, '', 0 FROM organizations_person LIMIT 1;
INSERT INTO training_recognisedhours (id, person_id, year, category, hours, source, number, title, valid, recorded_at)
    SELECT gen_random_uuid(), id, 2024, 'public', 30, 'load', '1', '', true, now() FROM organizations_person LIMIT 1;
"""


def furnish(world: World) -> None:
    """Cases in draft, at the employer, at a county's bureau (in a batch) and approved, a filed plan, open requests."""
    world.add_person("newcomer")
    world.draft(by="newcomer", years=(2024,), evidence=False)
    at_the_employer = batching.filed(world, by="other_applicant", unit="hospital", evidence=False)
    with world.acting("employer") as actor:
        order = Order(BatchAct.RETURN, "请补充 2024 年签到表。")
        claim(actor=actor, case_id=at_the_employer.pk)
        colleague = world.second_employer.user_id
        assign(actor=actor, cases=[at_the_employer.pk], to=[colleague])
        be_absent(actor=actor, deputy=colleague, first_day=clock.today(), last_day=clock.today())
        note(actor=actor, case_id=at_the_employer.pk, text="已电话核对。")
        hold(actor=actor, case_id=at_the_employer.pk, seen=at_the_employer.version, order=order)
    at_the_county = batching.filed(world, by="third_applicant", unit="factory", evidence=False)
    at_the_county = world.approve(at_the_county, by="factory_admin", opinion=WHY)
    batching.confirmed(world, "county_bureau", [(at_the_county.pk, at_the_county.version)])
    world.application(at=State.APPROVED)
    planning.filed(world, people=["applicant"])
    feeding.base(world)
    feeding.delivered(world, [feeding.of(world, "applicant"), feeding.row("K-2")])
    with world.acting("university_admin") as actor:
        make_credential(actor=actor, scopes=[Scope.WRITE])
    with world.acting("bureau") as actor:
        certificate = certificates()[0]
        request_revocation(actor=actor, certificate_id=certificate.pk, reason="核认后发现材料虚假")
        later = {"review_until": world.session.review_until + timedelta(days=9)}
        session_changes.ask(actor=actor, session=world.session, values=later, reason="延长审核期")
    with world.acting("applicant") as actor:
        wanted = data_requests.Identity(name="更名后")
        data_requests.ask_correction(actor=actor, wanted=wanted, reason="已更名")
    with world.acting("employer") as actor:
        phone = Contact.parse("13700137000")
        members.invite(actor=actor, unit_id=None, name="待邀请", role="reviewer", contact=phone)
    with closing(connect_as_owner(connection.settings_dict["NAME"])) as link, link.cursor() as cursor:
        cursor.execute(REST)
