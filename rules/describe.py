"""A policy as plain JSON values, so that another program can build its forms from it, and read out in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal

from rules.explain import minimums_text, row_text, way_text
from rules.hours import number_text
from rules.kinds import Choice, Condition, Fact, Kind, Row
from rules.measures import AsStated, Deemed, Fixed, Measure, NotComputable, RankTable, Rate
from rules.points import points
from rules.policy import Contradiction, Form, Minimums, Policy, Proof, RouteRule, SessionWindow, SpanException

Json = dict[str, object]
MEASURES: Mapping[type[Measure], str] = {
    Fixed: "fixed",
    Rate: "rate",
    RankTable: "rank",
    Deemed: "deemed",
    AsStated: "as_stated",
    NotComputable: "not_computable",
}


def describe(policy: Policy) -> Json:
    """Everything that stands in the file. Hours are decimal strings, dates ISO.

    A line of a rule stands twice: as a sentence (`rows`) and part by part (`lines`).
    """
    return {
        **_head(policy),
        "categories": [{"key": c.key, "name": c.name, "short": c.short} for c in policy.categories],
        "minimums": [_minimums(policy, each) for each in policy.minimums],
        "forms": [_form(policy, form) for form in policy.forms],
        "kinds": [kind.key for kind in policy.kinds],
        "documents": [
            {"key": d.key, "name": d.name, "hint": d.hint, "needs_stamp": d.needs_stamp, "good": d.good}
            for d in policy.documents
        ],
        "evidence": [_proof(policy, proof) for proof in policy.proofs],
        "prior_certificate": policy.prior_document,
        "prior_cite": policy.prior_cite,
        "target_titles": _choices(policy.target_titles),
        "title_series": _choices(policy.title_series),
        "educations": _choices(policy.educations),
        "natures": _choices(policy.natures),
        "affiliations": _choices(policy.affiliations),
        "themes": {str(year): list(themes) for year, themes in policy.themes_by_year.items()},
        "span": {
            "years": list(policy.span.years),
            "require_all": policy.span.require_all,
            "exceptions": [_exception(each) for each in policy.span.exceptions],
            "cite": policy.span.cite,
        },
        "routes": [_route(each) for each in policy.routes],
        "filings": [
            {"label": each.label, "approved": each.approved, "rejected": each.rejected, "cite": each.cite}
            for each in policy.filings
        ],
        "contradictions": [_contradiction(each) for each in policy.contradictions],
        "recognised": [
            {"source": each.source, "natures": sorted(each.natures), "cite": each.cite, "says": each.says}
            for each in policy.recognised
        ],
        "plans": asdict(policy.plans) if policy.plans else None,
        "batches": sorted(policy.batches),
        "certificate": asdict(policy.certificate) if policy.certificate else None,
        "session": _session(policy.session) if policy.session else None,
        "bases": [{"name": base.name, "platform": base.platform} for base in policy.bases],
        "ambiguities": [
            {"id": a.id, "point": a.point, "default": a.default, "reason": a.reason, "key": a.key}
            for a in policy.ambiguities
        ],
    }


def _contradiction(each: Contradiction) -> Json:
    return {
        "affiliations": sorted(each.affiliations),
        "natures": sorted(each.natures),
        "superior": each.superior,
        "cite": each.cite,
        "says": each.says,
    }


def _head(policy: Policy) -> Json:
    return {
        "key": policy.key,
        "title": policy.title,
        "document": policy.document,
        "issuer": policy.issuer,
        "issued_on": policy.issued_on.isoformat(),
        "legal_basis": policy.legal_basis,
        "year": policy.year,
        "region": policy.region,
        "guidance": policy.guidance,
        "draft": policy.draft,
        "unit": policy.unit,
        "unit_word": policy.hours.word,
        "unit_heading": policy.hours.heading,
        "step": number_text(policy.step),
        "minutes": _number(policy.hours.minutes),
        "conversions": {other: number_text(worth) for other, worth in policy.hours.conversions.items()},
    }


def _choices(choices: Iterable[Choice]) -> list[Json]:
    return [{"key": choice.key, "name": choice.name} for choice in choices]


def _minimums(policy: Policy, minimums: Minimums) -> Json:
    return {
        "from_year": minimums.from_year,
        "total": number_text(minimums.total),
        "by_category": {key: number_text(hours) for key, hours in minimums.by_category.items()},
        "shares": {
            key: {"share": str(share.part), "of": "learnt" if share.learnt else "minimum"}
            for key, share in minimums.shares.items()
        },
        "cite": minimums.cite,
        "says": minimums_text(policy, minimums),
        "original": minimums.says,
    }


def _form(policy: Policy, form: Form) -> Json:
    return {
        "key": form.key,
        "name": form.name,
        "short": form.short,
        "printed": form.printed,
        "sources": list(form.sources),
        "cite": form.cite,
        "kinds": [_kind(kind) for kind in policy.kinds if kind.form == form.key],
    }


def _kind(kind: Kind) -> Json:
    return {
        "key": kind.key,
        "name": kind.name,
        "also": list(kind.also),
        "category": kind.category,
        "cite": kind.cite,
        "says": kind.says,
        "year_fact": kind.year_fact,
        "year_word": kind.year_word,
        "otherwise": kind.otherwise,
        "facts": [_fact(fact) for fact in kind.facts],
        "identity": [list(keys) for keys in kind.identity],
        "rows": [row_text(kind, row) for row in kind.rows],
        "lines": [_line(row) for row in kind.rows],
    }


def _line(row: Row) -> Json:
    return {
        "when": [_condition(each) for each in row.when],
        "from_year": row.first_year,
        "to_year": row.last_year,
        **_measure(row.measure),
        "adds": [_measure(each) for each in row.adds],
        "cap": _number(row.cap),
        "says": row.says,
    }


def _measure(measure: Measure) -> Json:
    """The measure by its kind, with its figures."""
    parts = {key: _plain(value) for key, value in asdict(measure).items()}
    return {"measure": MEASURES[type(measure)], **parts}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _number(number: Decimal | None) -> str | None:
    return None if number is None else number_text(number)


def _fact(fact: Fact) -> Json:
    return {
        "key": fact.key,
        "name": fact.name,
        "type": fact.type,
        "choices": _choices(fact.choices),
        "required": fact.required,
        "needed_when": [_condition(each) for each in fact.needed_when],
        "unit": fact.unit,
        "hint": fact.hint,
        "min": _number(fact.least),
        "max": _number(fact.most),
    }


def _condition(condition: Condition) -> Json:
    if condition.among:
        return {"fact": condition.fact, "among": sorted(condition.among, key=str)}
    return {"fact": condition.fact, "min": _number(condition.least), "max": _number(condition.most)}


def _proof(policy: Policy, proof: Proof) -> Json:
    ways = [
        {
            "name": way.name,
            "says": way_text(policy, way),
            "all": [
                {
                    "any": [{"kind": paper.document, "stamped": paper.stamped} for paper in slot.papers],
                    "count": slot.count,
                }
                for slot in way.slots
            ],
        }
        for way in proof.ways
    ]
    return {
        "form": proof.form,
        "kinds": list(proof.kinds),
        "ways": ways,
        "cite": proof.cite,
        "says": proof.says,
    }


def _exception(exception: SpanException) -> Json:
    return {
        "key": exception.key,
        "name": exception.name,
        "automatic": exception.automatic,
        "when": [_condition(each) for each in exception.when],
        "min_years": exception.min_years,
        "reviewer_confirms": exception.reviewer_confirms,
        "cite": exception.cite,
        "says": exception.says,
        "remark": exception.remark,
    }


def _route(rule: RouteRule) -> Json:
    return {
        "key": rule.key,
        "name": rule.name,
        "affiliations": sorted(rule.affiliations),
        "natures": sorted(rule.natures),
        "without_unit": rule.without_unit,
        "steps": list(rule.steps),
        "by_region": {code: list(steps) for code, steps in rule.by_region.items()},
        "final_label": rule.final_label,
        "departments": rule.departments,
        "anchors": list(rule.anchors),
        "needs_entrusted": rule.needs_entrusted,
        "refusal": rule.refusal,
        "cite": rule.cite,
        "says": rule.says,
    }


def _session(window: SessionWindow) -> Json:
    return {
        "opens": window.opens.isoformat(),
        "closes": window.closes.isoformat(),
        "review_until": window.review_until.isoformat(),
        "grace_days": window.grace_days,
        "timezone": window.timezone,
        "cite": window.cite,
    }


def in_words(policy: Policy) -> Iterator[str]:
    """The whole policy, read out point by point; what belongs to one thing stands indented under it."""
    section = thing = ""
    for point in points(policy):
        now = point.place.partition(".")[0]
        if now != section and section:
            yield ""
        section = now
        name, *parts = point.label.split("·")
        if len(parts) > 1:
            if parts[0] != thing:
                yield f"{name}·{parts[0]}"
            yield f"  - {'·'.join(parts[1:])}：{point.words}"
        else:
            yield f"{point.label}：{point.words}"
        thing = parts[0] if parts else ""
