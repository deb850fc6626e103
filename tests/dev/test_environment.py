"""What children are given, and what must not reach them."""

import stat
import subprocess

import pytest

from cehours.embedded import environment
from cehours.embedded.places import Places


def test_exports_survive_a_shell(here: Places) -> None:
    values = {"PLAIN": "a", "ODD": 'it\'s $HOME and `date`; "x" 中文'}
    script = environment.as_exports(values) + 'printf "%s|%s" "$PLAIN" "$ODD"'

    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout

    assert shown == f"{values['PLAIN']}|{values['ODD']}"


def test_the_persons_own_addresses_do_not_leak_in(here: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    here.prepare()
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere.else/")
    monkeypatch.setenv("S3_BUCKET", "production")
    monkeypatch.setenv("SECRET_KEY_FILE", "/secret")

    env = environment.complete(here)

    assert str(here.postgres_sockets) in env["DATABASE_URL"]
    assert "S3_BUCKET" not in env
    assert "SECRET_KEY_FILE" not in env


def test_keys_are_made_once_and_are_their_owners_alone(here: Places) -> None:
    here.prepare()
    first = environment.own(here)

    assert environment.own(here)["FIELD_KEYS"] == first["FIELD_KEYS"]
    assert stat.S_IMODE(here.keys.stat().st_mode) == 0o600


def test_kept_exports_are_their_owners_alone(here: Places) -> None:
    here.prepare()

    environment.write_exports(here, {"SECRET_KEY": "x"})

    assert stat.S_IMODE(here.exports.stat().st_mode) == 0o600
