"""The archive: everything of one person, nothing of anybody else, for seven days, for that person alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

import review.services as review
from applications.filed.header import HEADER, Place
from applications.models import Activity, Evidence
from applications.states import State
from cehours.lib import clock
from cehours.my_data import archive, tasks
from cehours.my_data.gathering import gather
from certificates import services as certificates
from certificates.models import Certificate
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import DataRequest, Event, Membership, Person, RequestState, User
from organizations.registry import identity
from organizations.services import data_requests
from review.models import ListKind
from review.services import handing_on
from tests.certificates.test_outbox import until
from tests.databases import CeleryWorker
from tests.world import World, picture

Commits = Callable[..., AbstractContextManager[Any]]


def asked(world: World, who: str = "applicant") -> DataRequest:
    with world.acting(who) as actor:
        return data_requests.ask_export(actor=actor)


def exported(world: World, who: str = "applicant") -> DataRequest:
    request = asked(world, who)
    tasks.export(str(request.pk))
    return again(request)


def again(request: DataRequest) -> DataRequest:
    with scope(Actor.system("test")):
        return DataRequest.objects.get(pk=request.pk)


def opened(request: DataRequest) -> ZipFile:
    with default_storage.open(request.file_key) as file:
        return ZipFile(io.BytesIO(file.read()))


def number_of(world: World, who: str) -> str:
    with scope(Actor.system("test")):
        return identity.number_of(Person.objects.get(pk=world.people[who].person_id))


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")  # WeasyPrint's own
def test_the_archive_holds_json_a_readable_page_and_every_file(world: World) -> None:
    case = world.application(at=State.APPROVED)
    with scope(Actor.system("certificates.render")) as system:
        certificate = Certificate.objects.get(application=case)
        certificates.store_print(actor=system, certificate_id=certificate.pk)

    with opened(exported(world)) as box:
        assert box.testzip() is None
        record = json.loads(box.read("data.json"))
        names = set(box.namelist())
        page = box.read("打开我.html").decode()
        slip = box.read(f"学时认定单/学时认定单-{certificate.number}.pdf")
        papers = record["applications"][0]["evidence"]
        assert len(papers) == 15 and {paper["file"] for paper in papers} <= names
        # Uploads are re-encoded, so the stored bytes are compared, not the sent ones.
        assert box.read(papers[0]["file"]).startswith(picture()[:8])
    assert slip.startswith(b"%PDF")
    assert record["identity"]["id_number"] == number_of(world, "applicant")
    assert record["applications"][0]["submitted"][0]["content"]["header"]["employer"] == "省第九人民医院"
    assert record["applications"][0]["progress"][0]["what"] == "新增申报"
    assert record["certificates"][0]["number"] == certificate.number
    assert {row["category"] for row in record["recognised_hours"]} == {"公需科目", "专业科目"}
    assert certificate.number in page and "省第九人民医院" in page and number_of(world, "applicant") in page


def test_the_archive_says_what_was_filled_in_in_words_and_leaves_no_field_out(world: World) -> None:
    case = world.draft(years=(2023,), remark="第二学历在读")
    with world.acting("applicant"):
        Activity.objects.filter(application=case, category="professional").update(
            kind="paper", facts={"serial": "cn"}
        )

    with opened(exported(world)) as box:
        (told,) = json.loads(box.read("data.json"))["applications"]
        page = box.read("打开我.html").decode()

    said = {each["label"]: each["value"] for each in told["header"]}
    shown = [each.label for each in HEADER if Place.OWN_DATA in each.places]
    assert list(said) == shown and "证件号码" not in said  # that stands once, under 身份
    assert said["拟申报职称"] == "副高级" and said["最高学历"] == "大学本科"
    assert said["行政区划依据"] == "单位所在地" and said["不申报全部年度的原因"] == "无，申报全部年度"
    assert [label for label in shown if f"<th>{label}</th>" not in page] == []
    assert "associate_senior" not in page and "副高级" in page
    activity = next(each for each in told["years"][0]["activities"] if each["kind"])
    assert activity["kind"] == "发表论文" and activity["form"] == "培训班"
    assert activity["facts"] == {"刊物的统一刊号": "有国内统一刊号（CN）"}


def test_the_archive_holds_nothing_of_anybody_else(world: World) -> None:
    world.application(at=State.APPROVED)
    world.draft(by="other_applicant", unit="school", years=(2023,))

    with opened(exported(world, "other_applicant")) as box:
        everything = b"".join(box.read(name) for name in box.namelist()).decode(errors="replace")

    assert "星城第一中学" in everything
    for foreign in ("省第九人民医院", number_of(world, "applicant"), str(world.applicant.person_id)):
        assert foreign not in everything


def test_the_archive_tells_who_stood_in_or_was_handed_the_case_and_why(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    Membership.objects.filter(unit=world.hospital).delete()
    with world.acting("bureau") as actor:
        handing_on.stand_in(
            actor=actor, case_id=case.pk, seen=case.version, reason="该单位没有可以审核的账号"
        )

    with opened(exported(world)) as box:
        (told,) = json.loads(box.read("data.json"))["applications"]

    (handed,) = told["handed_on"]
    assert handed["at"] and {key: handed[key] for key in ("how", "from", "to", "by", "reason")} == {
        "how": "代办",
        "from": "省第九人民医院",
        "to": world.province.name,
        "by": world.province.name,
        "reason": "该单位没有可以审核的账号",
    }


def test_the_archive_holds_the_days_somebody_was_away_and_the_names_of_their_searches(world: World) -> None:
    world.add_person("colleague", unit="changsha")
    today = clock.today()
    with world.acting("city_bureau") as actor:
        deputy = world.people["colleague"].user_id
        review.be_absent(actor=actor, deputy=deputy, first_day=today, last_day=today)
        review.save_view(actor=actor, kind=ListKind.INBOX, name="本区", address="region=430102")
    person = Actor.of(User.objects.get(pk=world.city_bureau.user_id), None)
    with scope(person):
        account = gather(person).record["account"]

    days = {"first_day": today.isoformat(), "last_day": today.isoformat()}
    assert account["absences"] == [{"unit": world.changsha.name, **days}]
    assert account["saved_views"] == ["本区"]


def test_a_file_that_was_replaced_after_a_return_is_in_it_as_it_was_submitted(world: World) -> None:
    case = world.application(at=State.RETURNED)
    with world.acting("applicant"):
        paper = Evidence.objects.filter(application=case).order_by("year_entry__year", "position")[0]
        kept_under = paper.storage_key
        Evidence.objects.filter(sha256=paper.sha256, application=case).delete()
    assert default_storage.exists(kept_under)

    with opened(exported(world)) as box:
        files = [each["file"] for each in json.loads(box.read("data.json"))["applications"][0]["evidence"]]
        assert len(files) == 5 and all("第1次提交" in name for name in files)
        assert set(files) <= set(box.namelist())


def test_a_file_that_cannot_be_read_costs_nothing_else_and_is_named(world: World) -> None:
    case = world.draft(years=(2023,))
    with world.acting("applicant"):
        default_storage.delete(Evidence.objects.filter(application=case)[0].storage_key)

    with opened(exported(world)) as box:
        assert "文件暂时不能提供" in box.read("打开我.html").decode()
        assert json.loads(box.read("data.json"))["identity"]["name"]


def test_who_looked_at_the_identity_number_is_told_with_unit_and_time_but_not_by_full_name(
    world: World,
) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    assert world.browser("employer").post(reverse("review:case_number", args=[case.pk])).status_code == 200

    shown = world.browser("applicant").get(reverse("my_data:show")).content.decode()
    with opened(exported(world)) as box:
        looks = json.loads(box.read("data.json"))["looks_at_identity_number"]

    assert [(look["unit"], look["who"]) for look in looks] == [("省第九人民医院", "测*")]
    assert looks[0]["over"] == "审核“2025年度高级职称学时核认”"
    table = shown[shown.index("谁看过您的完整证件号码</h2>") :]
    assert "省第九人民医院" in table and "测*" in table
    stranger = world.browser("other_applicant").get(reverse("my_data:show")).content.decode()
    assert "还没有人看过" in stranger


def test_the_province_looking_at_a_correction_is_on_the_list_too(world: World) -> None:
    with world.acting("applicant") as actor:
        request = data_requests.ask_correction(
            actor=actor, wanted=data_requests.Identity(name="更名后"), reason="已更名"
        )
    world.browser("bureau").get(reverse("my_data:settle", args=[request.pk]))

    shown = world.browser("applicant").get(reverse("my_data:show")).content.decode()

    assert "湘南省人社厅" in shown and "办理更正申请" in shown


def test_only_the_person_downloads_and_each_download_is_on_record(world: World) -> None:
    url = reverse("my_data:download", args=[exported(world).pk])

    answer = world.browser("applicant").get(url)
    content = b"".join(answer.streaming_content)

    assert ZipFile(io.BytesIO(content)).namelist()
    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    with world.acting("applicant") as actor:
        assert Event.objects.filter(act="export_downloaded", person_id=actor.person_id).count() == 1
    for who in ("other_applicant", "employer", "bureau"):
        assert world.browser(who).get(url).status_code == 404
    world.add_person("at_work", person_of="applicant", unit="firm")
    assert world.browser("at_work").get(url).status_code == 404


def test_it_is_told_when_it_is_ready_and_until_when(world: World) -> None:
    request = exported(world)

    assert request.state == RequestState.DONE and request.expires_at is not None
    assert request.expires_at - request.settled_at == timedelta(days=7)
    with world.acting("applicant") as actor:
        notice = notices.of(actor).get(subject_id=request.pk)
    assert "可以下载" in notice.title and "自动删除" in notice.body


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-1), 200), (timedelta(0), 404)])
def test_after_seven_days_it_is_gone_to_the_second(world: World, late: timedelta, status: int) -> None:
    request = exported(world)
    browser, url = world.browser("applicant"), reverse("my_data:download", args=[request.pk])

    with clock.at(request.expires_at + late):
        answer = browser.get(url)
        answer.close()
    assert answer.status_code == status


def test_the_sweeper_deletes_what_is_over_and_what_no_request_names(
    world: World, django_capture_on_commit_callbacks: Commits
) -> None:
    request = exported(world)
    default_storage.save(f"{archive.FOLDER}/stray.zip", io.BytesIO(b"PK"))

    assert tasks.sweep() == 1
    assert default_storage.exists(request.file_key)
    with clock.at(request.expires_at), django_capture_on_commit_callbacks(execute=True):
        assert tasks.sweep() == 1

    assert default_storage.listdir(archive.FOLDER)[1] == []
    assert (again(request).state, again(request).file_key) == (RequestState.EXPIRED, "")


def test_a_new_export_takes_the_place_of_the_last(
    world: World, django_capture_on_commit_callbacks: Commits
) -> None:
    first = exported(world)
    with django_capture_on_commit_callbacks(execute=True):
        second = exported(world)

    assert again(first).state == RequestState.EXPIRED
    assert default_storage.listdir(archive.FOLDER)[1] == [f"{second.pk}.zip"]


def test_the_task_run_twice_makes_one_archive(world: World) -> None:
    request = exported(world)
    tasks.export(str(request.pk))
    with scope(Actor.system("test")):
        archive.make(str(request.pk))

    assert again(request).size == request.size
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


def test_a_worker_makes_it_after_a_click(committed_world: World, worker: CeleryWorker, settings: Any) -> None:
    settings.STORAGES["default"]["OPTIONS"]["location"] = worker.env["MEDIA_ROOT"]
    worker.start(queues="default")
    browser = committed_world.browser("applicant")

    page = browser.post(reverse("my_data:export"), follow=True).content.decode()
    assert "正在准备" in page
    with committed_world.acting("applicant"):
        request = DataRequest.objects.get()

    assert until(lambda: again(request).state == RequestState.DONE), worker.log.read_text()
    answer = browser.get(reverse("my_data:download", args=[request.pk]))
    assert ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
