"""What is kept of a person's applications, in words, with the files that belong to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

import rules
from applications.filed import facts, header
from applications.models import Activity, Application, Evidence, Handover, Scan
from applications.presenters.timeline import timeline
from applications.queries import mine
from cehours.lib import clock
from cehours.lib.filenames import clean_name
from cehours.my_data import queries
from organizations.acting.actor import Actor
from review.cases.comparing import fact_in_words

PAPERS = "佐证材料"


@dataclass(frozen=True)
class Enclosure:
    """A stored file, what its bytes must hash to, and where it goes in the archive."""

    path: str
    storage_key: str
    sha256: str


def cases_of(actor: Actor) -> list[Application]:
    handovers = Handover.objects.select_related("from_unit", "to_unit", "unit")
    related = (
        "years__activities", "evidence__year_entry", "evidence__ties__activity", "revisions", "drafts",
        Prefetch("handovers", handovers),
    )  # fmt: skip
    return list(mine(actor).select_related("region").prefetch_related(*related))


def application(case: Application, number: int, enclosures: list[Enclosure]) -> dict[str, Any]:
    folder = f"{PAPERS}/{number}-{clean_name(case.session.name)}"
    policy = facts.policy_of(case)
    names = {document.key: document.name for document in policy.documents}
    papers = list(_papers(case, folder, names, enclosures))
    return {
        "session": case.session.name,
        "state": case.state_in_words,
        "created_at": time_of(case.created_at),
        "submitted_at": time_of(case.submitted_at),
        "header": _header(case, policy),
        "evidence_note": case.evidence_note,
        "years": [
            {
                "year": entry.year,
                "remark_dealt_with": entry.settled is not None,
                "activities": [_activity(each, policy) for each in entry.activities.all()],
            }
            for entry in case.years.all()
        ],
        "evidence": papers,
        "submitted": [
            {"number": each.number, "at": time_of(each.submitted_at), "content": json.loads(each.content)}
            for each in case.revisions.all()
        ],
        # How many notes reviewers made and when, and not a word of them (policy decision A84).
        "internal_notes": [time_of(at) for at in queries.notes_on(case)],
        "handed_on": [_handed_on(each) for each in case.handovers.all()],
        "typed_but_not_saved": [
            {"section": each.section, "at": time_of(each.saved_at), "fields": each.fields}
            for each in case.drafts.all()
        ],
        "progress": [
            {
                "at": time_of(step.when),
                "what": step.what,
                "who": step.who,
                "says": step.says,
                "remarks": step.remarks,
            }
            for step in timeline(case)
            if step.when
        ],
    }


def _handed_on(handover: Handover) -> dict[str, Any]:
    return {
        "at": time_of(handover.at),
        "how": handover.get_kind_display(),
        "from": handover.from_unit.name,
        "to": handover.to_unit.name,
        "by": handover.unit.name,
        "reason": handover.reason,
    }


def _header(case: Application, policy: rules.Policy) -> list[dict[str, str]]:
    """Every field in words, in the form's order; the identity number stands once, under `identity`."""
    filled = header.frozen(case, policy)
    return [
        {"key": line.field.key, "label": line.label, "value": line.value}
        for line in header.lines(filled, policy, header.Place.OWN_DATA)
    ]


def _activity(activity: Activity, policy: rules.Policy) -> dict[str, Any]:
    """One activity in the policy's words."""
    categories = {category.key: category.name for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    kind = next((each for each in policy.kinds if each.key == activity.kind), None)
    known = {fact.key: fact for fact in kind.facts} if kind else {}
    return {
        "title": activity.title,
        "category": categories.get(activity.category, activity.category),
        "form": forms.get(activity.form, activity.form),
        "kind": kind.name if kind else activity.kind,
        "hours": str(activity.claimed),
        "unit": policy.hours.word,
        "facts": {
            known[key].name if key in known else key: fact_in_words(known.get(key), value)
            for key, value in activity.facts.items()
        },
    }


def _papers(
    case: Application, folder: str, names: dict[str, str], enclosures: list[Enclosure]
) -> Iterator[dict[str, Any]]:
    """The files of the working copy, then those of earlier submissions that were replaced since."""
    shown: set[tuple[int, str]] = set()  # a file of an earlier submission stands in each year it proves
    for number, paper in enumerate(case.evidence.all(), start=1):
        year = paper.year_entry.year
        shown.add((year, paper.sha256))
        path = f"{folder}/{year}/{number:03d}-{clean_name(paper.filename)}"
        yield {
            "year": year,
            "kind": names.get(paper.kind, paper.kind),
            "filename": paper.filename,
            "proves": [tie.activity.title for tie in paper.ties.all()],
            "looked_at": paper.confirmed,
            "uploaded_at": time_of(paper.uploaded_at),
            "file": _enclosed(paper, path, enclosures),
        }
    for revision in case.revisions.all():
        for entry in json.loads(revision.content)["years"]:
            for paper in entry["evidence"]:
                if (entry["year"], paper["sha256"]) in shown:
                    continue
                shown.add((entry["year"], paper["sha256"]))
                name = f"{paper['sha256'][:8]}-{clean_name(paper['filename'])}"
                path = f"{folder}/{entry['year']}/第{revision.number}次提交-{name}"
                enclosures.append(Enclosure(path, paper["storage_key"], paper["sha256"]))
                yield {
                    "year": entry["year"],
                    "kind": names.get(paper["kind"], paper["kind"]),
                    "filename": paper["filename"],
                    "file": path,
                }


def _enclosed(paper: Evidence, path: str, enclosures: list[Enclosure]) -> str:
    """The place in the archive; "" for what is still with the virus scanner or did not pass it."""
    if paper.scan != Scan.CLEAN:
        return ""
    enclosures.append(Enclosure(path, paper.storage_key, paper.sha256))
    return path


def time_of(moment: Any) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
