"""The lint that keeps style sheets and scripts to what Chromium 86 knows can fail."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from cehours.embedded import browsers

YOUNG_STYLES = {
    "a:has(b) { color: red; }": "css-has",
    "p:not(.a, .b) { color: red; }": "selector-not-notation",
    "@container (width > 10px) { a { color: red; } }": "css-container-queries",
    "a { height: 100dvh; }": "viewport-unit-variants",
}
OWN_STYLES = {
    "@media (max-width: 50rem) { a { color: red; } }": "media-feature-name-value-allowed-list",
    "@media (min-width: 600px) { a { color: red; } }": "media-feature-name-value-allowed-list",
    "a { border-radius: 4px; }": "declaration-property-value-disallowed-list",
    "a { border-left: 4px solid red; }": "declaration-property-value-disallowed-list",
}
YOUNG_SCRIPTS = {
    "[1, 2].at(-1);": "array-prototype-at",
    "structuredClone({});": "compat/compat",
    'Object.hasOwn({}, "a");': "object-hasown",
    "export class A { static { a(); } }": "class-static-block",
    "await window.fetch('/');": "top-level-await",
    "export class A { #b() {} }": "class-private-methods",
}
CARELESS_SCRIPTS = {
    "nobodyKnows();": "no-undef",
    "const a = 1;": "no-unused-vars",
    "export const a = 1; export function f(a) { return a; }": "no-shadow",
    "export function f() { b = 2; } let b = 1; f(b);": "no-use-before-define",
    "export function f(a) {" + " if (a) { a += 1; }" * 10 + "}": " complexity",
    "export function f() {" + "\n  f();" * 50 + "\n}": "max-lines-per-function",
}


def lint(folder: Path, ending: str, texts: Iterable[str]) -> dict[str, str]:
    """What is said of each text; one run for all of them, because starting the linters is what takes time."""
    files = {folder / f"case{number}.{ending}": text for number, text in enumerate(texts)}
    for file, text in files.items():
        file.write_text(text + "\n")
    said = browsers.problems(*((list(files), []) if ending == "css" else ([], list(files))))
    parts = re.split(rf"^\S*/(case\d+\.{ending})$", said, flags=re.MULTILINE)
    by_name = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {text: by_name.get(file.name, "") for file, text in files.items()}


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        pytest.param("css", YOUNG_STYLES, id="styles that are too young"),
        pytest.param("css", OWN_STYLES, id="styles with a breakpoint or a measure of their own"),
        pytest.param("js", YOUNG_SCRIPTS, id="scripts that are too young"),
        pytest.param("js", CARELESS_SCRIPTS, id="careless scripts"),
    ],
)
def test_each_is_refused_for_what_is_wrong_with_it(
    tmp_path: Path, ending: str, expected: dict[str, str]
) -> None:
    said = lint(tmp_path, ending, expected)

    assert [text for text, complaint in expected.items() if complaint not in said[text]] == [], said


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("css", "@media (max-width: 40rem) { a { display: flex; gap: 1rem; border-radius: 50%; } }"),
        ("js", 'import { b } from "./b.js"; document.querySelectorAll("a").forEach((a) => b(a));'),
    ],
)
def test_what_chromium_86_knows_passes(tmp_path: Path, ending: str, text: str) -> None:
    assert lint(tmp_path, ending, [text]) == {text: ""}


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
