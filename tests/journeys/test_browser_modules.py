"""Every script is loaded as it is collected: by its hashed name, with all that it imports, and without an error."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from cehours.embedded.places import REPO
from tests.journeys.instance import Instance
from tests.journeys.window import Window

SCRIPTS = {f"js/{path.name}" for path in (REPO / "static" / "js").iterdir()}


@pytest.fixture
def hashed(instance: Instance) -> dict[str, str]:
    """The scripts' names and those they are served under."""
    manifest = json.loads((instance.folder / "static" / "staticfiles.json").read_text())
    return {name: served for name, served in manifest["paths"].items() if name in SCRIPTS}


def test_every_script_runs_under_its_hashed_name(desk: Window, hashed: dict[str, str]) -> None:
    asked_for: set[str] = set()
    desk.page.on(
        "request", lambda request: asked_for.add(urlsplit(request.url).path.removeprefix("/static/"))
    )

    desk.open("/styleguide/")
    desk.open("/calculator/")
    desk.open("/rules/")
    desk.sign_in("tuihui")
    desk.open("/applications/")
    case = re.search(r"/applications/[0-9a-f-]{36}/", desk.page.content())
    assert case
    for part in ("", "header/", "years/2024/", "years/2024/evidence/", "years/prior/"):
        desk.open(case[0] + part)
    desk.page.context.clear_cookies()
    desk.sign_in("danwei")
    desk.open("/account/second-factor/key/")
    desk.open("/review/")
    desk.page.locator("[data-open]").first.click()
    desk.page.wait_for_load_state()

    assert set(hashed) == SCRIPTS
    assert {name for name in asked_for if name.startswith("js/")} == set(hashed.values())
    assert desk.faults == []


def test_what_a_script_imports_changes_its_own_name(instance: Instance, hashed: dict[str, str]) -> None:
    text = (instance.folder / "static" / hashed["js/autosave.js"]).read_text()

    assert f'from "./{hashed["js/csrf.js"].removeprefix("js/")}";' in text
    assert f'from "./{hashed["js/unsaved.js"].removeprefix("js/")}";' in text
