"""Freezing: everything filed, as canonical JSON with its SHA-256. Holds no identity number in clear."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from applications.filed import carried, facts, header
from applications.filed.facts import Findings, YearFindings
from applications.filed.folder import Folder
from applications.models import Activity, Application, Evidence, Revision, YearEntry
from training.models import RecognisedHours


@dataclass(frozen=True)
class Filed:
    """A frozen revision, parsed: whoever reads several things of one submission hands this on.

    `header`: by the keys of `filed.header`; `years` as `freeze` wrote them, the earliest first.
    """

    number: int
    header: Mapping[str, str]
    years: Sequence[Mapping[str, Any]]
    evidence_note: str

    @classmethod
    def of(cls, revision: Revision) -> Filed:
        content = json.loads(revision.content)
        return cls(revision.number, content["header"], content["years"], content["evidence_note"])


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


def earlier(case: Application) -> Filed | None:
    """What was submitted before: this case's present revision, or that of the one it was copied from."""
    source = case if case.revision or case.copied_from is None else case.copied_from
    last = source.revisions.filter(number=source.revision).first()
    return Filed.of(last) if last else None


def changed_years(case: Application, findings: Findings) -> frozenset[int]:
    """The years whose lines or papers differ from what was submitted before; all of them if nothing was."""
    last = earlier(case)
    before = {year["year"]: year for year in (last.years if last else ())}
    entries = case.years.prefetch_related("activities__recognised")
    folder = Folder.of(case, facts.policy_of(case))
    now = {entry.year: _year(entry, findings.of_year(entry.year), folder) for entry in entries}
    ties = any("proves" in paper for year in before.values() for paper in year["evidence"])
    return frozenset(
        year
        for year in {*before, *now}
        if not _same(_entered(before.get(year), ties=ties), _entered(now.get(year), ties=ties))
    )


def same_header(case: Application) -> bool:
    """Whether the header says what it said when it was submitted before."""
    last = earlier(case)
    return last is not None and _same(last.header, header.frozen(case, facts.policy_of(case)))


def _entered(year: Mapping[str, Any] | None, *, ties: bool) -> Any:
    """What the applicant entered in a year, without what follows from it.

    Without `ties`: as the first revisions were frozen, which knew a paper in the year it was uploaded to only.
    """
    if year is None:
        return None
    papers = [paper for paper in year["evidence"] if ties or paper.get("year", year["year"]) == year["year"]]
    return {"activities": year["activities"], "evidence": papers}


def _same(before: Any, now: Any) -> bool:
    """Whether two frozen things say the same. A key that only one of them has was not asked then, and a row that
    was copied has another `id`; neither is a change.
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return all(_same(before[key], now[key]) for key in before.keys() & now.keys() - {"id"})
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_same, before, now))
    return bool(before == now)


def _content(case: Application, findings: Findings) -> dict[str, Any]:
    policy = facts.policy_of(case)
    entries = case.years.prefetch_related("activities__recognised").order_by("year")
    folder = Folder.of(case, policy)
    return {
        "policy": policy.key,
        "session": str(case.session_id),
        "header": header.frozen(case, policy),
        "span": list(findings.span.years),
        "years": [_year(entry, findings.of_year(entry.year), folder) for entry in entries],
        "evidence_note": case.evidence_note,
    }


def _year(entry: YearEntry, found: YearFindings | None, folder: Folder) -> dict[str, Any]:
    return {
        "year": entry.year,
        "activities": [_activity(activity) for activity in entry.activities.all()],
        "evidence": [_evidence(paper, entry, folder) for paper in folder.of_year(entry)],
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
        "repeated": len(found.repeated) if found else 0,
    }


def _activity(activity: Activity) -> dict[str, Any]:
    # 照 … 年带入 is a reminder for the applicant, not part of what is claimed.
    says = "" if carried.year_of(activity) else activity.says
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
        "says": says,
        "over_reason": activity.over_reason,
        "recognised": _recognised(activity.recognised) if activity.recognised else None,
    }


def _recognised(row: RecognisedHours) -> dict[str, str]:
    """Where hours that were taken over come from."""
    return {"source": row.source, "number": row.number, "title": row.title}


def _evidence(paper: Evidence, entry: YearEntry, folder: Folder) -> dict[str, Any]:
    """`year`: the one it was uploaded to; `proves`: the places, in this year's list, of the activities it proves."""
    proved = folder.proves(paper, entry)
    return {
        "id": str(paper.pk),
        "year": paper.year_entry.year,
        "kind": paper.kind,
        "stamped": paper.stamped,
        "confirmed": paper.confirmed,
        "proves": [place for place, each in enumerate(entry.activities.all()) if each in proved],
        "prior_span": [paper.prior_from, paper.prior_to] if paper.prior_from else None,
        "filename": paper.filename,
        "content_type": paper.content_type,
        "pages": paper.pages,
        "size": paper.size,
        "sha256": paper.sha256,
        "storage_key": paper.storage_key,
    }
