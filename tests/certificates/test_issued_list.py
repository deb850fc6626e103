"""已出具的认定单: what a bureau issued, narrowed, ordered, taken along and printed."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cehours.lib import clock
from certificates.models import Certificate
from certificates.services import confirm_revocation, request_revocation
from review import tasks
from review.models import ExportJob
from tests.certificates.approving import approved
from tests.certificates.test_revoking_pages import page_text

ISSUED = "certificates:issued"


@pytest.fixture
def three(world):
    """Three certificates of the province, in the order in which they were issued."""
    for who in ("applicant", "other_applicant", "third_applicant"):
        approved(world, by=who)
    with world.acting("bureau"):
        return list(Certificate.objects.order_by("number"))


def numbers(world, three, who="bureau", **asked):
    """The numbers that the list shows, in its order."""
    page = world.browser(who).get(reverse(ISSUED), asked).content.decode()
    found = {each.number: page.find(f">{each.number}</a>") for each in three}
    return sorted((number for number, place in found.items() if place > 0), key=lambda number: found[number])


def revoke(world, certificate):
    with world.acting("bureau") as actor:
        asked = request_revocation(actor=actor, certificate_id=certificate.pk, reason="材料经查虚假")
    with world.acting("second_bureau") as actor:
        confirm_revocation(actor=actor, revocation_id=asked.pk)


def test_the_newest_number_comes_first_and_the_order_can_be_turned(world, three):
    up = [each.number for each in three]
    assert numbers(world, three) == up[::-1]
    assert numbers(world, three, sort="up") == up
    assert numbers(world, three, sort="new") == up[::-1]
    assert numbers(world, three, sort="old") == up


def test_the_list_is_narrowed_by_state(world, three):
    revoke(world, three[1])

    assert numbers(world, three, state="revoked") == [three[1].number]
    assert three[1].number not in numbers(world, three, state="pending")


def test_the_list_is_narrowed_by_unit(world, three):
    assert len(numbers(world, three, unit="第九人民")) == 3
    assert len(numbers(world, three, unit="sdjrmyy")) == 3
    assert numbers(world, three, unit="湘水大学") == []
    assert numbers(world, three, unit="自由职业") == []


def test_the_list_is_narrowed_by_the_day_of_issue_both_ends_included(world, three):
    today = clock.today()
    day, next_day = today.isoformat(), (today + timedelta(days=1)).isoformat()
    assert len(numbers(world, three, since=day, until=day)) == 3
    assert numbers(world, three, since=next_day) == []
    assert len(numbers(world, three, since=f"{today.year}.{today.month}.{today.day}")) == 3


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"since": "2026-02-31"}, "请填写存在的日期"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "结束日期不能早于开始日期"),
    ],
)
def test_a_wrong_condition_is_said_and_kept(world, three, typed, says):
    page = world.browser("bureau").get(reverse(ISSUED), typed).content.decode()

    assert says in page
    for value in typed.values():
        assert f'value="{value}"' in page


def test_conditions_stand_above_the_list_and_are_taken_away_one_by_one(world, three):
    page = world.browser("bureau").get(
        reverse(ISSUED), {"state": "pending", "unit": "第九", "sort": "up", "size": "200"}
    )

    text = page.content.decode()
    assert 'href="?state=pending&amp;sort=up&amp;size=200"' in text
    assert "状态：生成中" in page_text(page).replace(" ", "")


def test_two_hundred_stand_on_a_page_where_that_is_asked_for(world, three):
    rest = world.browser("bureau").get(reverse(ISSUED), {"size": "200", "sort": "up"})

    assert '<option value="200" selected>' in rest.content.decode()
    assert rest.status_code == 200


def test_pages_follow_each_other_in_the_order_of_numbers(world, three, monkeypatch):
    monkeypatch.setattr("certificates.views.revoking.PAGE_SIZE", 2)
    browser = world.browser("bureau")

    first = browser.get(reverse(ISSUED))
    page = first.context["page"]
    second = browser.get(reverse(ISSUED), {"cursor": page.next})

    up = [each.number for each in three]
    assert [row.number for row in page.rows] == up[:0:-1]
    assert [row.number for row in second.context["page"].rows] == up[:1]


def test_what_is_shown_can_be_exported_and_another_bureau_gets_nothing(world, three):
    revoke(world, three[0])

    assert exported(world, "bureau", "state=revoked") == [
        [three[0].number, "已撤销", "省第九人民医院"],
    ]
    assert [row[0] for row in exported(world, "bureau", "")] == [each.number for each in three[::-1]]
    assert exported(world, "city_bureau", "") == []


def exported(world, who, conditions):
    """(number, state, unit) of each row of the file."""
    answer = world.browser(who).post(reverse("review:exports"), {"list": "issued", "filter": conditions})
    assert answer.status_code == 302
    with world.acting(who) as actor:
        job = ExportJob.objects.filter(user=actor.user).latest("asked_at")
    tasks.write_export(str(job.pk))
    file = world.browser(who).get(reverse("review:export_file", args=[job.pk]))
    rows = load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.iter_rows(values_only=True)
    head, *cells = rows
    at = [head.index(word) for word in ("登记证书编号", "状态", "单位")]
    return [[row[place] for place in at] for row in cells]


def test_the_printed_list_says_whose_it_is_and_under_what_conditions(world, three):
    page = world.browser("bureau").get(reverse(ISSUED), {"state": "pending"}).content.decode()

    assert "data-print" in page
    printed = page[page.index('class="list-printed"') :]
    for words in ("湘南省人社厅", "条件：状态 生成中", "打印", "本页 3 份"):
        assert words in printed
