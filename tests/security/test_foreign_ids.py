"""Every field of every form with what is not the sender's, or with nonsense: refused in words, nothing changes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from applications.models import Application
from applications.states import State
from review.models import Batch
from tests.daily import Daily
from tests.review.batching import worked_off
from tests.security.attacking import attempt, browser_of, changed, database, once
from tests.security.nasty import FORM, FORMS, LONE_SURROGATE, NASTY, Form, encoded
from tests.world import World

ANSWERS = {200, 302, 400, 403, 404, 409, 422, 429}


def names_of(form: Form) -> str:
    return form.name


@pytest.fixture
def case(world: World, request: pytest.FixtureRequest) -> Application:
    form: Form = request.getfixturevalue("form")
    return world.application(at=form.state)


@pytest.mark.parametrize("form", FORMS, ids=names_of)
def test_nonsense_in_any_field_is_answered_and_never_crashes(
    world: World, form: Form, case: Application, daily: Daily
) -> None:
    url, data, browser = form.url(case), form.data(world, case), browser_of(world, form.who)
    wrong = []
    for field in data:
        for value in daily.some(f"{form.name} {field}", NASTY, share=0.3):
            answer = once(browser, "post", url, encoded({**data, field: value}), FORM)
            if answer.status_code not in ANSWERS:
                wrong.append((field, value[:20], answer.status_code))
        answer = once(browser, "post", url, encoded(data, **{field: LONE_SURROGATE}), FORM)
        if answer.status_code not in ANSWERS:
            wrong.append((field, LONE_SURROGATE, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("form", FORMS, ids=names_of)
def test_a_field_that_names_what_is_not_yours_changes_nothing(
    world: World, form: Form, case: Application, daily: Daily
) -> None:
    url, data, browser = form.url(case), form.data(world, case), browser_of(world, form.who)
    wrong = []
    for field, foreign in form.objects(world).items():
        for value in [*foreign, *daily.some(f"{form.name} {field}", NASTY, share=0.3)]:
            answer, tables = attempt(browser, "post", url, encoded({**data, field: value}), FORM)
            wrong += [(field, value[:40], table) for table in tables]
            if answer.status_code not in ANSWERS:
                wrong.append((field, value[:40], answer.status_code))

    assert wrong == []


# Refused for a reason of their own (a code, the old password, no year left), which is not this test's subject.
NEVER_TAKEN = ("organizations:contact", "account_change_password", "applications:year_add")
TAKEN = [form for form in FORMS if form.who != "visitor" and form.name not in NEVER_TAKEN]


@pytest.mark.parametrize("form", TAKEN, ids=names_of)
def test_the_same_form_filled_in_rightly_is_taken(world: World, form: Form, case: Application) -> None:
    """Otherwise the two tests above would prove nothing."""
    answer = browser_of(world, form.who).post(form.url(case), encoded(form.data(world, case)), FORM)

    assert answer.status_code == 302


def test_somebody_elses_paper_is_not_reached_through_ones_own_case(world: World) -> None:
    theirs, mine = world.draft(), world.draft(by="other_applicant")
    with world.acting("applicant"):
        paper = theirs.evidence.first()
        assert paper is not None
    browser, before = browser_of(world, "other_applicant"), database()

    for case in (mine, theirs):
        for name in ("evidence_delete", "evidence_file", "evidence_thumb"):
            assert browser.get(reverse(f"applications:{name}", args=[case.pk, paper.pk])).status_code == 404
        assert (
            browser.post(reverse("applications:evidence_delete", args=[case.pk, paper.pk])).status_code == 404
        )
    assert changed(before, database()) == []


def test_a_member_of_another_unit_is_not_removed_through_ones_own(world: World) -> None:
    browser, before = browser_of(world, "employer"), database()
    for key in ("other_employer", "department", "bureau"):
        member = world.people[key].membership
        assert member is not None
        for address in (
            reverse("organizations:remove_member", args=[member.pk]),
            reverse("organizations:unit_remove_member", args=[world.hospital.pk, member.pk]),
            reverse("organizations:unit_remove_member", args=[member.unit_id, member.pk]),
        ):
            assert browser.post(address).status_code == 404

    assert changed(before, database()) == []


def test_a_batch_with_foreign_cases_does_the_own_one_and_leaves_the_others_alone(world: World) -> None:
    own = world.application(at=State.BUREAU_REVIEW)
    foreign = world.submit(world.draft(by="other_applicant", unit="firm"), by="other_applicant")
    picks = [f"{own.pk}:{own.version}", f"{foreign.pk}:{foreign.version}", f"{uuid4()}:1"]

    confirmed = {"pick": picks, "confirm": "1", "opinion": "", "act": "approve", "token": str(uuid4())}
    page = browser_of(world, "bureau").post(reverse("review:batch"), confirmed, follow=True)
    with world.acting("bureau"):
        batch = Batch.objects.get()
    worked_off(batch)

    assert world.see("applicant", own.pk).state == State.APPROVED
    assert world.see("other_applicant", foreign.pk).state == State.EMPLOYER_REVIEW
    assert world.see("other_applicant", foreign.pk).name not in page.content.decode()


ADDRESSES = [
    (
        "review:inbox",
        "bureau",
        ("name", "number", "unit", "step", "view", "region", "series", "year", "mark", "cursor"),
    ),
    ("review:handled", "bureau", ("name", "number", "unit", "outcome", "mark", "cursor")),
    ("review:withdrawn", "bureau", ("name", "year", "cursor")),
    ("organizations:units", "bureau", ("q", "region", "page")),
    ("certificates:query", "applicant", ("from_year", "to_year")),
    ("site:calculator", "visitor", ("policy", "year", "item", "category", "kind", "q", "act", "f-hours")),
    ("site:calculator_live", "visitor", ("policy", "kind", "typing", "year", "item")),
    ("account_login", "visitor", ("next",)),
    ("applications:list", "applicant", ("page",)),
]  # fmt: skip


# Cursors of an empty list, and with half a character in their key or in their name.
CURSORS = (
    "W10",
    "WyJhcnJpdmVkX2F0IiwibiIsIlx1ZDgwMCIsIjEiXQ",
    "WyJwaW55aW4iLCJuIiwiXHVkODAwIiwiZjEwNDdlNjAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAwIl0",
)


@pytest.mark.parametrize(("name", "who", "fields"), ADDRESSES, ids=lambda value: str(value)[:30])
def test_nonsense_in_an_address_is_answered_and_never_crashes(
    world: World, name: str, who: str, fields: tuple[str, ...], daily: Daily
) -> None:
    browser, wrong = browser_of(world, who), []
    for field in fields:
        for value in [*daily.some(f"{name} {field}", NASTY, share=0.3), *CURSORS]:
            answer = browser.get(reverse(name), {field: value})
            if answer.status_code not in ANSWERS:
                wrong.append((field, value[:20], answer.status_code))
        answer = browser.get(f"{reverse(name)}?{field}={LONE_SURROGATE}")
        if answer.status_code not in ANSWERS:
            wrong.append((field, LONE_SURROGATE, answer.status_code))

    assert wrong == []


def test_looking_for_a_unit_survives_every_text(world: World) -> None:
    case = world.draft()
    browser = browser_of(world, "applicant")
    find = reverse("applications:employers", args=[case.pk])
    header = reverse("applications:header", args=[case.pk])
    units = reverse("organizations:unit_new")

    for text in NASTY:
        assert browser.get(find, {"employer_name": text, "employer": text}).status_code == 200, text[:20]
        typed = {"act": "find", "employer_name": text, "employer": text, "region": text}
        assert browser.post(header, typed).status_code == 200, text[:20]
        typed = {"find": "1", "parent_text": text, "years": text}
        assert browser_of(world, "bureau").post(units, typed).status_code in (200, 422), text[:20]


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "rot13", "utf-16", "gbk", "idna", "no-such"])
@pytest.mark.parametrize("text", [b"+2AA-", b"\\ud800", "汉".encode("gbk")])
def test_a_form_in_another_encoding_is_refused_or_read_but_never_crashes(
    world: World, charset: str, text: bytes
) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="number"\r\n\r\n' + text + b"\r\n"
    body = part + part.replace(b'"number"', b'"name"') + b"--b--\r\n"
    browser = browser_of(world, "visitor")
    for kind in (f"multipart/form-data; boundary=b; charset={charset}", f"{FORM}; charset={charset}"):
        answer = browser.generic("POST", reverse("certificates:verify"), body, kind)
        assert answer.status_code in ANSWERS
        answer = browser.generic("GET", reverse("site:calculator") + "?q=%5Cud800&item=+2AA-", b"", kind)
        assert answer.status_code in ANSWERS
