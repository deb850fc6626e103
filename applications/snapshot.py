"""Freezing: everything filed, as canonical JSON with its SHA-256. Holds no identity number in clear."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import rules
from applications import facts
from applications.facts import Findings, YearFindings
from applications.models import Activity, Application, Evidence, Revision, YearEntry


def freeze(case: Application, findings: Findings, *, now: datetime) -> Revision:
    """Writes the next numbered revision of `case`; the caller moves `case.revision` on."""
    content = json.dumps(_content(case, findings), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    revision = Revision(
        application=case,
        number=case.revision + 1,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        submitted_at=now,
    )
    revision.save(force_insert=True)
    return revision


def _content(case: Application, findings: Findings) -> dict[str, Any]:
    policy = facts.policy_of(case)
    entries = case.years.prefetch_related("activities", "evidence").order_by("year")
    return {
        "policy": policy.key,
        "session": str(case.session_id),
        "header": _header(case, policy),
        "span": list(findings.span.years),
        "years": [_year(entry, findings.of_year(entry.year)) for entry in entries],
        "evidence_note": case.evidence_note,
    }


def _header(case: Application, policy: rules.Policy) -> dict[str, str]:
    """Names as chosen at filing time: later changes of profile or registry do not reach back (R237)."""
    return {
        "name": case.name,
        "id_kind": case.get_id_kind_display(),
        "id_index": bytes(case.id_index).hex(),
        "gender": case.gender,
        "ethnicity": case.ethnicity,
        "employer": case.employer.name if case.employer else "",
        "nature": case.get_nature_display(),
        "target_title": _name(policy.target_titles, case.target_title),
        "phone": case.phone,
        "education": _name(policy.educations, case.education),
        "title_series": case.title_series,
        "specialty": case.specialty,
        "region": case.region.name if case.region else "",
        "region_anchor": case.get_region_anchor_display(),
        "remark": case.remark,
        "span_exception": case.span_exception,
    }


def _name(choices: tuple[rules.Choice, ...], key: str) -> str:
    return next((choice.name for choice in choices if choice.key == key), key)


def _year(entry: YearEntry, found: YearFindings | None) -> dict[str, Any]:
    return {
        "year": entry.year,
        "activities": [_activity(activity) for activity in entry.activities.all()],
        "evidence": [_evidence(paper) for paper in entry.evidence.all()],
        "totals": {key: rules.number_text(value) for key, value in found.assessment.entered.items()}
        if found
        else {},
        "total": rules.number_text(found.assessment.total) if found else "0",
        "met": bool(found and found.met),
        "says": found.assessment.says if found else "",
        "gaps": [{"title": gap.title, "form": gap.form, "ways": list(gap.ways)} for gap in found.evidence]
        if found
        else [],
        "over_claimed": list(found.over_claimed) if found else [],
    }


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "category": activity.category,
        "form": activity.form,
        "kind": activity.kind,
        "title": activity.title,
        "basis": activity.basis,
        "facts": activity.facts,
        "claimed": rules.number_text(activity.claimed),
        "computed": None if activity.computed is None else rules.number_text(activity.computed),
        "cite": activity.cite,
        "says": activity.says,
        "over_reason": activity.over_reason,
    }


def _evidence(paper: Evidence) -> dict[str, Any]:
    return {
        "id": str(paper.pk),
        "kind": paper.kind,
        "stamped": paper.stamped,
        "prior_span": [paper.prior_from, paper.prior_to] if paper.prior_from else None,
        "filename": paper.filename,
        "content_type": paper.content_type,
        "pages": paper.pages,
        "size": paper.size,
        "sha256": paper.sha256,
        "storage_key": paper.storage_key,
    }
