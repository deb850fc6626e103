"""The lint that keeps style sheets and scripts to what Chromium 86 knows lets nothing younger through."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from cehours.embedded import browsers, npm
from tests.dev.younger import Sample, Tables

STYLES = (
    # selectors
    "a:has(b) { color: red; }",
    "a:is(b, i) { color: red; }",
    "a:where(b) { color: red; }",
    "p:not(.a, .b) { color: red; }",
    "p:not(.a.b) { color: red; }",
    "p:nth-child(2 of .a) { color: red; }",
    "input:user-invalid { color: red; }",
    "dialog:modal { color: red; }",
    "a:popover-open { color: red; }",
    "a:dir(rtl) { color: red; }",
    "details::details-content { color: red; }",
    "input::file-selector-button { color: red; }",
    "a { & b { color: red; } }",
    "a { b { color: red; } }",
    "a { @media print { color: red; } }",
    "p::before::marker { color: red; }",
    # at-rules
    "@container (width > 10px) { a { color: red; } }",
    "@layer base;",
    "@scope (.a) { a { color: red; } }",
    "@starting-style { a { color: red; } }",
    "@counter-style x { system: cyclic; symbols: a; }",
    "@media (width >= 10px) { a { color: red; } }",
    "@media (10px <= width) { a { color: red; } }",
    "@media (hover) or (pointer: fine) { a { color: red; } }",
    "@media not (hover) { a { color: red; } }",
    "@media (prefers-contrast: more) { a { color: red; } }",
    "@media (forced-colors: active) { a { color: red; } }",
    "@media (scripting: none) { a { color: red; } }",
    '@import url("a.css") layer(x);',
    "@supports font-tech(variations) { a { color: red; } }",
    "@font-face { font-family: x; size-adjust: 90%; src: url(x); }",
    '@font-face { font-family: x; src: url("x") tech(variations); }',
    "@page { @top-left { content: none; } }",
    # properties
    "a { inset: 0; }",
    "a { aspect-ratio: 1; }",
    "a { accent-color: red; }",
    "a { padding-inline: 0; }",
    "a { margin-block: 0; }",
    "a { border-start-start-radius: 0; }",
    "a { mask: none; }",
    "a { translate: 1px; }",
    "a { scrollbar-gutter: stable; }",
    "a { text-wrap: balance; }",
    "a { field-sizing: content; }",
    "a { container-type: size; }",
    "a { anchor-name: --a; }",
    "a { line-clamp: 2; }",
    "a { hyphens: auto; }",
    # values
    "a { height: 100dvh; }",
    "a { width: 10cqw; }",
    "a { width: 2lh; }",
    "a { width: stretch; }",
    "a { width: round(1px, 2px); }",
    "a { width: calc(sin(1) * 1px); }",
    "a { width: calc(pi * 1px); }",
    "a { overflow: clip; }",
    "a { overflow-x: clip; }",
    "a { display: inline flex; }",
    "a { text-align: match-parent; }",
    "a { grid-template-columns: subgrid; }",
    "a { color: color-mix(in srgb, red, blue); }",
    "a { color: oklch(50% 0 0); }",
    "a { color: hwb(0 0% 0%); }",
    "a { color: rgb(from red r g b); }",
    "a { color: hsl(120 50 50); }",
    "a { color: light-dark(red, blue); }",
    "a { color: AccentColor; }",
    "a { color: revert-layer; }",
    "a { --x: color-mix(in srgb, red, blue); }",
    "a { background: linear-gradient(in oklch, red, blue); }",
    "a { background: image-set(url(a) 1x); }",
    "a { background-clip: text; }",
    "a { mix-blend-mode: plus-lighter; }",
    "a { clip-path: path('M0 0'); }",
    "a { clip-path: xywh(0 0 1px 1px); }",
    "a { width: attr(data-x type(<length>)); }",
    "a { padding: env(keyboard-inset-top); }",
    "a { transition-timing-function: linear(0, 1); }",
    "a { transition-behavior: allow-discrete; }",
    "a { align-items: last baseline; }",
)

SCRIPTS = (
    # syntax
    "class A { static { } }",
    "class B { #x; has(other) { return #x in other; } }",
    "await 1;",
    "/a/d;",
    "/a/v;",
    'import x from "./a.json" with { type: "json" };',
    # built-ins
    "[1, 2].at(-1);",
    "[1].findLast(use);",
    "[1].toSorted();",
    "[1].with(0, 2);",
    "Array.fromAsync(x);",
    "Object.hasOwn({}, 'a');",
    "Object.groupBy(x, use);",
    "Map.groupBy(x, use);",
    "new Set().union(x);",
    "new Map().values().map(use);",
    "'a'.isWellFormed();",
    "new Error('a', { cause: x });",
    "Promise.withResolvers();",
    "Promise.try(use);",
    "new Intl.Segmenter();",
    "Intl.supportedValuesOf('unit');",
    "new Intl.NumberFormat('zh', { roundingMode: 'floor' });",
    "RegExp.escape('a');",
    # the web's
    "structuredClone({});",
    "reportError(x);",
    "crypto.randomUUID();",
    "AbortSignal.timeout(5);",
    "AbortSignal.any([]);",
    "AbortSignal.abort();",
    "URL.canParse('a');",
    "URL.parse('a');",
    "Response.json({});",
    "new URLSearchParams('a').size;",
    "new FormData(form, button);",
    "fetch('a', { priority: 'low' });",
    "scheduler.postTask(use);",
    "navigator.userAgentData;",
    "document.startViewTransition(use);",
    "new EyeDropper();",
    "CSS.highlights;",
    "thing.inert = true;",
    "thing.checkVisibility();",
    "thing.showPicker();",
    "thing.showPopover();",
    "thing.setHTML('a');",
    "thing.addEventListener('click', use, { signal });",
    "thing.addEventListener('scrollend', use);",
    "thing.addEventListener('beforetoggle', use);",
    "thing.onscrollend = use;",
    "thing.focus({ focusVisible: true });",
    "thing.setAttribute('inert', '');",
    "thing.toggleAttribute('popover');",
    "thing.style.aspectRatio = '1';",
    "thing.style.setProperty('accent-color', 'red');",
    "document.createElement('search');",
    "document.querySelector('a:has(b)');",
    "thing.closest(`a:is(.b, ${x})`);",
    "matchMedia('(width > 10px)');",
)

# Rules of our own beside the browser's.
OWN_MEASURES = {
    "@media (max-width: 50rem) { a { color: red; } }": "media-feature-name-value-allowed-list",
    "@media (min-width: 600px) { a { color: red; } }": "media-feature-name-value-allowed-list",
    "a { border-radius: 4px; }": "declaration-property-value-disallowed-list",
    "a { border-left: 4px solid red; }": "declaration-property-value-disallowed-list",
}
CARELESS = {
    "nobodyKnows();": "no-undef",
    "const unused = 1;": "no-unused-vars",
    "export const a = 1; export function e(a) { return a; }": "no-shadow",
    "export function f() { b = 2; } let b = 1; f(b);": "no-use-before-define",
    "export function g(x) {" + " if (x) { x += 1; }" * 10 + "}": " complexity",
    "export function h() {" + "\n  h();" * 50 + "\n}": "max-lines-per-function",
}

OLD_STYLE = """\
@import url("a.css") print;
@property --x { syntax: "<length>"; inherits: false; initial-value: 0; }
@font-face { font-family: x; font-display: swap; src: url("x.woff2") format("woff2"); }
@media (min-width: 40rem) and (pointer: coarse), print { a { color: red; } }
@media (prefers-reduced-motion: reduce) { * { transition: none; } }
@supports (display: grid) and (not (display: inline-grid)) { a { color: red; } }
@keyframes turn { from { opacity: 0; } 50% { opacity: 0.5; } to { opacity: 1; } }
@page { size: A4; margin: 1cm; }
a:focus-visible, a:focus-within, a:any-link, li::marker, input::placeholder { color: red; }
a:not([href]):nth-child(2n + 1) > b ~ i + u, [type="x" i], ::slotted(a), :host { color: red; }
summary::-webkit-details-marker { display: none; }
progress::-moz-progress-bar { background: red; }
a { display: flex; gap: 1rem; flex: none; place-items: center; align-items: flex-start; }
a { display: grid; grid: auto / repeat(2, minmax(min-content, 1fr)); grid-area: 1 / 2 / 3 / 4; }
a { width: clamp(1px, 2vw, max(3rem, 4ch)); height: calc(100% - (2 * 1px)); margin-inline-start: auto; }
a { width: fit-content; min-width: min-content; content-visibility: auto; overflow: hidden auto; }
a { --own: anything at all; color: var(--own, rgb(0 0 0 / 50%)); background: rgba(1, 2, 3, 0.5); }
a { background: linear-gradient(to right, red, hsl(120, 50%, 50%) 20%), url(a.png) center / cover no-repeat; }
a { background-image: conic-gradient(from 45deg, red, blue), -webkit-image-set(url(a.png) 1x); }
a { transform: translate3d(1px, 2px, 3px) rotate(1turn); filter: drop-shadow(0 0 1px red) blur(2px); }
a { transition: color 0.2s cubic-bezier(0, 0, 1, 1); animation: turn 1s steps(2) infinite; }
a { all: revert; appearance: none; user-select: none; backdrop-filter: blur(1px); color-scheme: light dark; }
a { clip-path: inset(0 round 1px); clip: rect(0, 0, 0, 0); outline: 2px solid; overscroll-behavior: contain; }
a { white-space: nowrap; text-overflow: ellipsis; text-decoration: underline dotted red; overflow-wrap: anywhere; }
a { -webkit-line-clamp: 2; -webkit-mask-image: url(a.svg); -webkit-text-size-adjust: 100%; }
a { padding: env(safe-area-inset-top); }
a::after { content: "a" attr(title) counter(x); font: italic 1rem/1.5 system-ui, sans-serif; }
@supports (aspect-ratio: 1) { a { aspect-ratio: 1; } }
@supports selector(:is(a)) { a:is(b, i) { color: red; } }
"""

OLD_SCRIPT = """\
import { a } from "./a.js";
export class Fields { own = 1; #hidden = 2; static shared = 3; #method() { return this.#hidden; } }
const x = a?.b ?? a["c"]; let y = x; y ||= 2; y &&= 1_000;
Promise.any([a]).catch(() => {}); new WeakRef(a); "a".replaceAll("a", "b").matchAll(/(?<=a)(?<n>b)\\p{L}/gu);
Object.fromEntries(Object.entries(a).flat().map((one) => one)); globalThis.setTimeout(() => a);
new Intl.DateTimeFormat("zh-CN", { dateStyle: "short", timeZone: "Asia/Shanghai" }).formatRange(a, a);
document.querySelectorAll("a:not(.b), a:focus-within").forEach((one) => one.replaceChildren());
document.addEventListener("submit", (event) => event.submitter, { once: true, passive: true });
a.closest("form").requestSubmit(); a.toggleAttribute("hidden", true); a.dataset.inert = "1"; a.style.gridArea = "x";
fetch("a", { method: "POST", body: new FormData(a), keepalive: true, signal: new AbortController().signal });
new IntersectionObserver(() => {}).observe(a); new ResizeObserver(() => {}); navigator.clipboard.writeText("a");
crypto.getRandomValues(new Uint8Array(8)); new URL("a", location.href).searchParams.get("b"); queueMicrotask(() => {});
export default async function all() { for await (const one of a) one(); }
if (typeof EyeDropper === "undefined") a();
matchMedia("(max-width: 40rem)").addEventListener("change", a); a.scrollIntoView({ block: "nearest" });
"""


TOO_YOUNG = re.compile(r"cehours/chromium-86|es-x/")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(npm.installed(browsers.PINNED) / "node_modules/@mdn/browser-compat-data/data.json")


def said_of(folder: Path, ending: str, lines: Iterable[str]) -> list[tuple[str, str]]:
    """Each line with what the lint says of it; one run for all, because starting the linters takes the time."""
    file, lines = folder / f"lines.{ending}", list(lines)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    said = browsers.problems(*(([file], []) if ending == "css" else ([], [file])))
    complaints = re.findall(r"^\s+(\d+):\d+(.*)", said, re.MULTILINE)
    of_line = {
        number: " ".join(text for at, text in complaints if int(at) == number)
        for number in range(1, len(lines) + 1)
    }
    return [(line, of_line[number]) for number, line in enumerate(lines, 1)]


def passed(folder: Path, ending: str, lines: Iterable[str]) -> list[str]:
    """The lines in which the lint finds nothing that is younger than Chromium 86."""
    return [line for line, said in said_of(folder, ending, lines) if not TOO_YOUNG.search(said)]


def test_no_style_that_is_too_young_passes(tmp_path: Path) -> None:
    assert passed(tmp_path, "css", STYLES) == []


def test_no_script_that_is_too_young_passes(tmp_path: Path) -> None:
    assert passed(tmp_path, "js", SCRIPTS) == []


@pytest.mark.parametrize(("kind", "at_least"), [("css", 650), ("js", 1050)])
def test_whatever_the_tables_call_younger_is_refused(
    tables: Tables, tmp_path: Path, kind: str, at_least: int
) -> None:
    samples: list[Sample] = list(tables.styles() if kind == "css" else tables.scripts())
    assert len(samples) > at_least

    assert passed(tmp_path, kind, [sample.text for sample in samples]) == []


@pytest.mark.parametrize(("ending", "text"), [("css", OLD_STYLE), ("js", OLD_SCRIPT)])
def test_what_chromium_86_knows_passes(tmp_path: Path, ending: str, text: str) -> None:
    said = said_of(tmp_path, ending, text.splitlines())
    assert [each for each in said if TOO_YOUNG.search(each[1]) or "Parsing error" in each[1]] == []


@pytest.mark.parametrize(("ending", "expected"), [("css", OWN_MEASURES), ("js", CARELESS)])
def test_each_is_refused_for_what_is_wrong_with_it(
    tmp_path: Path, ending: str, expected: dict[str, str]
) -> None:
    said = dict(said_of(tmp_path, ending, expected))
    assert [text for text, complaint in expected.items() if complaint not in said[text]] == [], said


def test_what_it_says_is_plain_text_wherever_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    for ending, text in (("css", "a { inset: 0; }"), ("js", "structuredClone(a);")):
        assert passed(tmp_path, ending, [text]) == []


def test_our_styles_and_scripts_keep_to_it() -> None:
    assert browsers.main() == 0


def test_two_that_need_the_linters_at_once_install_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installing = []

    def slowly(pinned: Path, folder: Path) -> None:
        installing.append(folder)
        folder.mkdir(parents=True)
        never.wait(0.5)  # so that the other stands at the door meanwhile
        (folder / "ready").touch()

    never = threading.Event()
    monkeypatch.setattr(npm, "state_home", lambda: tmp_path / "state")
    monkeypatch.setattr(npm, "_install", slowly)
    both = [threading.Thread(target=npm.installed, args=[browsers.PINNED]) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(installing) == 1
