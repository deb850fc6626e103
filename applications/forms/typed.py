"""What is typed into a section, apart from any form: kept as a draft, told apart, compared in words.

`Typed` maps the names of form fields to lists of values, as a browser would send them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

Typed = dict[str, list[str]]


def typed_of(data: Any, wanted: Callable[[str], bool]) -> Typed:
    """The section's own fields among what was sent; what was left blank counts as not there.

    Without NUL, which no form takes and no JSON column keeps.
    """
    found = {
        name: [str(each).replace("\0", "").strip() for each in data.getlist(name)]
        for name in data
        if wanted(name)
    }
    return {name: [each for each in values if each] for name, values in found.items() if any(values)}


def typed_from(values: Mapping[str, Any]) -> Typed:
    """The same from initial values of a form."""
    return {name: [str(value)] for name, value in values.items() if value not in (None, "")}


def as_data(typed: Mapping[str, list[str]]) -> MultiValueDict[str, str]:
    """As a form or `rows_typed` reads it."""
    return MultiValueDict({name: list(values) for name, values in typed.items()})


def digest(content: object) -> str:
    """A short name for what a section holds now (32 hex digits); the same content, the same name."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Answer:
    """One field in words: what it is called and what it says."""

    label: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A field in which versions differ; `texts` in the order of the versions, blank where it says nothing."""

    label: str
    texts: tuple[str, ...]


def differences(versions: Iterable[Mapping[str, Answer]]) -> list[Difference]:
    """The fields in which the versions are not all the same, in the order of the form."""
    listed = list(versions)
    labels = {name: answer.label for answers in reversed(listed) for name, answer in answers.items()}
    order = list(dict.fromkeys(name for answers in listed for name in answers))
    found = []
    for name in order:
        texts = tuple(answers[name].text if name in answers else "" for answers in listed)
        if len(set(texts)) > 1:
            found.append(Difference(labels[name], texts))
    return found


def answers_of(form: forms.Form, *, prefix: str = "") -> dict[str, Answer]:
    """A form's fields in words; `prefix` stands before each label."""
    found = {}
    for name, field in form.fields.items():
        value = form[name].value()
        text = "" if value in (None, "") else _in_words(field, str(value))
        found[form.add_prefix(name)] = Answer(f"{prefix}{field.label or name}", text)
    return found


def _in_words(field: forms.Field, value: str) -> str:
    choices = getattr(field.widget, "choices", ())
    return next((str(label) for key, label in _flat(choices) if str(key) == value), value)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
