"""Larger text, without a script."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from cehours.site import context, views


def choose(rf: RequestFactory, size: str, back: str = "/help/") -> HttpResponse:
    return views.text_size(rf.post("/text-size/", {"size": size, "next": back}))


def test_the_chosen_size_is_remembered_and_one_stays_on_the_page(rf: RequestFactory) -> None:
    response = choose(rf, "larger")
    assert response["Location"] == "/help/"
    assert response.cookies["text_size"].value == "larger"


def test_a_size_that_does_not_exist_changes_nothing(rf: RequestFactory) -> None:
    assert "text_size" not in choose(rf, "gigantic").cookies


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_one_is_never_sent_to_another_site(rf: RequestFactory, back: str) -> None:
    assert choose(rf, "large", back)["Location"] == "/"


@pytest.mark.parametrize(
    ("cookie", "css_class"), [("large", "text-large"), ("normal", ""), ("<script>", ""), (None, "")]
)
def test_the_page_takes_its_size_from_a_known_choice_only(
    rf: RequestFactory, cookie: str | None, css_class: str
) -> None:
    request = rf.get("/")
    if cookie:
        request.COOKIES["text_size"] = cookie
    assert context.site(request)["site"]["text_class"] == css_class
