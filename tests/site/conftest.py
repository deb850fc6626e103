from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory

from cehours.site import context
from organizations.acting.actor import Actor

Get = Callable[..., str]


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside every filing session, unless a test opens one."""
    monkeypatch.setattr(context, "open_sessions", list)


@pytest.fixture
def get(rf: RequestFactory) -> Get:
    """Calls a view as somebody and hands back the page."""

    def call(view: Callable[..., Any], actor: Actor | None = None, **kwargs: Any) -> str:
        request = rf.get("/some/page/")
        request.actor = actor or Actor.public()  # type: ignore[attr-defined]
        page: str = view(request, **kwargs).content.decode()
        return page

    return call
