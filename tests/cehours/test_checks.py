"""`manage.py check` says what an operator must not overlook, and /readyz whose site answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks
from django.test import Client


def found(code: str) -> list[str]:
    return [each.msg for each in checks.run_checks() if each.id == code]


def test_a_missing_key_for_checkpoints_is_a_warning(settings: Any) -> None:
    settings.DEBUG = settings.DEMO = False
    settings.CHECKPOINT_KEY_FILE = ""
    assert ["CHECKPOINT_KEY_FILE" in each for each in found("cehours.W002")] == [True]

    settings.CHECKPOINT_KEY_FILE = "/run/secrets/checkpoint.pem"
    assert found("cehours.W002") == []


@pytest.mark.parametrize("kind", ["DEBUG", "DEMO"])
def test_on_a_developers_machine_none_is_missed(kind: str, settings: Any) -> None:
    settings.DEBUG = settings.DEMO = False
    settings.CHECKPOINT_KEY_FILE = ""
    setattr(settings, kind, True)
    assert found("cehours.W002") == []


@pytest.mark.parametrize("instance", ["", "a1b2"])
def test_readiness_repeats_the_name_that_was_given_to_the_instance(
    db: None, settings: Any, instance: str
) -> None:
    settings.INSTANCE = instance
    assert Client().get("/readyz").json().get("instance", "") == instance
