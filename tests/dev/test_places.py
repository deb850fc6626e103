"""Folders and sockets."""

import tempfile
from pathlib import Path

import pytest

from cehours.embedded import places as module
from cehours.embedded.places import Places, places, private_folder
from cehours.embedded.processes import Failure


def test_sockets_fit_the_systems_limit_however_deep_the_checkout_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CEHOURS_STATE", "/very" * 60)

    longest = places("demo").postgres_sockets / ".s.PGSQL.5432.lock"

    assert len(str(longest)) <= module.LONGEST_SOCKET_PATH


def test_a_long_temporary_folder_is_passed_over(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/x" * 60)

    assert places("demo").sockets.parent == Path("/tmp")


def test_profiles_and_checkouts_never_share_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEHOURS_STATE", "/one")
    seen = {places("demo").sockets, places("test").sockets}
    monkeypatch.setenv("CEHOURS_STATE", "/two")
    seen.add(places("demo").sockets)

    assert len(seen) == 3


def test_a_socket_folder_that_someone_else_put_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Failure, match="属于其他用户"):
        private_folder(tmp_path / "sockets")


def test_state_is_closed_to_others(here: Places) -> None:
    here.prepare()

    assert here.media.stat().st_mode & 0o077 == 0
    assert here.root.stat().st_mode & 0o066 == 0
