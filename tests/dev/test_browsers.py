"""The lint that keeps style sheets and scripts to what Chromium 86 knows can fail."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from cehours.embedded import browsers


def lint(folder: Path, name: str, text: str) -> str:
    file = folder / name
    file.write_text(text)
    return browsers.problems(*(([file], []) if name.endswith("css") else ([], [file])))


@pytest.mark.parametrize(
    ("style", "complaint"),
    [
        ("a:has(b) { color: red; }\n", "css-has"),
        ("p:not(.a, .b) { color: red; }\n", "selector-not-notation"),
        ("@container (width > 10px) { a { color: red; } }\n", "css-container-queries"),
        ("a { height: 100dvh; }\n", "viewport-unit-variants"),
    ],
)
def test_a_style_that_is_too_young_is_refused(tmp_path, style, complaint):
    assert complaint in lint(tmp_path, "young.css", style)


@pytest.mark.parametrize(
    "script",
    ["[1, 2].at(-1);\n", "structuredClone({});\n", 'Object.hasOwn({}, "a");\n', "class A { static { } }\n"],
)
def test_a_script_that_is_too_young_is_refused(tmp_path, script):
    assert "error" in lint(tmp_path, "young.js", script)


def test_what_chromium_86_knows_passes(tmp_path):
    assert lint(tmp_path, "fine.css", "a { display: flex; gap: 1rem; }\n") == ""
    assert lint(tmp_path, "fine.js", 'document.querySelectorAll("a").forEach((a) => a.remove());\n') == ""


def test_two_that_need_the_linters_at_once_install_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installing = []

    def slowly(folder: Path) -> None:
        installing.append(folder)
        folder.mkdir(parents=True)
        never.wait(0.5)  # so that the other stands at the door meanwhile
        (folder / "ready").touch()

    never = threading.Event()
    monkeypatch.setattr(browsers, "state_home", lambda: tmp_path / "state")
    monkeypatch.setattr(browsers, "_install", slowly)
    both = [threading.Thread(target=browsers.installed) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(installing) == 1
