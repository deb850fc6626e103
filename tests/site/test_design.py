"""The design system keeps its own rules: contrast, old browsers, signs, components that are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from cehours.site.guides import GUIDES

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
STYLES = sorted((STATIC / "css").glob("*.css"))
FRONT_END = Path(settings.BASE_DIR) / "docs" / "front-end.md"
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (STATIC / "css/tokens.css").read_text("utf-8")))


def read(path: Path) -> str:
    return path.read_text("utf-8")


def selectors(style: Path) -> str:
    """A sheet without comments and declarations."""
    return re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", read(style), flags=re.DOTALL)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "paper"),
        ("ink-soft", "ground"),
        ("ink-faint", "ground"),
        ("blue", "blue-wash"),
        ("blue", "ground"),
        ("red", "red-wash"),
        ("amber", "amber-wash"),
        ("green", "green-wash"),
        ("paper", "blue"),
        ("paper", "green"),
    ],
)
def test_text_stands_out_from_its_ground(ink: str, paper: str) -> None:
    assert contrast(ink, paper) >= 4.5


def test_the_border_of_a_field_can_be_seen() -> None:
    assert contrast("line-strong", "paper") >= 3


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_colours_come_from_the_tokens(style: Path) -> None:
    if style.name != "tokens.css":
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", style.read_text("utf-8"))) <= {"#fff"}


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_summary_with_a_sign_of_its_own_hides_the_triangle_of_older_browsers(style: Path) -> None:
    """Until Chromium 89 the triangle was no list marker: neither list-style nor display took it away."""
    text = re.sub(r"/\*.*?\*/", "", style.read_text("utf-8"), flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", text)
    signed = {
        selector.strip().removesuffix("::before")
        for selector, body in rules
        if re.search(r"summary(::before)?$", selector.strip())
        and re.search("list-style: none|content:", body)
    }
    triangle = "::-webkit-details-marker"
    hidden = {each.removesuffix(triangle) for each in (rule[0].strip() for rule in rules) if triangle in each}
    assert sorted(each for each in signed if each.replace("[open]", "") not in hidden) == []


@pytest.mark.parametrize("kind", ["css", "js"])
def test_every_sheet_and_script_is_explained_and_named_by_a_page_or_another_script(kind: str) -> None:
    files = {path.name for path in (STATIC / kind).iterdir()}
    explained = re.findall(rf"^\| `([\w-]+\.{kind})` \| \S", FRONT_END.read_text("utf-8"), re.MULTILINE)
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(rf"{{% static '{kind}/([\w-]+\.{kind})' %}}", pages))
    imported = set(re.findall(r'from "\./([\w-]+\.js)";', "".join(map(read, (STATIC / "js").iterdir()))))

    assert sorted(explained) == sorted(files)
    assert named | (imported if kind == "js" else set()) == files


def test_every_class_that_a_sheet_draws_stands_on_a_page() -> None:
    drawn = {name for style in STYLES for name in re.findall(r"\.([a-z][\w-]*)", selectors(style))}
    pages = "".join(map(read, [*TEMPLATES.rglob("*.html"), *(STATIC / "js").iterdir()]))
    words = set(re.findall(r"[\w-]+", pages))
    begun = tuple(re.findall(r"([a-z][\w-]*-)(?:\{\{|\")", pages))  # tone-{{ tone }}, "sent sent-" + state

    assert sorted(name for name in drawn - words if not name.startswith(begun)) == [
        "text-large",
        "text-larger",
    ]


def test_every_sign_that_a_page_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/icons.svg").read_text("utf-8")))
    pages = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    assert set(re.findall(r'<c-icon name="([\w-]+)"', pages)) <= drawn
    assert {guide.icon for guide in GUIDES.values()} <= drawn


def test_every_picture_of_the_guides_is_there() -> None:
    named = {step.picture_path for guide in GUIDES.values() for step in guide.steps}
    assert [path for path in sorted(named) if not (STATIC / path).exists()] == []


def test_the_style_guide_shows_every_component() -> None:
    shown = "".join(path.read_text("utf-8") for path in (TEMPLATES / "site").rglob("styleguide*/*.html"))
    shown += (TEMPLATES / "site/styleguide.html").read_text("utf-8")
    tags = {path.stem.replace("_", "-") for path in (TEMPLATES / "cotton").glob("*.html")}
    assert sorted(tag for tag in tags if f"<c-{tag}" not in shown) == []
