"""The operator puts back an administrator above whom nobody can, as the owner of the database."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event
from tests.cehours.test_recompute import owner
from tests.organizations.authenticator import set_up
from tests.organizations.people import give_password, sign_in, signed_in
from tests.world import World


@pytest.fixture
def locked_out(committed_world: World) -> Client:
    give_password(committed_world.bureau.user)
    browser = sign_in("bureau")
    set_up(browser)
    return browser


def test_the_operator_takes_it_away_on_record_and_ends_the_sessions(
    committed_world: World, locked_out: Client
) -> None:
    out = StringIO()

    with owner():
        call_command("reset_second_factor", "BUREAU", stdout=out)

    assert "已重置" in out.getvalue()
    with committed_world.acting("bureau") as actor:
        assert not Authenticator.objects.filter(user=actor.user).exists()
    with scope(Actor.system("test")):
        assert Event.objects.filter(act="second_factor_reset").count() == 1
    assert signed_in(locked_out) is None
    assert signed_in(sign_in("bureau")) == committed_world.bureau.user


def test_who_is_unknown_or_has_none_is_said(committed_world: World) -> None:
    with owner(), pytest.raises(CommandError, match="没有用户名为 nobody 的账号"):
        call_command("reset_second_factor", "nobody")
    with owner(), pytest.raises(CommandError, match="没有设置二次验证"):
        call_command("reset_second_factor", "bureau")


def test_the_runtime_role_is_sent_to_the_owner(committed_world: World, locked_out: Client) -> None:
    with pytest.raises(CommandError, match="请用数据库所有者运行"):
        call_command("reset_second_factor", "bureau")
