"""认定单核验: the holder of the paper learns what it says; nobody learns anything by trying."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cehours.lib import clock
from certificates.models import Certificate
from certificates.verification import holder_code
from certificates.views import verifying
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.certificates.approving import approved, printed, revoked
from tests.world import World

URL = reverse("certificates:verify")


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


def name_on(certificate: Certificate) -> str:
    name: str = json.loads(certificate.sheet)["name"]
    return name


def ask(number: str, name: str, client: Client | None = None) -> Any:
    return (client or Client()).post(URL, {"number": number, "name": name})


def scan(certificate: Certificate) -> str:
    return reverse("certificates:verify_token", args=[certificate.token])


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def without_form(response: Any) -> str:
    """The page without what differs by itself: the token of the form and what was typed."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    page = re.sub(r"X-CSRFToken[^}]+", "", page)
    return re.sub(r' value="[^"]*"', "", page)


@pytest.mark.requirement("R021")
def test_anybody_verifies_by_number_and_name(certificate: Certificate) -> None:
    page = ask(certificate.number, name_on(certificate))
    assert page.status_code == 200
    shown = words(page)
    for said in (
        "真实有效",
        certificate.number,
        "湘南省人社厅",
        "2020—2024 年，共 5 年",
        "《建筑学》副高级",
        "450",
        "与输入的一致",
        f"核验时间 {clock.now().astimezone(clock.SHANGHAI):%Y}年",
    ):
        assert said in shown


def test_what_a_committee_prints_holds_no_forms(certificate: Certificate) -> None:
    page = ask(certificate.number, name_on(certificate)).content.decode()
    forms = re.findall(r'<section class="([^"]*)"[^>]*>(?:(?!</section>).)*<form', page, re.S)
    assert forms
    assert all("no-print" in classes for classes in forms)
    assert "data-print" in page


def test_only_whoever_typed_the_name_reads_that_it_is_the_same(certificate: Certificate) -> None:
    assert "与输入的一致" not in words(Client().get(scan(certificate)))


def test_the_qr_code_leads_to_the_same_answer(certificate: Certificate) -> None:
    printed_address = json.loads(certificate.sheet)["verification_url"]
    assert printed_address.endswith(scan(certificate))
    page = Client().get(scan(certificate))
    assert page.status_code == 200
    assert "真实有效" in words(page)


@pytest.mark.requirement("R021")
def test_the_name_is_masked_and_no_identity_number_is_there(world: World, certificate: Certificate) -> None:
    name = name_on(certificate)
    for page in (Client().get(scan(certificate)), ask(certificate.number, name)):
        assert name not in without_form(page)
        assert f"{name[0]}*" in words(page)
        assert not re.search(r"\d{17}[\dXx]", page.content.decode())


def test_full_width_digits_and_spaces_are_forgiven(certificate: Certificate) -> None:
    wide = certificate.number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    page = ask(f" {wide[:4]} {wide[4:]} ", f"  {name_on(certificate)} ")
    assert "真实有效" in words(page)


def test_a_wrong_name_and_an_unknown_number_get_the_very_same_answer(certificate: Certificate) -> None:
    wrong_name = ask(certificate.number, "张三")
    unknown = ask("2099999999", name_on(certificate))
    assert wrong_name.status_code == unknown.status_code == 200
    assert verifying.UNKNOWN in words(wrong_name)
    assert without_form(wrong_name) == without_form(unknown)


def test_only_the_full_name_is_taken(certificate: Certificate) -> None:
    name = name_on(certificate)
    for part in (name[:1], name[:-1], f"{name[0]}%", "_" * len(name), f"{name}%", "' OR '1'='1"):
        assert verifying.UNKNOWN in words(ask(certificate.number, part))


def test_one_that_is_not_printed_yet_is_unknown(world: World) -> None:
    certificate = approved(world)
    assert verifying.UNKNOWN in words(ask(certificate.number, name_on(certificate)))
    assert Client().get(scan(certificate)).status_code == 404


@pytest.mark.requirement("R021")
def test_a_revoked_one_says_so_with_date_and_reason(world: World, certificate: Certificate) -> None:
    when = revoked(world, certificate, "核认后发现培训材料虚假").ended_at
    assert when is not None
    day = clock.local(when)
    for page in (ask(certificate.number, name_on(certificate)), Client().get(scan(certificate))):
        assert "该认定单已被撤销" in words(page)
        assert "核认后发现培训材料虚假" in words(page)
        assert f"已于 {day.year}年{day.month}月{day.day}日 撤销" in words(page)
        assert "真实有效" not in words(page)


def test_a_changed_token_leads_nowhere(certificate: Certificate) -> None:
    token = certificate.token
    for wrong in (token[:-1], token + "A", token.swapcase(), token[1:] + token[0], "A" * 32):
        page = Client().get(reverse("certificates:verify_token", args=[wrong]))
        assert page.status_code == 404
        assert verifying.UNKNOWN_CODE in words(page)


@pytest.mark.parametrize(
    ("number", "name", "says"),
    [
        ("", "张三", "请输入认定单上的登记证书编号。"),
        ("123", "张三", "登记证书编号是 10 位数字"),
        ("20250001370", "张三", "登记证书编号是 10 位数字"),
        ("2025OOO137", "张三", "登记证书编号是 10 位数字"),
        ("2025000137", " ", "请输入认定单上的姓名。"),
        ("2025000137", "张" * 61, "姓名过长"),
        ("2025000137", "张\x00三", "姓名"),
    ],
)
def test_bad_input_gets_a_sentence_and_stays_on_the_page(db: None, number: str, name: str, says: str) -> None:
    page = ask(number, name)
    assert page.status_code == 422
    assert says in words(page)
    if number:
        assert f'value="{number}"' in page.content.decode()


def test_names_of_a_number_cannot_be_tried_out(certificate: Certificate) -> None:
    answers = [ask(certificate.number, f"张{n}", Client(REMOTE_ADDR=f"10.0.0.{n}")) for n in range(9)]
    assert [page.status_code for page in answers] == [200] * 8 + [429]
    late = ask(certificate.number, name_on(certificate), Client(REMOTE_ADDR="10.0.1.1"))
    assert late.status_code == 429
    assert verifying.TOO_OFTEN in words(late)
    assert "真实有效" not in words(late)
    assert Client().get(scan(certificate)).status_code == 200


def test_numbers_cannot_be_walked_through_from_one_address(db: None) -> None:
    client = Client(REMOTE_ADDR="10.0.2.1")
    statuses = [ask(f"20250{n:05d}", "张三", client).status_code for n in range(61)]
    assert statuses == [200] * 60 + [429]


def test_answers_are_kept_by_nobody_and_found_by_no_search_engine(certificate: Certificate) -> None:
    for page in (ask(certificate.number, name_on(certificate)), Client().get(scan(certificate))):
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]
        assert page["Referrer-Policy"] == "same-origin"


def test_the_public_reads_no_certificate_beside_the_two_questions(
    world: World, certificate: Certificate
) -> None:
    with scope(Actor.public()):
        assert not Certificate.objects.exists()


# -- the holder's code


def test_with_the_holders_code_the_full_name_is_shown(world: World, certificate: Certificate) -> None:
    page = world.browser("applicant").get(reverse("certificates:query"))
    code = re.search(r"查验码 ([A-Z2-7]{8})", words(page))
    assert code is not None
    for typed in (code[1], code[1].lower(), f" {code[1][:4]}-{code[1][4:]} "):
        shown = words(Client().post(scan(certificate), {"code": typed}))
        assert name_on(certificate) in shown, typed
    assert name_on(certificate) not in words(Client().get(scan(certificate)))


def test_a_wrong_code_shows_no_name_and_cannot_be_tried_out(certificate: Certificate) -> None:
    answers = [
        Client(REMOTE_ADDR=f"10.0.4.{n}").post(scan(certificate), {"code": f"AAAAAAA{n}"}) for n in range(9)
    ]
    assert [page.status_code for page in answers] == [422] * 8 + [429]
    assert verifying.WRONG_CODE in words(answers[0])
    for page in answers:
        assert name_on(certificate) not in words(page)


def test_a_code_opens_its_own_certificate_only(world: World, certificate: Certificate) -> None:
    other = printed(approved(world, by="other_applicant"))
    assert holder_code.code_of(other.token) != holder_code.code_of(certificate.token)
    page = Client().post(scan(certificate), {"code": holder_code.code_of(other.token)})
    assert page.status_code == 422


@pytest.mark.requirement("R021")
def test_every_printed_fact_is_repeated(certificate: Certificate) -> None:
    facts = json.loads(certificate.sheet)
    shown = words(Client().get(scan(certificate)))
    for key in ("number", "education", "specialty", "target_title", "issuer", "basis", "heading", "title"):
        assert facts[key] in shown, key
    for year, hours in facts["rows"]:
        assert f"{year} {' '.join(hours)}" in shown
