"""上传附件 (annex 3, step 8): rows of a document kind, its seal, and any number of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

import rules
from applications.facts import NEEDS_NO_EVIDENCE, YearFindings
from applications.models import Activity, Evidence, YearEntry

MOST_ROWS = 12
YEAR = re.compile(r"(19|20)[0-9]{2}")


@dataclass
class UploadRow:
    """One kind of paper and the files chosen for it; `asked` names the papers it is there for.

    `prior_from` and `prior_to` are the years an earlier 学时认定单 speaks of, as typed.
    """

    place: int
    kind: str = ""
    stamped: bool = False
    files: Sequence[UploadedFile[bytes]] = ()
    asked: str = ""
    prior_from: str = ""
    prior_to: str = ""

    @property
    def prefix(self) -> str:
        return f"row-{self.place}"

    @property
    def prior_span(self) -> tuple[int, int] | None:
        """The years typed, or None when they are not two years."""
        if YEAR.fullmatch(self.prior_from) and YEAR.fullmatch(self.prior_to):
            return int(self.prior_from), int(self.prior_to)
        return None


class EvidenceSheet:
    """The upload form of one year: a row for each paper that is still missing, and one more."""

    def __init__(self, policy: rules.Policy, rows: list[UploadRow], wanted: Iterable[str] = ()) -> None:
        self.policy, self.rows = policy, rows
        self.wanted = tuple(wanted)

    @classmethod
    def asking_for(cls, policy: rules.Policy, entry: YearEntry, found: YearFindings) -> EvidenceSheet:
        slots = missing_slots(policy, entry.activities.all(), entry.evidence.all()) if found.evidence else []
        names = {document.key: document.name for document in policy.documents}
        rows = [
            UploadRow(place, kind=slot[0], asked="或".join(names[key] for key in slot))
            for place, slot in enumerate(slots[: MOST_ROWS - 1])
        ]
        rows.append(UploadRow(len(rows)))
        return cls(policy, rows, [key for slot in slots for key in slot])

    @classmethod
    def typed(cls, policy: rules.Policy, data: Any, files: Any) -> EvidenceSheet:
        """The rows as posted; how many there are says the hidden field `rows`."""
        told = str(data.get("rows", "1"))
        count = min(int(told), MOST_ROWS) if re.fullmatch(r"[0-9]{1,2}", told) else 1
        rows = [
            UploadRow(
                place,
                kind=data.get(f"row-{place}-kind", ""),
                stamped=bool(data.get(f"row-{place}-stamped")),
                files=files.getlist(f"row-{place}-files"),
                prior_from=data.get(f"row-{place}-from", "").strip(),
                prior_to=data.get(f"row-{place}-to", "").strip(),
            )
            for place in range(count)
        ]
        return cls(policy, rows)

    @property
    def chosen(self) -> list[UploadRow]:
        return [row for row in self.rows if row.files]

    @property
    def kinds(self) -> list[tuple[str, list[rules.Document]]]:
        """Document kinds for the select: those the year lacks first."""
        wanted = [document for document in self.policy.documents if document.key in self.wanted]
        others = [document for document in self.policy.documents if document.key not in self.wanted]
        groups = [("本年度还缺的材料", wanted), ("其他材料" if wanted else "材料种类", others)]
        return [(label, documents) for label, documents in groups if documents]


def missing_slots(
    policy: rules.Policy, activities: Iterable[Activity], evidence: Iterable[Evidence]
) -> list[tuple[str, ...]]:
    """For each activity the papers its nearest way still lacks, as alternatives; each gap once."""
    papers = [
        rules.Doc(kind=paper.kind, stamped=paper.stamped)
        for paper in evidence
        if paper.kind != policy.prior_document  # one that proved the year would leave nothing to ask for
    ]
    slots: dict[tuple[str, ...], None] = {}
    for activity in activities:
        if activity.basis in NEEDS_NO_EVIDENCE:
            continue
        gap = rules.evidence_gap(policy, form=activity.form, kind=activity.kind or None, documents=papers)
        if not gap.sufficient:
            slots.update(dict.fromkeys(gap.ways[0].papers))
    return list(slots)
