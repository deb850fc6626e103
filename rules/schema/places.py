"""Reading the span of years and the routes: who must file what, and who decides."""

from __future__ import annotations

from types import MappingProxyType

from rules.kinds import Choice, Fact
from rules.policy import Filing, RouteRule, SpanException, SpanRule
from rules.schema.conditions import read_conditions
from rules.schema.table import Table

STEPS = ("employer", "department", "department:self", "bureau:county", "bureau:city", "bureau:province")
ANCHORS = ("unit", "archive")


def read_span(root: Table, year: int, educations: tuple[Choice, ...], titles: tuple[Choice, ...]) -> SpanRule:
    """The years before the policy's own year, and the reasons to file fewer."""
    table = root.table("span")
    count = table.integer("years_before")
    if not 1 <= count <= 20:
        raise table.fail("years_before", "must lie between 1 and 20")
    facts = {
        "education": _choice_fact("education", "最高学历", educations),
        "target_title": _choice_fact("target_title", "拟申报职称", titles),
    }
    exceptions = tuple(_exception(each, facts, count) for each in table.tables("exceptions", needed=False))
    if len({exception.key for exception in exceptions}) != len(exceptions):
        raise table.fail("exceptions", "names an exception twice")
    rule = SpanRule(
        years=tuple(range(year - count, year)),
        require_all=table.flag("require_all", default=True),
        exceptions=exceptions,
        cite=table.text("cite"),
    )
    table.close()
    return rule


def _choice_fact(key: str, name: str, choices: tuple[Choice, ...]) -> Fact:
    return Fact(key, name, "choice", choices, True, "", "", (), None, None)


def _exception(table: Table, facts: dict[str, Fact], count: int) -> SpanException:
    exception = SpanException(
        key=table.text("key"),
        name=table.text("name"),
        automatic=table.flag("automatic", default=False),
        when=read_conditions(table, "when", facts),
        min_years=table.integer("min_years"),
        reviewer_confirms=table.flag("reviewer_confirms", default=True),
        says=table.text("says"),
        cite=table.text("cite", ""),
    )
    table.close()
    if exception.min_years > count:
        raise table.fail("min_years", "is more than the span itself")
    return exception


def read_routes(
    root: Table, region: str, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> tuple[RouteRule, ...]:
    """The routes of the province `region`, first fitting one first."""
    tables = root.tables("routes", needed=False)
    routes = tuple(_route(each, region, affiliations, natures) for each in tables)
    if len({route.key for route in routes}) != len(routes):
        raise root.fail("routes", "names a route twice")
    for place, route in enumerate(routes):
        if any(_hides(earlier, route) for earlier in routes[:place]):
            raise root.fail(
                f"routes[{place + 1}]", "can never be reached: an earlier route always fits first"
            )
    return routes


def read_filings(root: Table, routes: tuple[RouteRule, ...]) -> tuple[Filing, ...]:
    """The last steps that file instead of reviewing; none in a policy that does not say so."""
    tables = root.tables("filings", needed=False)
    filings = tuple(_filing(each, {route.final_label for route in routes}) for each in tables)
    if len({filing.label for filing in filings}) != len(filings):
        raise root.fail("filings", "names a label twice")
    return filings


def _filing(table: Table, labels: set[str]) -> Filing:
    filing = Filing(table.text("label"), table.text("approved"), table.text("rejected"), table.text("cite"))
    table.close()
    if filing.label not in labels:
        raise table.fail("label", "is the final_label of no route")
    return filing


def _hides(earlier: RouteRule, later: RouteRule) -> bool:
    """Whether everybody who fits `later` already fits `earlier`. An empty set means whatever it is."""
    affiliations = not earlier.affiliations or (
        bool(later.affiliations) and later.affiliations <= earlier.affiliations
    )
    natures = not earlier.natures or (bool(later.natures) and later.natures <= earlier.natures)
    return affiliations and natures and (earlier.without_unit or not later.without_unit)


def _regions(table: Table, region: str) -> dict[str, tuple[str, ...]]:
    if not table.has("regions"):
        return {}
    regions = table.table("regions")
    for code in regions.names():
        if not (len(code) == 6 and code.isdigit() and code[:2] == region[:2] and code[2:] != "0000"):
            raise regions.fail(code, "must be the six-digit code of a city or county of this province")
    return {code: _steps(regions, code) for code in regions.names()}


def _route(
    table: Table, region: str, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> RouteRule:
    needs_entrusted = table.flag("needs_entrusted", default=False)
    route = RouteRule(
        key=table.text("key"),
        name=table.text("name"),
        affiliations=_known(table, "affiliations", affiliations),
        natures=_known(table, "natures", natures),
        without_unit=table.flag("without_unit", default=False),
        steps=_steps(table, "steps"),
        by_region=MappingProxyType(_regions(table, region)),
        final_label=table.text("final_label"),
        departments=table.among("departments", ("every", "any"), "every"),
        anchors=table.texts("anchors", ("unit",)),
        needs_entrusted=needs_entrusted,
        refusal=table.text("refusal") if needs_entrusted else "",
        cite=table.text("cite"),
        says=table.text("says"),
    )
    table.close()
    if not set(route.anchors) <= set(ANCHORS) or not route.anchors:
        raise table.fail("anchors", f"must be some of {', '.join(ANCHORS)}")
    return route


def _known(table: Table, key: str, choices: tuple[Choice, ...]) -> frozenset[str]:
    wanted = frozenset(table.texts(key, ()))
    unknown = wanted - {choice.key for choice in choices}
    if unknown:
        raise table.fail(key, f"there is no {sorted(unknown)[0]!r}")
    return wanted


def _steps(table: Table, key: str) -> tuple[str, ...]:
    steps = table.texts(key)
    unknown = [step for step in steps if step not in STEPS]
    if unknown or not steps:
        raise table.fail(key, f"unknown step {unknown[0]!r}" if unknown else "must not be empty")
    if list(steps) != sorted(steps, key=STEPS.index):
        raise table.fail(key, f"steps go in the order {', '.join(STEPS)}")
    if not steps[-1].startswith("bureau:"):
        raise table.fail(key, "the last step must be a bureau")
    return steps
