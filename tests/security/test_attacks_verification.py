"""Verifying: measures of a list, half characters, forged addresses, and what an answer gives away."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cehours.lib import lists
from cehours.lib.fence import Fence
from cehours.lib.refusal import Refusal
from certificates.verification import holder_code, name_list
from tests.certificates.approving import admitted, approved, printed
from tests.certificates.test_verify_batch import book
from tests.security.attacking import page_of
from tests.world import World

API = reverse("certificates:api")
# WeasyPrint leaves closing its colour profile to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("text", ["\\ud800", "1\\udfff", "\\u0000"])
@pytest.mark.parametrize("field", ["number", "name"])
def test_half_a_character_in_json_is_refused_in_words(db: None, field: str, text: str) -> None:
    key, client = admitted("省高评委"), Client(raise_request_exception=False)
    item = {"number": "2025000001", "name": "测试", field: "HERE"}
    content = json.dumps({"items": [item]}).replace("HERE", text)

    answer = client.post(
        API, content, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )

    assert answer.status_code == 422
    assert "error" in answer.json()


@pytest.mark.parametrize("limit", ["MOST_INFLATED", "HIGHEST_RATIO"])
def test_what_a_workbook_unpacks_to_is_measured_before_it_is_unpacked(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = book([("2025000001", "测试")])
    assert name_list.read(content)

    monkeypatch.setattr(lists, limit, 1)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(Refusal, match="文件过大"):
        name_list.read(content)


def test_a_workbook_is_read_in_a_process_of_its_own_and_with_no_more_memory_than_that_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = book([("2025000001", "测试")])
    assert name_list.read(content)

    tight = Fence("cehours.lib.list_parsing", memory=1024 * 1024)
    monkeypatch.setattr(lists, "READER", tight)
    with pytest.raises(Refusal, match="不是可以读取的"):
        name_list.read(content)
    tight.stop()


def test_a_full_list_with_a_lot_of_formatting_is_still_read(db: None) -> None:
    rows = [[f"2025{number:06}", "欧阳测试" * 3, *["备注"] * 6] for number in range(name_list.MOST_ROWS)]

    assert len(name_list.read(book(rows))) == name_list.MOST_ROWS


def test_a_number_is_never_tried_out_however_many_addresses_ask(world: World) -> None:
    certificate = printed(approved(world))
    url, statuses = reverse("certificates:verify"), []
    for number in range(10):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        answer = Client().post(url, {"number": certificate.number, "name": f"猜{number}"}, headers=forged)
        statuses.append(answer.status_code)

    assert statuses[-1] == 429, "a number cannot be tried out"


def test_an_address_that_forges_where_it_comes_from_is_counted_all_the_same(db: None) -> None:
    url, statuses = reverse("certificates:verify_file"), []
    for number in range(31):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        statuses.append(Client().post(url, {"file": io.BytesIO(b"GIF89a")}, headers=forged).status_code)

    assert statuses[0] == 200 and statuses[-1] == 429


def test_an_unknown_number_and_a_wrong_name_get_the_same_page(world: World) -> None:
    certificate = printed(approved(world))
    url = reverse("certificates:verify")
    asked = [(certificate.number, "不是他"), ("2025999999", "不是他")]

    answers = [Client().post(url, {"number": number, "name": name}) for number, name in asked]
    pages = [page_of(answer).replace(number, "N") for answer, (number, _) in zip(answers, asked, strict=True)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert pages[0] == pages[1]


def test_the_page_of_number_and_name_gives_neither_token_nor_code_away(world: World) -> None:
    """Otherwise whoever knows number and name would hold the paper's QR code."""
    certificate = printed(approved(world))
    name = json.loads(certificate.sheet)["name"]

    page = Client().post(reverse("certificates:verify"), {"number": certificate.number, "name": name})

    assert page.status_code == 200
    shown = page.content.decode()
    for secret in (
        certificate.token,
        certificate.sha256,
        holder_code.code_of(certificate.token),
        str(certificate.pk),
    ):
        assert secret not in shown
    assert "identity" not in shown and str(certificate.person_id) not in shown


def test_a_question_without_measure_is_refused_in_json(db: None) -> None:
    key = admitted("省高评委")

    answer = Client().post(
        API, b" " * 3_000_000, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/json")
