"""A variable that a template does not have fails the test that renders it; Django would print nothing.

Stricter than `string_if_invalid`: conditions, loops and arguments count, too. What a template may lack says so
on the spot: `{% if warning|default:"" %}` for what a page may leave out, `<c-vars>` for a component. In a
condition nothing (None, "") may be asked for its parts, and a list for a place it does not have.
"""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.template import Engine, engines
from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.context import BaseContext
from django.template.defaultfilters import default
from django.template.defaulttags import TemplateLiteral

DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)*")  # cotton also tries a literal such as [] as a variable
OTHERS = ("/django/forms/templates/", "/allauth/templates/")  # theirs to mend
FRAMELESS = {"500.html"}  # rendered without a request, so without what the frame is made of


class Silence(str):
    """Empty, and ours to recognise: Django's answer where a call failed quietly."""


class _Watch(threading.local):
    """Where a variable is being resolved: in a condition, with a default."""

    condition = False
    has_default = False

    def excuses(self, gone: VariableDoesNotExist) -> bool:
        part, owner = gone.params
        if self.has_default and isinstance(owner, BaseContext):
            return True
        if not self.condition and not self.has_default:
            return False
        return owner in (None, "") or (isinstance(owner, list | tuple) and part.isdecimal())


def forbid() -> pytest.MonkeyPatch:
    """From now on; `undo()` of what is returned ends it."""
    patch = pytest.MonkeyPatch()
    watch = _Watch()
    look_up, filtered, asked = Variable.resolve, FilterExpression.resolve, TemplateLiteral.eval

    def resolve(self: Variable, context: Any) -> Any:
        try:
            value = look_up(self, context)
        except VariableDoesNotExist as gone:
            if not watch.excuses(gone):
                _fail(self, context)
            raise
        if isinstance(value, Silence):
            _fail(self, context)
        return value

    def resolve_filtered(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        outer, watch.has_default = watch.has_default, any(each is default for each, _ in self.filters)
        try:
            return filtered(self, context, ignore_failures)
        finally:
            watch.has_default = outer

    def ask(self: TemplateLiteral, context: Any) -> Any:
        outer, watch.condition = watch.condition, True
        try:
            return asked(self, context)
        finally:
            watch.condition = outer

    made = Engine.__init__

    def make(self: Engine, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        self.string_if_invalid = Silence()

    patch.setattr(engines["django"].engine, "string_if_invalid", Silence())
    patch.setattr(Engine, "__init__", make)  # Django makes its engines anew after a test that changed DEBUG
    patch.setattr(Variable, "resolve", resolve)
    patch.setattr(FilterExpression, "resolve", resolve_filtered)
    patch.setattr(TemplateLiteral, "eval", ask)
    return patch


def _fail(variable: Variable, context: Any) -> None:
    if not isinstance(context, BaseContext) or not DOTTED.fullmatch(variable.var):
        return
    inner = getattr(context.render_context, "template", None)
    origin = str(getattr(getattr(inner, "origin", None), "name", ""))
    page = getattr(context.template, "name", None)
    if page in FRAMELESS or any(others in origin for others in OTHERS):
        return
    pytest.fail(f"unknown template variable {variable.var!r} in {page} (in or below {origin})", pytrace=False)
