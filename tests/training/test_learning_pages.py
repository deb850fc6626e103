"""学时报送 and 记录核对: files read and looked at before they are delivered, keys shown once, records judged."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.training import feeding
from tests.training.feeding import delivered, of, row, standing
from tests.world import World
from training.feeds.reported import WORDS
from training.models import Delivery, LearningRecord, Provider, Standing


@pytest.fixture
def base(world: World) -> Client:
    feeding.base(world)
    return world.browser("university_admin")


CELLS = [
    "K-1",
    "居民身份证",
    feeding.NUMBER,
    "迟到者",
    "2024",
    "公需科目",
    "12.5",
    "人工智能大模型技术及应用",
    "2024-06-01",
]


def csv(*rows: list[str]) -> bytes:
    return "\n".join(",".join(each) for each in [list(WORDS.values()), *rows]).encode()


def xlsx(*rows: list[str]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for each in [list(WORDS.values()), *rows]:
        book.active.append(each)
    book.save(out)
    return out.getvalue()


def json_lines(*rows: list[str]) -> bytes:
    keys = list(WORDS)
    lines = [dict(zip(keys, each, strict=True)) for each in rows]
    return "\n".join(
        json.dumps({**each, "year": int(each["year"]), "hours": float(each["hours"])}) for each in lines
    ).encode()


def hidden(page: Any) -> dict[str, str]:
    """What the page hands back when its confirmation is pressed."""
    text = page.content.decode()
    fields = {
        name: re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("held", "token", "confirmed")
    }
    return {name: found[1] for name, found in fields.items() if found}


def upload(base: Client, content: bytes, name: str = "记录.csv", address: str = "upload", **more: str) -> Any:
    return base.post(reverse(f"learning:{address}"), {"file": SimpleUploadedFile(name, content), **more})


@pytest.mark.parametrize("written", [csv, xlsx, json_lines])
def test_a_file_is_looked_at_and_then_delivered(base: Client, written: Any) -> None:
    looked = upload(base, written(CELLS, ["K-2", *CELLS[1:]]))
    assert looked.status_code == 200 and "读到 2 条" in looked.content.decode()
    assert feeding.NUMBER.encode() not in looked.content

    sent = hidden(looked)
    done = base.post(reverse("learning:upload"), sent, follow=True)
    again = base.post(reverse("learning:upload"), sent, follow=True)

    assert "已报送 2 条" in done.content.decode() and "K-2" in done.content.decode()
    assert again.request["PATH_INFO"] == done.request["PATH_INFO"]
    with scope(Actor.system("tests")):
        assert LearningRecord.objects.count() == 2
        assert {(str(each.hours), each.category) for each in LearningRecord.objects.all()} == {
            ("12.5", "public")
        }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (csv([*CELLS[:4], "24", *CELLS[5:]]), "应为四位年份"),
        (csv([*CELLS[:2], "430102199003070013", *CELLS[3:]]), "身份证"),
        (csv([*CELLS[:6], "8.3", *CELLS[7:]]), "最小单位为 0.5"),
        (csv([*CELLS[:8], "去年"]), "应为日期"),
        (csv(CELLS, CELLS), "记录编号相同"),
        (csv([CELLS[0], "驾驶证", *CELLS[2:]]), "应为以下之一"),
        (csv(), "没有记录"),
        (b"%PDF-1.7", "这是PDF"),
        (b'{"number": "K-1"', "不是一个 JSON 对象"),
        (b'{"extra": 1}', "没有这一项"),
        (b"{" * 100_000, "不是一个 JSON 对象"),
    ],
)
def test_a_file_with_a_fault_is_not_delivered_and_says_where(base: Client, content: bytes, says: str) -> None:
    answer = upload(base, content)

    assert answer.status_code == 422 and says in answer.content.decode(), answer.content.decode()
    with scope(Actor.system("tests")):
        assert not Delivery.objects.exists()


def test_a_page_that_hands_back_something_else_delivers_nothing(base: Client) -> None:
    sent = hidden(upload(base, csv(CELLS)))
    for changed in ({"held": "!"}, {"held": ""}, {"held": "eJwDAAAAAAE="}):
        assert base.post(reverse("learning:upload"), sent | changed).status_code == 422
    assert base.post(reverse("learning:upload"), sent | {"confirmed": "0" * 64}).status_code == 200
    with scope(Actor.system("tests")):
        assert not Delivery.objects.exists()


def test_the_list_of_a_class_makes_a_record_for_everybody_and_corrects_it(world: World, base: Client) -> None:
    name, number = feeding.number_of(world, "applicant")
    people = f"姓名,证件号码\n{name},{number}\n迟到者,{feeding.NUMBER}\n".encode()
    taught = {
        "number": "2025-03",
        "title": "线下研修班",
        "category": "professional",
        "completed_on": "2024-11-20",
    }

    for hours in ("16", "24"):
        looked = upload(base, people, "签到.csv", "attendance", hours=hours, **taught)
        assert "读到 2 条" in looked.content.decode(), looked.content.decode()
        base.post(reverse("learning:attendance"), {**taught, "hours": hours, **hidden(looked)})
    feeding.worked_off()

    with scope(Actor.system("tests")):
        versions = LearningRecord.objects.filter(name=name).order_by("version")
        assert [(each.version, str(each.hours), each.year) for each in versions] == [
            (1, "16.0", 2024),
            (2, "24.0", 2024),
        ]


def test_a_template_and_a_result_file_can_be_opened(world: World, base: Client) -> None:
    delivery = delivered(world, [row(), row("K-2", year=1999)])
    template = load_workbook(io.BytesIO(base.get(reverse("learning:template")).content))
    results = load_workbook(io.BytesIO(base.get(reverse("learning:results", args=[delivery.pk])).content))

    assert [cell.value for cell in template.active[1]] == list(WORDS.values())
    assert [line[-1].value for line in results.active.iter_rows(min_row=2)] == [
        "已收到", "转省人社厅核对：年度不在可以认定的范围",
    ]  # fmt: skip


def test_records_are_found_exported_and_withdrawn(world: World, base: Client) -> None:
    delivered(world, [of(world, "applicant"), row("L-2")])

    page = base.get(reverse("learning:records"), {"q": "L", "year": 2024}).content.decode()
    assert "L-2" in page and "K-1" not in page
    book = load_workbook(io.BytesIO(base.get(reverse("learning:records_export"), {"q": "L"}).content))
    assert book.active.max_row == 2

    gone = base.post(
        reverse("learning:withdraw"), {"numbers": "K-1\nL-2", "sure": "on", "token": "t"}, follow=True
    )
    feeding.worked_off()
    assert "已撤销 2 条" in gone.content.decode() and standing("K-1").state == Standing.WITHDRAWN
    twice = base.post(reverse("learning:withdraw"), {"numbers": "K-1", "sure": "on", "token": "u"})
    assert twice.status_code == 422 and "已经撤销" in twice.content.decode()


@pytest.mark.parametrize("who", ["employer", "applicant", "bureau", "society_admin"])
def test_others_find_none_of_these_pages(world: World, base: Client, who: str) -> None:
    delivery = delivered(world, [row()])
    browser = world.browser(who)
    for name in (
        "deliveries",
        "records",
        "records_export",
        "upload",
        "attendance",
        "withdraw",
        "keys",
        "template",
    ):
        assert browser.get(reverse(f"learning:{name}")).status_code == 404, name
    assert browser.get(reverse("learning:delivery", args=[delivery.pk])).status_code == 404


def test_a_key_is_shown_once_rotated_and_ended_by_administrators_alone(world: World, base: Client) -> None:
    shown = base.post(reverse("learning:keys"), {"scopes": ["records:write"]}).content.decode()
    assert "密钥只显示这一次" in shown and re.search(r"lr_[0-9a-f]{16}", shown)
    again = base.get(reverse("learning:keys"))
    assert "密钥只显示这一次" not in again.content.decode() and "no-cache" in again["Cache-Control"]

    with world.acting("university_admin"):
        key = Provider.objects.get().credentials.get()
    assert "新的密钥" in base.post(reverse("learning:key_rotate", args=[key.pk])).content.decode()
    twice = base.post(reverse("learning:key_rotate", args=[key.pk]), follow=True).content.decode()
    assert "不能再更换" in twice
    assert "已停用" in base.post(reverse("learning:key_end", args=[key.pk]), follow=True).content.decode()
    assert world.browser("university_reviewer").get(reverse("learning:keys")).status_code in (200, 404)


def test_the_province_admits_and_ends_providers(world: World) -> None:
    browser, address = world.browser("bureau"), reverse("learning:providers")
    typed = {"unit": "湘水大学", "code": "XSDX", "source": "base", "base": ""}
    assert browser.post(address, {**typed, "unit": "没有的大学"}).status_code == 422
    assert "已登记湘水大学" in browser.post(address, typed, follow=True).content.decode()
    assert browser.post(address, typed).status_code == 422

    with world.acting("bureau"):
        provider = Provider.objects.get()
    assert (
        "停止报送"
        in browser.post(reverse("learning:provider_end", args=[provider.pk]), follow=True).content.decode()
    )
    assert world.browser("university_admin").get(reverse("learning:deliveries")).status_code == 404
    assert (
        "恢复报送"
        in browser.post(reverse("learning:provider_resume", args=[provider.pk]), follow=True).content.decode()
    )


def test_the_province_judges_what_is_flagged(world: World, base: Client) -> None:
    delivered(
        world,
        [
            of(world, "applicant", category="选修"),
            of(world, "applicant", "K-2", name="别人"),
            row("K-3", year=1999),
        ],
    )
    browser = world.browser("bureau")
    listed = browser.get(reverse("learning:look")).content.decode()
    assert all(number in listed for number in ("K-1", "K-2", "K-3"))
    book = load_workbook(
        io.BytesIO(browser.get(reverse("learning:look_export"), {"state": "mismatch"}).content)
    )
    assert [line[1].value for line in book.active.iter_rows(min_row=2)] == ["K-2"]

    def press(number: str, act: str, **typed: str) -> Any:
        found = standing(number)
        data = {"act": act, "version": found.version, "reason": "已核对。", **typed}
        return browser.post(reverse("learning:look_at", args=[found.pk]), data, follow=True)

    assert press("K-1", "accept").status_code == 422  # no category chosen
    assert press("K-1", "accept", category="public", reason="").status_code == 422
    assert "已记入本人台账" in press("K-1", "accept", category="public").content.decode()
    assert press("K-2", "accept").status_code == 422
    assert "不予计入" in press("K-2", "refuse").content.decode()
    assert "不予计入" in press("K-3", "refuse").content.decode()
    assert "没有需要核对的记录" in browser.get(reverse("learning:look")).content.decode()
    decided = browser.get(reverse("learning:look_at", args=[standing("K-3").pk])).content.decode()
    assert "已核对。" in decided and "同意计入" not in decided


def test_the_person_reads_in_my_data_what_was_delivered_of_them(world: World, base: Client) -> None:
    from cehours.my_data.gathering import gather

    delivered(world, [of(world, "applicant"), row("K-2")])
    with world.acting("applicant") as actor:
        records = gather(actor).record["learning_records"]

    assert [(each["provider"], each["number"], each["hours"]) for each in records] == [
        ("湘水大学", "K-1", "12.5")
    ]


def test_the_navigation_leads_there(world: World, base: Client) -> None:
    assert reverse("learning:deliveries") in base.get(reverse("review:inbox")).content.decode()
    assert (
        reverse("learning:deliveries")
        not in world.browser("employer").get(reverse("review:inbox")).content.decode()
    )
    assert reverse("learning:look") in world.browser("bureau").get(reverse("review:inbox")).content.decode()
    assert "学习记录接口" in Client().get(reverse("learning:api")).content.decode()
