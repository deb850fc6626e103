"""No English sentence anywhere: every message of every form and validator, every page of every role."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from html import unescape

import pytest
from django import forms
from django.apps import apps
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from applications.states import State
from organizations.accounts.adapter import AccountAdapter
from tests.daily import Daily
from tests.databases import REPO
from tests.security.addresses import GENERAL, OF_SOMEBODY, Places, names
from tests.security.attacking import browser_of, page_of
from tests.world import World

PACKAGES = ("organizations", "training", "applications", "certificates", "review", "cehours")
# Two words of small letters, one after the other: what no abbreviation, file name or address has.
ENGLISH = re.compile(r"(?<![\w./@:-])[A-Za-z]+[’']?[a-z]* [a-z]{2,}(?![\w./@:-])")


def english_in(text: str) -> list[str]:
    return ENGLISH.findall(re.sub(r"<[^>]+>|%\(\w+\)s|%[sd]", "", text))


def form_classes(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for found in base.__subclasses__():
        yield found
        yield from form_classes(found)


def own_forms() -> list[type[forms.BaseForm]]:
    """Every form that one of our packages defines."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".forms" in module.name:
                importlib.import_module(module.name)
    return [each for each in set(form_classes()) if each.__module__.split(".")[0] in PACKAGES]


def messages_of(field: forms.Field) -> Iterator[str]:
    yield from map(str, field.error_messages.values())
    yield str(field.help_text)
    for validator in field.validators:
        yield str(getattr(validator, "message", ""))


def test_there_is_one_kind_of_quotation_marks() -> None:
    """“ ” as in the notice; 「 」 stood beside them. The list of what a font must hold names both."""
    suffixes, fonts = (".py", ".html", ".js", ".toml", ".svg"), "certificates/paper/typeface/build.py"
    folders = (*PACKAGES, "rules", "templates", "static")
    files = [path for folder in folders for path in (REPO / folder).rglob("*") if path.suffix in suffixes]
    assert len(files) > 500
    wrong = {path.relative_to(REPO).as_posix() for path in files if set("「」") & set(path.read_text())}
    assert wrong - {fonts} == set()


def test_there_are_forms_to_look_at() -> None:
    assert len(own_forms()) > 20


def test_every_message_of_every_form_is_chinese() -> None:
    wrong = {
        f"{form.__qualname__}.{name}: {message}"
        for form in own_forms()
        for name, field in form.base_fields.items()
        for message in messages_of(field)
        if english_in(message)
    }
    assert wrong == set()


def test_every_message_of_every_column_and_constraint_is_chinese() -> None:
    wrong = set()
    for model in apps.get_models():
        if model._meta.app_label not in PACKAGES:
            continue
        # A relation is chosen from a form's own list; nobody reads Django's sentence on one.
        columns = [field for field in model._meta.fields if not field.is_relation]
        said = [str(text) for field in columns for text in field.error_messages.values()]
        said += [str(each.violation_error_message) for each in model._meta.constraints]
        wrong |= {f"{model.__name__}: {text}" for text in said if english_in(text)}
    assert wrong == set()


@pytest.mark.parametrize("password", ["", "a", "12345678", "password", "applicant1"])
def test_every_word_on_a_password_is_chinese(world: World, password: str) -> None:
    said = []
    for validator in get_default_password_validators():
        said.append(str(validator.get_help_text()))
        try:
            validator.validate(password, world.applicant.user)
        except ValidationError as error:
            said += error.messages
    assert [text for text in said if english_in(text)] == []


def test_every_answer_of_signing_in_is_chinese() -> None:
    said = {code: gettext(str(text)) for code, text in AccountAdapter.error_messages.items()}
    # Of what the pages left out offer: e-mail lists, codes instead of passwords.
    assert {code for code, text in said.items() if english_in(text)} == set()


def text_of(page: str) -> str:
    page = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page, flags=re.S)
    spoken = re.findall(r'\s(?:title|aria-label|placeholder|alt)="([^"]*)"', page)
    return unescape("\n".join([*re.findall(r">([^<]+)<", page), *spoken]))


@pytest.mark.parametrize("role", ["visitor", "applicant", "employer", "bureau"])
def test_every_page_is_chinese(world: World, role: str, daily: Daily) -> None:
    """GET and an empty POST, so that forms say what they miss; the page for developers aside."""
    places = Places(world, world.application(at=State.APPROVED))
    browser, wrong = browser_of(world, role), {}
    all_names = dict(names())
    pages = all_names.keys() & {**GENERAL, **OF_SOMEBODY}.keys() - {"site:styleguide", "account_logout"}
    for name in daily.some(f"chinese {role}", pages, share=0.5):
        for send in (browser.get, browser.post):
            answer = send(places.of(name, all_names[name]))
            page = page_of(answer)
            if answer.get("Content-Type", "").startswith("text/html"):
                found = english_in(text_of(page))
                if found:
                    wrong[name] = found
    assert wrong == {}
