"""A policy as plain JSON values, so that another program can build its forms from it."""

from __future__ import annotations

from collections.abc import Iterable

from rules.explain import minimums_text, row_text, way_text
from rules.hours import number_text
from rules.kinds import Choice, Condition, Fact, Kind
from rules.policy import Form, Minimums, Policy, Proof, RouteRule, SessionWindow, SpanException

Json = dict[str, object]


def describe(policy: Policy) -> Json:
    """Everything a program needs to ask for facts and papers. Hours are decimal strings, dates ISO."""
    return {
        **_head(policy),
        "categories": [{"key": c.key, "name": c.name, "short": c.short} for c in policy.categories],
        "minimums": [_minimums(policy, each) for each in policy.minimums],
        "forms": [_form(policy, form) for form in policy.forms],
        "documents": [
            {"key": d.key, "name": d.name, "hint": d.hint, "needs_stamp": d.needs_stamp, "good": d.good}
            for d in policy.documents
        ],
        "evidence": [_proof(policy, proof) for proof in policy.proofs],
        "prior_certificate": policy.prior_document,
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
        "session": _session(policy.session) if policy.session else None,
        "bases": [{"name": base.name, "platform": base.platform} for base in policy.bases],
        "ambiguities": [
            {"id": a.id, "point": a.point, "default": a.default, "reason": a.reason, "key": a.key}
            for a in policy.ambiguities
        ],
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
        "unit": policy.unit,
        "step": number_text(policy.step),
    }


def _choices(choices: Iterable[Choice]) -> list[Json]:
    return [{"key": choice.key, "name": choice.name} for choice in choices]


def _minimums(policy: Policy, minimums: Minimums) -> Json:
    return {
        "from_year": minimums.from_year,
        "total": number_text(minimums.total),
        "by_category": {key: number_text(hours) for key, hours in minimums.by_category.items()},
        "cite": minimums.cite,
        "says": minimums_text(policy, minimums),
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
        "category": kind.category,
        "cite": kind.cite,
        "says": kind.says,
        "year_fact": kind.year_fact,
        "facts": [_fact(fact) for fact in kind.facts],
        "identity": [list(keys) for keys in kind.identity],
        "rows": [row_text(kind, row) for row in kind.rows],
    }


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
        "min": None if fact.least is None else number_text(fact.least),
        "max": None if fact.most is None else number_text(fact.most),
    }


def _condition(condition: Condition) -> Json:
    if condition.among:
        return {"fact": condition.fact, "among": sorted(condition.among, key=str)}
    least, most = condition.least, condition.most
    return {
        "fact": condition.fact,
        "min": None if least is None else number_text(least),
        "max": None if most is None else number_text(most),
    }


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
        "says": exception.says,
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
    }
