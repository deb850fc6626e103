"""A page that asks for what it does not have is red, wherever it asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, engines
from django.template.loader import render_to_string
from django_cotton.compiler_regex import CottonCompiler


class Case:
    name = "张三"
    employer = None

    def of(self, year: int) -> int:
        return year


def shown(source: str, **facts: Any) -> str:
    template = engines["django"].from_string(CottonCompiler().process(source)).template
    return str(template.render(Context({"case": Case(), "rows": ["first"], "counts": {}, **facts})))


@pytest.mark.parametrize(
    "source",
    [
        "{{ caes.name }}",
        "{{ case.nmae }}",
        "{{ case.employer.name }}",
        "{{ rows.1 }}",
        "{{ caes|upper }}",
        '{{ case.nmae|default:"—" }}',
        "{{ case.of }}",
        "{% if caes %}{% endif %}",
        "{% if case.nmae %}{% endif %}",
        '{% if case.nmae == "张三" %}{% endif %}',
        "{% if counts.years %}{% endif %}",
        "{% if case.of %}{% endif %}",
        "{% for row in rwos %}{% endfor %}",
        "{% with name=case.nmae %}{% endwith %}",
        '{% include "site/_breadcrumb.html" with trail=rows.trial here="此处" %}',
        '<c-tip :title="caes"></c-tip>',
        '<c-tip title="{{ caes.name }}"></c-tip>',
    ],
)
def test_a_variable_that_is_not_there_fails(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="unknown template variable"):
        shown(source)


def test_so_it_does_after_the_engines_were_made_anew(settings: Any) -> None:
    settings.DEBUG = not settings.DEBUG
    with pytest.raises(pytest.fail.Exception, match="unknown template variable"):
        shown("{{ case.of }}")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ case.name }}", "张三"),
        ("{{ case.employer|default:'无' }}", "无"),
        ("{% if case.employer.name %}{% else %}无{% endif %}", "无"),
        ("{% if rows.1 %}{% else %}一项{% endif %}", "一项"),
        ("{{ warning|default:'无' }}", "无"),
        ('{% if warning|default:"" %}{% else %}无{% endif %}', "无"),
        ("{% for row in rows %}{{ forloop.counter }}{% endfor %}", "1"),
    ],
)
def test_what_may_be_missing_and_says_so_is_fine(source: str, text: str) -> None:
    assert shown(source) == text


def test_a_component_may_leave_out_what_it_has_defaults_for() -> None:
    assert "说明" in shown('<c-tip title="说明">正文</c-tip>')


def test_a_page_of_ours_is_watched_through_its_parts() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"'middle_url' in site/_breadcrumb\.html"):
        render_to_string("site/_breadcrumb.html", {"trail": (), "here": "此处", "middle": "中间"})
