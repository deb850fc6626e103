"""The bureau's pages: what it issued, what waits for a second person, and what a clerk reads before acting."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import services
from certificates.issuing import numbering
from certificates.models import Certificate, NumberCounter, Revocation
from organizations.acting.scope import scope
from tests.certificates.approving import SYSTEM, approved, printed
from tests.certificates.test_revoking import REASON, asked
from tests.certificates.test_verify import name_on
from tests.world import World


@pytest.fixture
def certificate(world: World) -> Certificate:
    return printed(approved(world))


def page_text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def whole(certificate: Certificate) -> dict[str, Any]:
    """What the form sends with all years of an approval's certificate ticked, as it comes."""
    years = [str(year) for year in range(certificate.from_year, certificate.to_year + 1)]
    return {"years": years, "shown": " ".join(years)}


def test_two_clerks_revoke_on_the_pages(world: World, certificate: Certificate) -> None:
    first, second = world.browser("bureau"), world.browser("second_bureau")
    here = reverse("certificates:detail", args=[certificate.pk])
    assert "申请撤销" in page_text(first.get(here))
    form = reverse("certificates:revoke", args=[certificate.pk])
    assert first.post(form, {"reason": " ", **whole(certificate)}).status_code == 422
    assert first.post(form, {"reason": REASON, **whole(certificate)}).headers["Location"] == here
    with scope(SYSTEM):
        waiting = Revocation.objects.get()
    assert "收回申请" in page_text(first.get(here))
    assert "待复核的撤销申请" in page_text(second.get(reverse("certificates:issued")))
    confirming = reverse("certificates:confirm_revocation", args=[waiting.pk])
    refused = first.post(confirming)
    assert refused.status_code == 422
    assert "须由另一位经办人复核" in page_text(refused)
    assert second.post(confirming).headers["Location"] == here
    done = page_text(second.get(here))
    assert REASON in done
    assert "申请撤销" not in done
    assert second.post(confirming).status_code == 422


def test_the_navigation_counts_what_waits_for_this_very_person(
    world: World, certificate: Certificate
) -> None:
    asked(world, certificate)
    counted = re.compile(r"已出具的认定单<span[^>]*><span[^>]*>，等待办理 </span>1<")
    for who, told in (("second_bureau", True), ("bureau", False), ("city_bureau", False)):
        page = world.browser(who).get(reverse("certificates:verify")).content.decode()
        assert bool(counted.search(page)) is told, who


def test_the_bureau_finds_a_certificate_by_number_and_by_name(world: World, certificate: Certificate) -> None:
    name = name_on(certificate)
    browser = world.browser("bureau")
    for typed, hit in (
        (certificate.number, True),
        (name, True),
        (name[:2], True),
        ("9999", False),
        ("王", False),
    ):
        answer = browser.get(reverse("certificates:issued"), {"words": typed})
        assert (certificate.number in page_text(answer).replace(f"“{typed}”", "")) is hit, typed


def test_the_pages_are_the_issuing_bureaus_own(world: World, certificate: Certificate) -> None:
    here = reverse("certificates:detail", args=[certificate.pk])
    for who, status in (("other_bureau", 404), ("city_bureau", 404), ("employer", 403), ("applicant", 403)):
        assert world.browser(who).get(here).status_code == status, who
    assert certificate.number not in page_text(
        world.browser("city_bureau").get(reverse("certificates:issued"))
    )
    assert world.browser("employer").get(reverse("certificates:issued")).status_code == 403


def test_the_list_asks_the_database_the_same_for_one_and_for_three(world: World) -> None:
    browser = world.browser("bureau")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("certificates:issued"))
        return len(seen)

    approved(world)
    browser.get(reverse("certificates:issued"))
    one = queries()
    approved(world, by="other_applicant")
    approved(world, by="third_applicant")
    assert queries() == one


def test_the_provincial_bureau_sees_which_numbers_are_used_and_lost(
    world: World, certificate: Certificate
) -> None:
    year = certificate.number_year
    NumberCounter.objects.filter(pk=year).update(last=4)
    numbering.lose(year, 2, 4)
    approved(world, by="other_applicant")
    NumberCounter.objects.filter(pk=year).update(last=6)
    numbering.lose(year, 6, 6)
    shown = page_text(world.browser("bureau").get(reverse("certificates:issued")))
    assert f"{year}000001—{year}000006" in shown
    assert f"{year}000002—{year}000004、{year}000006" in shown
    assert "编号使用情况" not in page_text(world.browser("city_bureau").get(reverse("certificates:issued")))


def test_the_clerk_reads_what_falls_with_a_certificate_before_it_is_revoked(
    world: World, certificate: Certificate
) -> None:
    with world.acting("applicant") as actor:
        part = printed(services.issue_range(actor=actor, from_year=2022, to_year=2023))
    for row, says in ((certificate, "对应的已认定学时同时作废"), (part, "已认定的学时和其他认定单仍然有效")):
        asked(world, row)
        for who, path in (("bureau", "revoke"), ("second_bureau", "detail")):
            page = world.browser(who).get(reverse(f"certificates:{path}", args=[row.pk]))
            assert says in page_text(page), (row.number, who)


def test_both_persons_read_which_other_certificates_fall(world: World, certificate: Certificate) -> None:
    with world.acting("applicant") as actor:
        part = printed(services.issue_range(actor=actor, from_year=2022, to_year=2023))
    asked(world, certificate)
    for who, path in (("bureau", "revoke"), ("second_bureau", "detail")):
        page = page_text(world.browser(who).get(reverse(f"certificates:{path}", args=[certificate.pk])))
        assert f"一并撤销，共 1 份： 编号 {part.number}，2022—2023 年，" in page, who


def test_where_nothing_else_falls_it_says_so(world: World, certificate: Certificate) -> None:
    page = world.browser("bureau").get(reverse("certificates:revoke", args=[certificate.pk]))
    assert "没有其他认定单随之撤销" in page_text(page)


@pytest.mark.parametrize(("years", "stays"), [([2020], True), ([2020, 2021, 2022, 2023, 2024], False)])
def test_that_other_years_stay_is_said_only_where_some_do(
    world: World, certificate: Certificate, years: list[int], stays: bool
) -> None:
    with world.acting("bureau") as actor:
        services.request_revocation(actor=actor, certificate_id=certificate.pk, reason=REASON, years=years)

    page = page_text(
        world.browser("second_bureau").get(reverse("certificates:detail", args=[certificate.pk]))
    )

    assert ("没有勾选的年度学时仍然有效" in page) is stays
