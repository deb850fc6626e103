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
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (STATIC / "css/tokens.css").read_text("utf-8")))


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
