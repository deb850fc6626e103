"""Reading the span of years and the routes: who must file what, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TypedDict

from rules.kinds import Choice, Fact
from rules.policy import Contradiction, Filing, RouteRule, SpanException, SpanRule
from rules.schema.conditions import read_conditions
from rules.schema.table import Table

STEPS = ("employer", "department", "department:self", "bureau:county", "bureau:city", "bureau:province")
ANCHORS = ("unit", "archive")


def read_span(root: Table, year: int, educations: tuple[Choice, ...], titles: tuple[Choice, ...]) -> SpanRule:
    """The years before the policy's own year, and the reasons to file fewer."""
    table = root.table("span")
    count = table.integer("years_before")
    if not 1 <= count <= 20:
        raise table.fail("years_before", "须在 1 与 20 之间")
    facts = {
        "education": _choice_fact("education", "最高学历", educations),
        "target_title": _choice_fact("target_title", "拟申报职称", titles),
    }
    exceptions = tuple(_exception(each, facts, count) for each in table.tables("exceptions", needed=False))
    if len({exception.key for exception in exceptions}) != len(exceptions):
        raise table.fail("exceptions", "有两个例外的 key 相同")
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
        remark=table.text("remark", ""),
    )
    table.close()
    if exception.min_years > count:
        raise table.fail("min_years", "比核认跨度的年数还多")
    return exception


@dataclass(frozen=True, slots=True)
class Province:
    """The code of the policy's province, and those of its divisions (none: there is no list of them)."""

    code: str
    codes: frozenset[str]

    def holds(self, code: str) -> bool:
        """Whether the code can be a city or county of this province."""
        well_formed = len(code) == 6 and code.isascii() and code.isdigit() and code[2:] != "0000"
        return well_formed and code[:2] == self.code[:2] and (not self.codes or code in self.codes)


class Ways(TypedDict):
    """Who decides, where the last step files, and what contradicts itself."""

    routes: tuple[RouteRule, ...]
    filings: tuple[Filing, ...]
    contradictions: tuple[Contradiction, ...]


def read_ways(
    root: Table, province: Province, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> Ways:
    """The three sections that say how a case goes."""
    routes = read_routes(root, province, affiliations, natures)
    return {
        "routes": routes,
        "filings": read_filings(root, routes),
        "contradictions": read_contradictions(root, affiliations, natures),
    }


def read_contradictions(
    root: Table, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> tuple[Contradiction, ...]:
    """What a registry cannot mean, so that nobody guesses a route from it."""
    return tuple(
        _contradiction(each, affiliations, natures) for each in root.tables("contradictions", needed=False)
    )


def _contradiction(
    table: Table, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> Contradiction:
    found = Contradiction(
        affiliations=_known(table, "affiliations", affiliations),
        natures=_known(table, "natures", natures),
        superior=table.flag("superior", default=False) if table.has("superior") else None,
        cite=table.text("cite"),
        says=table.text("says"),
    )
    table.close()
    if sum((bool(found.affiliations), bool(found.natures), found.superior is not None)) < 2:
        raise table.fail("says", "affiliations、natures、superior 至少写两项，一项登记不会自相矛盾")
    return found


def read_routes(
    root: Table, province: Province, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> tuple[RouteRule, ...]:
    """The routes of the province, first fitting one first."""
    tables = root.tables("routes", needed=False)
    routes = tuple(_route(each, province, affiliations, natures) for each in tables)
    if len({route.key for route in routes}) != len(routes):
        raise root.fail("routes", "有两个渠道的 key 相同")
    for place, route in enumerate(routes):
        if any(_hides(earlier, route) for earlier in routes[:place]):
            raise root.fail(f"routes[{place + 1}]", "永远轮不到：前面总有一个渠道先符合，请调整次序或条件")
    return routes


def read_filings(root: Table, routes: tuple[RouteRule, ...]) -> tuple[Filing, ...]:
    """The last steps that file instead of reviewing; none in a policy that does not say so."""
    tables = root.tables("filings", needed=False)
    filings = tuple(_filing(each, {route.final_label for route in routes}) for each in tables)
    if len({filing.label for filing in filings}) != len(filings):
        raise root.fail("filings", "有两节的 label 相同")
    return filings


def _filing(table: Table, labels: set[str]) -> Filing:
    filing = Filing(table.text("label"), table.text("approved"), table.text("rejected"), table.text("cite"))
    table.close()
    if filing.label not in labels:
        raise table.fail("label", "没有哪条渠道的 final_label 是这个")
    return filing


def _hides(earlier: RouteRule, later: RouteRule) -> bool:
    """Whether everybody who fits `later` already fits `earlier`. An empty set means whatever it is."""
    affiliations = not earlier.affiliations or (
        bool(later.affiliations) and later.affiliations <= earlier.affiliations
    )
    natures = not earlier.natures or (bool(later.natures) and later.natures <= earlier.natures)
    return affiliations and natures and (earlier.without_unit or not later.without_unit)


def _regions(table: Table, province: Province) -> dict[str, tuple[str, ...]]:
    if not table.has("regions"):
        return {}
    regions = table.table("regions")
    for code in regions.names():
        if not province.holds(code):
            raise regions.fail(code, "须是本省市、县（市、区）的六位行政区划代码")
    return {code: _steps(regions, code) for code in regions.names()}


def _route(
    table: Table, province: Province, affiliations: tuple[Choice, ...], natures: tuple[Choice, ...]
) -> RouteRule:
    needs_entrusted = table.flag("needs_entrusted", default=False)
    route = RouteRule(
        key=table.text("key"),
        name=table.text("name"),
        affiliations=_known(table, "affiliations", affiliations),
        natures=_known(table, "natures", natures),
        without_unit=table.flag("without_unit", default=False),
        steps=_steps(table, "steps"),
        by_region=MappingProxyType(_regions(table, province)),
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
        raise table.fail("anchors", f"只能写 {'、'.join(ANCHORS)}")
    return route


def _known(table: Table, key: str, choices: tuple[Choice, ...]) -> frozenset[str]:
    wanted = frozenset(table.texts(key, ()))
    unknown = wanted - {choice.key for choice in choices}
    if unknown:
        raise table.fail(key, f"选项里没有 {sorted(unknown)[0]}，见 [lists]")
    return wanted


def _steps(table: Table, key: str) -> tuple[str, ...]:
    steps = table.texts(key)
    unknown = [step for step in steps if step not in STEPS]
    if unknown or not steps:
        raise table.fail(key, f"没有 {unknown[0]} 这一步" if unknown else "一步也没有写")
    if list(steps) != sorted(steps, key=STEPS.index):
        raise table.fail(key, f"各步的次序应为 {'、'.join(STEPS)}")
    if not steps[-1].startswith("bureau:"):
        raise table.fail(key, "最后一步须是人社部门")
    return steps
