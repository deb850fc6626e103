"""A state folder of its own for every test, reachable by the user that PostgreSQL runs as."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cehours.embedded.places import Places, places


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cehours-state-"))
    folder.chmod(0o711)  # not pytest's own folder, which only its owner may enter
    monkeypatch.setenv("CEHOURS_STATE", str(folder))
    yield folder
    for profile in ("work", "demo", "test"):
        shutil.rmtree(places(profile).sockets, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def here(state: Path) -> Places:
    return places("work")
