"""Drafts and one's own data: nonsense is kept or refused, never executed; nobody settles or fetches another's."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from applications import services as filing
from applications.models import Draft
from cehours.my_data import tasks
from organizations.acting.scope import scope
from organizations.models import DataRequest, RequestState
from organizations.services import data_requests
from tests.security.attacking import browser_of, changed, database
from tests.security.nasty import FORM, LONE_SURROGATE, NASTY, encoded
from tests.world import World, picture

TAB = "0123456789abcdef"


@pytest.mark.parametrize("field", ["specialty", "tab", "opened", "since", "filled_from", "version"])
def test_nonsense_in_a_draft_is_answered_and_never_crashes(world: World, field: str) -> None:
    case = world.draft(evidence=False, years=(2024,))
    url, browser = reverse("applications:draft", args=[case.pk, "header"]), browser_of(world, "applicant")
    data = {"specialty": "悬崖", "tab": TAB, "opened": "", "since": "", "version": str(case.version)}
    wrong = []
    for value in (*NASTY, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        answer = browser.post(url, encoded({**data, field: value}), FORM)
        if answer.status_code not in (200, 409, 422):
            wrong.append((value[:20], answer.status_code))
    answer = browser.post(url, encoded(data, **{field: LONE_SURROGATE}), FORM)
    assert answer.status_code in (200, 409, 422)
    assert wrong == []


def test_what_is_kept_of_a_draft_is_text_on_the_page_that_compares(world: World) -> None:
    case = world.draft(evidence=False, years=(2024,))
    browser, attack = browser_of(world, "applicant"), "<img src=x onerror=alert(1)>"
    url = reverse("applications:draft", args=[case.pk, "header"])
    browser.post(url, {"specialty": attack, "tab": TAB, "opened": "x", "version": str(case.version)})
    with world.acting("applicant"):
        assert Draft.objects.count() == 1

    for name in ("applications:draft_compare", "applications:header"):
        arguments = [case.pk, "header"] if name.endswith("compare") else [case.pk]
        page = browser.get(reverse(name, args=arguments)).content.decode()
        assert attack not in page


def test_a_draft_keeps_no_field_that_the_section_does_not_have(world: World) -> None:
    case = world.draft(evidence=False, years=(2024,))
    url, browser = reverse("applications:draft", args=[case.pk, "header"]), browser_of(world, "applicant")
    smuggled = {"state": "approved", "person": "x", "csrfmiddlewaretoken": "geheim", "revision": "9"}

    browser.post(url, {"specialty": "悬崖", "tab": TAB, "opened": "x", "version": "1", **smuggled})

    with world.acting("applicant"):
        (draft,) = Draft.objects.all()
    assert "specialty" in draft.fields and not smuggled.keys() & draft.fields.keys()


def test_many_tabs_keep_only_a_handful_of_drafts(world: World) -> None:
    case = world.draft(evidence=False, years=(2024,))
    url, browser = reverse("applications:draft", args=[case.pk, "header"]), browser_of(world, "applicant")
    for number in range(9):
        browser.post(url, {"specialty": f"{number}", "tab": f"tab-{number:08}", "opened": "", "version": "1"})

    with world.acting("applicant"):
        assert Draft.objects.count() == 5


def test_choosing_a_draft_of_somebody_else_chooses_and_deletes_nothing(world: World) -> None:
    for who in ("applicant", "other_applicant"):
        case = world.draft(by=who, evidence=False, years=(2024,))
        url = reverse("applications:draft", args=[case.pk, "header"])
        browser_of(world, who).post(url, {"specialty": "悬崖", "tab": TAB, "opened": "x", "version": "1"})
    with world.acting("applicant"):
        (draft,) = Draft.objects.all()
    browser, before = browser_of(world, "other_applicant"), database()

    compare = reverse("applications:draft_compare", args=[case.pk, "header"])
    answer = browser.post(compare, {"draft": str(draft.pk)})

    assert answer.status_code == 404
    assert changed(before, database()) == []


def test_a_correction_is_not_settled_by_what_its_form_smuggles_in_nor_by_the_same_person(
    world: World,
) -> None:
    smuggled = {"state": "done", "answer": "同意", "person": str(world.bureau.person_id), "settled_by": "x"}
    typed = {"name": "改名后", "id_kind": "resident", "id_number": "", "reason": "派出所更名", **smuggled}
    browser_of(world, "applicant").post(reverse("my_data:correct"), typed)
    with world.acting("applicant"):
        request = DataRequest.objects.get()
    assert (request.state, request.answer, request.settled_by) == (RequestState.PENDING, "", None)
    world.add_person("insider", unit="province", person_of="applicant")
    browsers = [browser_of(world, who) for who in ("insider", "applicant", "other_bureau", "employer")]
    url, before = reverse("my_data:settle", args=[request.pk]), database()

    for browser in browsers:
        assert browser.post(url, {"granted": "yes", "decision": "grant"}).status_code == 404
    assert changed(before, database()) == []
    assert browser_of(world, "bureau").get(url).status_code == 200


def test_no_name_in_an_archive_leaves_its_folder_and_none_acts_on_its_page(world: World) -> None:
    case = world.draft(evidence=False, years=(2024,))
    for name in ("../../../etc/cron.d/x.png", "..\\..\\x.png", "<img src=x onerror=alert(1)>.png"):
        with world.acting("applicant") as actor:
            paper = {"file": io.BytesIO(picture()), "filename": name, "kind": "completion"}
            filing.attach(actor=actor, application_id=case.pk, year=2024, **paper)
    with world.acting("applicant") as actor:
        request = data_requests.ask_export(actor=actor)
    tasks.export(str(request.pk))
    with scope(world.applicant):
        request.refresh_from_db()

    with default_storage.open(request.file_key) as file, ZipFile(file) as archive:
        names = archive.namelist()
        pages = archive.read(names[-3]).decode() + archive.read("打开我.html").decode()
        record = json.loads(archive.read("data.json"))

    assert len(names) == 6, names
    assert not [name for name in names if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    assert "<img src=x" not in pages and record
