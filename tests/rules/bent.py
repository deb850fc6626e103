"""The small policy with one thing wrong each time: what, the key the refusal must name, the bend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.rules.tables import course

Bend = Callable[[dict[str, Any]], object]


def row(values: dict[str, Any], place: int) -> dict[str, Any]:
    found: dict[str, Any] = course(values)["rows"][place]
    return found


def fact(values: dict[str, Any], place: int) -> dict[str, Any]:
    found: dict[str, Any] = course(values)["facts"][place]
    return found


def kind_without_proof(values: dict[str, Any]) -> None:
    values["kinds"]["second"] = dict(course(values))
    values["evidence"][0]["kinds"] = ["course"]


BENT: list[tuple[str, str, Bend]] = [
    ("an unknown measure", "kinds.course.rows[1].measure", lambda v: row(v, 0).update(measure="eval")),
    ("an unknown identity", "kinds.course.identity", lambda v: course(v).update(identity=["colour"])),
    ("a title for an identity", "kinds.course.identity", lambda v: course(v).update(identity=["title"])),
    ("a word to look for with a gap", "kinds.course.also", lambda v: course(v).update(also=["网 课"])),
    ("a word to look for of one character", "kinds.course.also", lambda v: course(v).update(also=["课"])),
    ("the same word twice", "kinds.course.also", lambda v: course(v).update(also=["网课", "网课"])),
    ("a misspelt key", "kinds.course.rows[1].hour", lambda v: row(v, 0).update(hour=8)),
    ("a category called like the sum", "categories[1].key", lambda v: v["categories"][0].update(key="total")),
    ("an unknown section", "extra", lambda v: v.update(extra={})),
    ("a missing citation", "kinds.course.cite", lambda v: course(v).pop("cite")),
    ("a missing issue date", "policy.issued_on", lambda v: v["policy"].pop("issued_on")),
    ("a time instead of a date", "policy.issued_on", lambda v: v["policy"].update(issued_on="2025-05-03")),
    ("an empty title", "policy.title", lambda v: v["policy"].update(title=" ")),
    ("a year that is none", "policy.year", lambda v: v["policy"].update(year=25)),
    ("a region code that is none", "policy.region", lambda v: v["policy"].update(region="43")),
    ("negative hours", "kinds.course.rows[1].hours", lambda v: row(v, 0).update(hours=-8)),
    ("hours as text", "kinds.course.rows[1].hours", lambda v: row(v, 0).update(hours="8")),
    (
        "hours that are infinite",
        "kinds.course.rows[1].hours",
        lambda v: row(v, 0).update(hours=Decimal("inf")),
    ),
    (
        "hours that are no number",
        "kinds.course.rows[1].hours",
        lambda v: row(v, 0).update(hours=Decimal("nan")),
    ),
    ("hours that are true", "kinds.course.rows[1].hours", lambda v: row(v, 0).update(hours=True)),
    (
        "more than four decimals",
        "kinds.course.rows[1].step",
        lambda v: row(v, 0).update(step=Decimal("0.00001")),
    ),
    ("a rate off the step", "kinds.course.rows[1].hours", lambda v: row(v, 0).update(step=Decimal("0.3"))),
    ("a step of nothing", "kinds.course.rows[1].step", lambda v: row(v, 0).update(step=0)),
    ("days without a fact", "kinds.course.rows[1].fact", lambda v: row(v, 0).update(fact="weeks")),
    ("days of a choice", "kinds.course.rows[1].fact", lambda v: row(v, 0).update(fact="mode")),
    (
        "a rule on a fact that may be missing",
        "kinds.course.rows[1].measure",
        lambda v: row(v, 0).update(fact="extra"),
    ),
    (
        "a condition on a fact that may be missing",
        "kinds.course.rows[1].when",
        lambda v: row(v, 0)["when"].update(extra={"min": 1}),
    ),
    (
        "an amount needed under another condition",
        "kinds.course.rows[1].measure",
        lambda v: row(v, 0).update(when={"mode": ["item"]}),
    ),
    (
        "a condition on an unknown fact",
        "kinds.course.rows[1].when.place",
        lambda v: row(v, 0).update(when={"place": ["x"]}),
    ),
    (
        "an unknown choice",
        "kinds.course.rows[1].when.mode",
        lambda v: row(v, 0).update(when={"mode": ["week"]}),
    ),
    ("an empty choice", "kinds.course.rows[1].when.mode", lambda v: row(v, 0).update(when={"mode": []})),
    (
        "limits without limits",
        "kinds.course.rows[2].when.items",
        lambda v: row(v, 1)["when"].update(items={}),
    ),
    (
        "limits with a word nobody knows",
        "kinds.course.rows[2].when.items.maximum",
        lambda v: row(v, 1)["when"]["items"].update(maximum=4),
    ),
    (
        "a condition on a date",
        "kinds.course.rows[4].when.start",
        lambda v: row(v, 3)["when"].update(start={"min": 1}),
    ),
    (
        "a row behind one that always fits",
        "kinds.course.rows[5]",
        lambda v: course(v)["rows"].append(
            {"when": {"mode": ["day"]}, "measure": "fixed", "hours": 1, "says": "x"}
        ),
    ),
    (
        "years in the wrong order",
        "kinds.course.rows[1].from_year",
        lambda v: row(v, 0).update(from_year=2021, to_year=2020),
    ),
    ("a cap off the step", "kinds.course.rows[2].cap", lambda v: row(v, 1).update(cap=Decimal("0.3"))),
    (
        "adding to a rank table",
        "kinds.course.rows[3].adds",
        lambda v: row(v, 2).update(adds=[{"measure": "fixed", "hours": 1}]),
    ),
    ("ranks that fall", "kinds.course.rows[3].table", lambda v: row(v, 2)["table"].reverse()),
    (
        "a rank of nothing",
        "kinds.course.rows[3].table[1].up_to",
        lambda v: row(v, 2)["table"][0].update(up_to=0),
    ),
    (
        "a closed rank table that says nothing",
        "kinds.course.rows[3].beyond",
        lambda v: row(v, 2)["table"].pop(),
    ),
    (
        "two rank lines for everybody",
        "kinds.course.rows[3].table",
        lambda v: row(v, 2).update(table=[{"hours": 1, "says": "一"}, {"hours": 2, "says": "余"}]),
    ),
    (
        "a rank line with a word nobody knows",
        "kinds.course.rows[3].table[1].upto",
        lambda v: row(v, 2)["table"][0].update(upto=2),
    ),
    (
        "a band with a word nobody knows",
        "kinds.course.rows[4].bands[1].weeks",
        lambda v: row(v, 3)["bands"][0].update(weeks=2),
    ),
    (
        "a fact with a word nobody knows",
        "kinds.course.facts[6].maximum",
        lambda v: fact(v, 5).update(maximum=2),
    ),
    (
        "an addition with a word nobody knows",
        "kinds.course.rows[2].adds[1].limit",
        lambda v: row(v, 1)["adds"][0].update(limit=2),
    ),
    ("a kind with a word nobody knows", "kinds.course.hours", lambda v: course(v).update(hours=8)),
    ("bands that fall", "kinds.course.rows[4].bands", lambda v: row(v, 3)["bands"].reverse()),
    (
        "a stay of no months",
        "kinds.course.rows[4].bands[1].months",
        lambda v: row(v, 3)["bands"][0].update(months=0),
    ),
    (
        "a deemed year that is not complete",
        "kinds.course.rows[4].split",
        lambda v: row(v, 3).update(split={"main": 9}),
    ),
    (
        "a deemed year of an unknown category",
        "kinds.course.rows[4].split",
        lambda v: row(v, 3)["split"].update(other=1),
    ),
    ("a stay without a date", "kinds.course.rows[4].start", lambda v: row(v, 3).update(start="items")),
    (
        "a fact given twice",
        "kinds.course.facts[7].key",
        lambda v: course(v)["facts"].append(dict(fact(v, 5))),
    ),
    ("a fact of an unknown type", "kinds.course.facts[6].type", lambda v: fact(v, 5).update(type="formula")),
    ("limits of a choice", "kinds.course.facts[1].min", lambda v: fact(v, 0).update(min=1)),
    ("limits the wrong way round", "kinds.course.facts[3].min", lambda v: fact(v, 2).update(max=0)),
    (
        "one choice only",
        "kinds.course.facts[1].choices",
        lambda v: fact(v, 0).update(choices={"day": "按天"}),
    ),
    ("required twice over", "kinds.course.facts[2].required", lambda v: fact(v, 1).update(required=True)),
    (
        "a year of no date",
        "kinds.course.year_fact",
        lambda v: course(v).update(year_fact="days", year_word="结业"),
    ),
    ("an unknown form", "kinds.course.form", lambda v: course(v).update(form="02")),
    ("an unknown category", "kinds.course.category", lambda v: course(v).update(category="other")),
    ("no kinds", "kinds", lambda v: v.update(kinds={})),
    ("a form twice", "forms", lambda v: v["forms"].append(dict(v["forms"][0]))),
    ("a category twice", "categories", lambda v: v["categories"].append(dict(v["categories"][0]))),
    ("no categories", "categories", lambda v: v.update(categories=[])),
    ("a step that does not divide one", "hours.step", lambda v: v["hours"].update(step=Decimal("0.3"))),
    ("a step longer than an hour", "hours.step", lambda v: v["hours"].update(step=2)),
    (
        "a minimum of a category off the step",
        "minimums[1].by_category.main",
        lambda v: v["minimums"][0].update(by_category={"main": Decimal("0.3")}),
    ),
    ("minimums that fall in years", "minimums", lambda v: v["minimums"].append(dict(v["minimums"][0]))),
    (
        "a minimum of an unknown category",
        "minimums[1].by_category.x",
        lambda v: v["minimums"][0].update(by_category={"x": 1}),
    ),
    ("a minimum off the step", "minimums[1].total", lambda v: v["minimums"][0].update(total=Decimal("0.3"))),
    (
        "a share that does not say of what",
        "minimums[1].by_category.main",
        lambda v: v["minimums"][0].update(by_category={"main": "2/3"}),
    ),
    (
        "a share of something else",
        "minimums[1].by_category.main.of",
        lambda v: v["minimums"][0].update(by_category={"main": {"share": "2/3", "of": "year"}}),
    ),
    (
        "a half hour that was meant to be a half",
        "minimums[1].by_category.main",
        lambda v: v["minimums"][0].update(by_category={"main": Decimal("0.5")}),
    ),
    (
        "a minimum above the total",
        "minimums[1].by_category.main",
        lambda v: v["minimums"][0].update(by_category={"main": 200}),
    ),
    (
        "a total of half an hour",
        "minimums[1].total",
        lambda v: v["minimums"][0].update(total=Decimal("0.5"), by_category={}, says="少"),
    ),
    (
        "a window of another year",
        "session.opens",
        lambda v: v["session"].update(opens=date(2015, 5, 1)),
    ),
    (
        "a proof of an unknown document",
        "evidence[1].ways[1].all",
        lambda v: v["evidence"][0]["ways"][0].update(all=[["x"]]),
    ),
    ("a proof of nothing", "evidence[1].ways[1].all", lambda v: v["evidence"][0]["ways"][0].update(all=[])),
    (
        "more papers than there are",
        "evidence[1].ways[1].all",
        lambda v: v["evidence"][0]["ways"][0].update(all=[{"any": ["paper"], "count": 2}]),
    ),
    ("a kind without proof", "evidence", kind_without_proof),
    ("two proofs of a kind", "evidence", lambda v: v["evidence"].append(dict(v["evidence"][0]))),
    ("a proof of a kind elsewhere", "evidence[1].kinds", lambda v: v["evidence"][0].update(kinds=["paper"])),
    (
        "nothing needed and yet ways",
        "evidence[1].nothing_needed",
        lambda v: v["evidence"][0].update(nothing_needed=True),
    ),
    ("a span of no years", "span.years_before", lambda v: v["span"].update(years_before=0)),
    (
        "an exception longer than the span",
        "span.exceptions[1].min_years",
        lambda v: v["span"].update(exceptions=[{"key": "a", "name": "a", "min_years": 4, "says": "a"}]),
    ),
    ("an unknown step", "routes[1].steps", lambda v: v["routes"][0].update(steps=["minister"])),
    (
        "steps in the wrong order",
        "routes[1].steps",
        lambda v: v["routes"][0].update(steps=["bureau:city", "employer"]),
    ),
    ("a route without bureau", "routes[1].steps", lambda v: v["routes"][0].update(steps=["employer"])),
    ("a route twice", "routes", lambda v: v["routes"].append(dict(v["routes"][0]))),
    ("a route for an unknown nature", "routes[1].natures", lambda v: v["routes"][0].update(natures=["x"])),
    (
        "a route without its refusal",
        "routes[1].refusal",
        lambda v: v["routes"][0].update(needs_entrusted=True),
    ),
    ("an unknown anchor", "routes[1].anchors", lambda v: v["routes"][0].update(anchors=["home"])),
    ("a window that closes first", "session.closes", lambda v: v["session"].update(closes=date(2025, 4, 1))),
    (
        "a sentence with a stranger",
        "certificate.sentence",
        lambda v: v["certificate"].update(sentence="{who}"),
    ),
    (
        "a number with a stranger",
        "certificate.number_format",
        lambda v: v["certificate"].update(number_format="{day}"),
    ),
    (
        "a sentence with a field dressed up",
        "certificate.sentence",
        lambda v: v["certificate"].update(sentence="{name!r}"),
    ),
    (
        "a sentence with a brace left open",
        "certificate.sentence",
        lambda v: v["certificate"].update(sentence="{name"),
    ),
    (
        "a number that is the same for everybody",
        "certificate.number_format",
        lambda v: v["certificate"].update(number_format="{year}"),
    ),
    (
        "a number that is the same every year",
        "certificate.number_format",
        lambda v: v["certificate"].update(number_format="{serial:06d}"),
    ),
    ("a time zone nobody keeps", "session.timezone", lambda v: v["session"].update(timezone="Mars/Base")),
    (
        "a span older than the minimums",
        "minimums[1].from_year",
        lambda v: v["minimums"][0].update(from_year=2023),
    ),
    (
        "an exception twice",
        "span.exceptions",
        lambda v: v["span"].update(
            exceptions=[{"key": "a", "name": "a", "min_years": 1, "says": "a"} for _ in range(2)]
        ),
    ),
    (
        "a route behind one that always fits",
        "routes[2]",
        lambda v: v["routes"].append(dict(v["routes"][0], key="other", natures=["enterprise"])),
    ),
    (
        "a region of another province",
        "routes[1].regions.430200",
        lambda v: v["routes"][0].update(regions={"430200": ["bureau:city"]}),
    ),
    (
        "a region that is the province",
        "routes[1].regions.990000",
        lambda v: v["routes"][0].update(regions={"990000": ["bureau:city"]}),
    ),
    (
        "a region code too short",
        "routes[1].regions.9901",
        lambda v: v["routes"][0].update(regions={"9901": ["bureau:city"]}),
    ),
    (
        "a point of doubt twice",
        "ambiguities",
        lambda v: v.update(
            ambiguities=[dict.fromkeys(("id", "point", "default", "reason", "key"), "A") for _ in range(2)]
        ),
    ),
    (
        "a word for two choices",
        "kinds.course.facts[1].choices",
        lambda v: fact(v, 0)["choices"].update(day="item"),
    ),
    ("a limit of a deemed year", "kinds.course.rows[4].cap", lambda v: row(v, 3).update(cap=5)),
    (
        "an addition split by days",
        "kinds.course.rows[2].adds",
        lambda v: (
            course(v)["facts"].append({"key": "on", "name": "日", "type": "sessions", "required": False}),
            row(v, 1).update(
                adds=[{"measure": "per_day", "fact": "extra", "hours": 1, "step": 1, "sessions": "on"}]
            ),
        ),
    ),
    ("a theme of no year", "themes.now", lambda v: v.update(themes={"now": ["x"]})),
    (
        "a slip nobody knows",
        "prior_certificate.document",
        lambda v: v.update(prior_certificate={"document": "x", "cite": "x"}),
    ),
    ("a text instead of a table", "span", lambda v: v.update(span="five years")),
    ("a table instead of a list", "routes", lambda v: v.update(routes={})),
    (
        "a name twice in a list",
        "evidence[1].kinds",
        lambda v: v["evidence"][0].update(kinds=["course", "course"]),
    ),
    ("a flag that is a text", "policy.draft", lambda v: v["policy"].update(draft="yes")),
    ("a number of years that is a text", "span.years_before", lambda v: v["span"].update(years_before="3")),
]
