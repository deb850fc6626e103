"""After a return the reviewer reads what changed, in words, and nothing that changed is left out."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from django.urls import reverse

import rules
from applications.filed import header
from applications.filed.snapshot import Filed
from applications.models import Revision
from applications.states import State
from cehours.lib.idnumbers import make_resident_id
from cehours.my_data import correcting
from organizations.services import data_requests
from organizations.services.data_requests import Identity
from review.cases import comparing

POLICY = rules.load_policy("hunan-2025")
ACTIVITY = {
    "category": "professional",
    "form": "01",
    "kind": "",
    "title": "数据库培训",
    "basis": "declared",
    "facts": {},
    "claimed": "60",
    "computed": None,
    "cite": "",
    "says": "",
    "over_reason": "",
    "recognised": None,
}
HEADER = {"name": "王敏", "phone": "13912345678", "span_exception": "", "id_index": "aa"}
PAPER = {
    "id": "1",
    "kind": "notice",
    "stamped": True,
    "filename": "通知.pdf",
    "sha256": "aa",
}


def filed(**changed):
    year = {"year": 2021, "activities": [ACTIVITY], "evidence": [PAPER]}
    return Filed(
        **{
            "number": 1,
            "header": HEADER,
            "years": [{**year, **changed.pop("year", {})}],
            "evidence_note": "",
            **changed,
        }
    )


def compared(after, before=None):
    return comparing.compare(before or filed(), after, POLICY)


def says_of_activity(**changed):
    return compared(filed(year={"activities": [{**ACTIVITY, **changed}]})).years.get(2021, ())


def says_of_papers(*papers):
    return compared(filed(year={"evidence": list(papers)})).years.get(2021, ())


def test_the_same_filed_again_has_no_changes():
    assert compared(copy.deepcopy(filed())).nothing


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"claimed": "66"}, "专业科目“数据库培训”学时：60 → 66"),
        ({"title": "数据库进修"}, "专业科目名称：数据库培训 → 数据库进修"),
        ({"form": "06"}, "专业科目“数据库培训”形式："),
        ({"computed": "48"}, "专业科目“数据库培训”细则折算：（空） → 48"),
        ({"over_reason": "另有实习"}, "专业科目“数据库培训”高于细则的理由：（空） → 另有实习"),
        ({"facts": {"days": "5"}}, "专业科目“数据库培训”days：（空） → 5"),
        (
            {"recognised": {"source": "platform", "number": "P-7", "title": ""}},
            "专业科目“数据库培训”认定编号：（空） → P-7",
        ),
    ],
)
def test_every_field_of_an_activity_is_compared(changed, says):
    (found,) = says_of_activity(**changed)

    assert found.startswith(says)


def test_facts_are_named_as_the_form_names_them():
    before = filed(year={"activities": [{**ACTIVITY, "kind": "paper", "facts": {"serial": "cn"}}]})
    after = filed(year={"activities": [{**ACTIVITY, "kind": "paper", "facts": {"serial": "issn"}}]})

    (found,) = compared(after, before).years[2021]

    assert "刊物的统一刊号：有国内统一刊号（CN） → 有国际标准刊号（ISSN）" in found


def test_an_activity_that_moved_is_not_taken_for_another():
    other = {**ACTIVITY, "title": "网络培训", "claimed": "12"}
    before = filed(year={"activities": [ACTIVITY, other]})
    after = filed(year={"activities": [other, ACTIVITY]})

    assert compared(after, before).nothing


def test_added_and_removed_activities_are_named():
    other = {**ACTIVITY, "title": "网络培训", "claimed": "12"}

    added = compared(filed(year={"activities": [ACTIVITY, other]})).years[2021]
    removed = compared(filed(), filed(year={"activities": [ACTIVITY, other]})).years[2021]

    assert added == ("专业科目新增“网络培训”，12 学时",)
    assert removed == ("专业科目删去“网络培训”，12 学时",)


@pytest.mark.parametrize(
    ("papers", "says"),
    [
        ((), "删去"),
        ((PAPER, {**PAPER, "sha256": "bb", "kind": "signin", "filename": "签到.jpg"}), "补充"),
        (({**PAPER, "sha256": "cc", "filename": "新通知.pdf"},), "更换"),
        (({**PAPER, "stamped": False},), "材料“通知.pdf”改为未盖章"),
        (({**PAPER, "kind": "completion"},), "材料“通知.pdf”种类："),
    ],
)
def test_every_change_of_the_papers_is_named(papers, says):
    (found,) = says_of_papers(*papers)

    assert found.startswith(says)


def test_header_note_and_years_are_compared():
    after = filed(header={**HEADER, "phone": "13900000000"}, evidence_note="遗失")
    found = compared(after, filed(years=[*filed().years, {"year": 2022, "activities": [], "evidence": []}]))

    assert found.header == ("联系电话：13912345678 → 13900000000", "材料不全的说明：（空） → 遗失")
    assert found.gone_years == (2022,)


def test_a_corrected_identity_number_is_told_without_the_number():
    found = compared(filed(header={**HEADER, "id_index": "bb"}))

    assert found.header == ("证件号码已更正",)


def test_choices_of_the_header_are_told_in_the_words_of_the_form():
    exception = POLICY.span.exceptions[0]
    found = compared(filed(header={**HEADER, "span_exception": exception.key}))

    assert found.header == (f"不申报全部年度的原因：无，申报全部年度 → {exception.name}",)


def test_a_field_that_an_old_submission_was_not_asked_for_is_no_change():
    found = compared(filed(header={**HEADER, "ethnicity": "土家族"}))

    assert found.nothing


# -- on the page


@pytest.fixture
def resubmitted(world):
    """Returned by the employer, one year's evidence added, submitted again."""
    case = world.application(at=State.RETURNED)
    with world.acting("applicant") as actor:
        world.attach(actor, case, 2021, "signin")
    return world.submit(world.see("applicant", case.pk))


@pytest.mark.django_db
def test_the_case_page_shows_what_changed_since_the_return(world, resubmitted):
    page = world.browser("employer").get(reverse("review:case", args=[resubmitted.pk])).content.decode()

    assert "第 2 次提交，与第 1 次相比" in page
    assert "补充培训签到表“signin.png”" in page
    assert page.count("与第 1 次提交相同。") == 4
    assert page.count("已修改") == 1


@pytest.mark.django_db
def test_a_first_submission_is_compared_with_nothing(world):
    case = world.application(at=State.EMPLOYER_REVIEW)

    page = world.browser("employer").get(reverse("review:case", args=[case.pk])).content.decode()

    assert "次相比" not in page


@pytest.mark.django_db
def test_a_withdrawal_in_between_hides_no_change(world, resubmitted):
    world.withdraw(resubmitted)
    world.submit(world.see("applicant", resubmitted.pk))

    page = world.browser("employer").get(reverse("review:case", args=[resubmitted.pk])).content.decode()

    assert "第 3 次提交，与第 1 次相比" in page
    assert "补充培训签到表“signin.png”" in page


@pytest.mark.django_db
def test_a_number_corrected_after_a_return_is_told_and_not_shown(world):
    case = world.application(at=State.RETURNED)
    number = make_resident_id("430102", date(1979, 5, 6), 77)
    wanted = Identity(id_kind="resident", id_number=number)
    with world.acting("applicant") as actor:
        request = data_requests.ask_correction(actor=actor, wanted=wanted, reason="登记时输错一位")
    with world.acting("bureau") as actor:
        correcting.settle(actor=actor, request_id=request.pk, granted=True, answer="")
    world.submit(world.see("applicant", case.pk))

    page = world.browser("employer").get(reverse("review:case", args=[case.pk])).content.decode()

    changes = page[page.index("次相比") : page.index("case-facts")]
    assert "证件号码已更正" in changes
    assert number not in changes


@pytest.mark.django_db
def test_every_key_that_is_frozen_is_compared_or_left_out_on_purpose(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    with world.acting("employer"):
        content = json.loads(Revision.objects.get(application=case).content)

    compared_fields = {field.key for field in header.HEADER if header.Place.CHANGES in field.places}
    assert set(content["header"]) == compared_fields
    assert (
        set(content["years"][0]["activities"][0])
        == set(ACTIVITY)
        == {
            "category",
            "form",
            "kind",
            "title",
            "basis",
            "facts",
            "claimed",
            "computed",
            "cite",
            "says",
            "over_reason",
            "recognised",
        }
    )
