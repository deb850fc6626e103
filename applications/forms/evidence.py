"""上传附件 (annex 3, step 8): rows of a document kind, its seal, and any number of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

import rules
from applications.filed.facts import NEEDS_NO_EVIDENCE, YearFindings
from applications.models import Activity, Evidence, YearEntry

MOST_ROWS = 12
YEAR = re.compile(r"(19|20)[0-9]{2}")
Kinds = list[tuple[str, list[rules.Document]]]


@dataclass
class PaperLabel:
    """What a file is said to be: its kind, whether it bears the seal, the years of an earlier 学时认定单 as typed."""

    kind: str = ""
    stamped: bool = False
    prior_from: str = ""
    prior_to: str = ""

    @classmethod
    def typed(cls, data: Any, prefix: str = "") -> PaperLabel:
        return cls(
            data.get(f"{prefix}kind", ""),
            bool(data.get(f"{prefix}stamped")),
            data.get(f"{prefix}from", "").strip(),
            data.get(f"{prefix}to", "").strip(),
        )

    @property
    def prior_span(self) -> tuple[int, int] | None:
        """The years typed, or None when they are not two years."""
        if YEAR.fullmatch(self.prior_from) and YEAR.fullmatch(self.prior_to):
            return int(self.prior_from), int(self.prior_to)
        return None


@dataclass
class UploadRow:
    """The files chosen for one label. `asked` names the papers it is there for, `choices` are their kinds.

    `unsealed`: such a paper is there, and only its seal is missing.
    """

    place: int
    label: PaperLabel
    files: Sequence[UploadedFile[bytes]] = ()
    asked: str = ""
    choices: Sequence[rules.Document] = ()
    unsealed: bool = False

    @property
    def prefix(self) -> str:
        return f"row-{self.place}"

    @property
    def asks_seal(self) -> bool:
        """Whether to ask for the seal: of papers that need one, and of those that could be any."""
        return not self.choices or any(document.needs_stamp for document in self.choices)

    @property
    def slot(self) -> str:
        """The same for the same gap, whichever place its row has."""
        return " ".join(document.key for document in self.choices)


class EvidenceSheet:
    """The upload form of one year: a first row for any papers, then one for each paper that is still missing."""

    def __init__(self, policy: rules.Policy, rows: list[UploadRow]) -> None:
        self.policy, self.rows = policy, rows

    @classmethod
    def asking_for(
        cls,
        policy: rules.Policy,
        entry: YearEntry,
        found: YearFindings,
        typed: EvidenceSheet | None = None,
    ) -> EvidenceSheet:
        """The form for what the year lacks now; labels of a refused form are kept where their row is still there."""
        documents = {document.key: document for document in policy.documents}
        papers = list(entry.evidence.all())
        slots = missing_slots(policy, entry.activities.all(), papers) if found.evidence else {}
        before = {row.label.kind: row.label for row in typed.rows} if typed else {}
        rows = [UploadRow(0, typed.rows[0].label if typed else PaperLabel())]
        for place, (slot, words) in enumerate(list(slots.items())[: MOST_ROWS - 1], start=1):
            label = next((before[key] for key in slot if key in before), PaperLabel(slot[0]))
            unsealed = any(paper.kind in slot and not paper.stamped for paper in papers)
            choices = [documents[key] for key in slot]
            rows.append(UploadRow(place, label, asked=words, choices=choices, unsealed=unsealed))
        return cls(policy, rows)

    @classmethod
    def typed(cls, policy: rules.Policy, data: Any, files: Any) -> EvidenceSheet:
        """The rows as posted; how many there are says the hidden field `rows`. A camera has a control of its own."""
        told = str(data.get("rows", "1"))
        count = min(max(int(told), 1), MOST_ROWS) if re.fullmatch(r"[0-9]{1,2}", told) else 1
        rows = [
            UploadRow(
                place,
                PaperLabel.typed(data, f"row-{place}-"),
                files=files.getlist(f"row-{place}-files") + files.getlist(f"row-{place}-camera"),
            )
            for place in range(count)
        ]
        return cls(policy, rows)

    @property
    def chosen(self) -> list[UploadRow]:
        return [row for row in self.rows if row.files]

    @property
    def any_paper(self) -> UploadRow:
        return self.rows[0]

    @property
    def missing(self) -> list[UploadRow]:
        return self.rows[1:]

    @property
    def kinds(self) -> Kinds:
        """Document kinds for a select: those the year lacks first."""
        lacking = {document.key for row in self.missing for document in row.choices}
        wanted = [document for document in self.policy.documents if document.key in lacking]
        others = [document for document in self.policy.documents if document.key not in lacking]
        groups = [("本年度还缺的材料", wanted), ("其他材料" if wanted else "材料种类", others)]
        return [(label, documents) for label, documents in groups if documents]


def missing_slots(
    policy: rules.Policy, activities: Iterable[Activity], evidence: Iterable[Evidence]
) -> Mapping[tuple[str, ...], str]:
    """What the nearest way of each activity still lacks: kinds that would do, and their names in words."""
    papers = [
        rules.Doc(kind=paper.kind, stamped=paper.stamped)
        for paper in evidence
        if paper.kind != policy.prior_document  # one that proved the year would leave nothing to ask for
    ]
    slots: dict[tuple[str, ...], str] = {}
    for activity in activities:
        if activity.basis in NEEDS_NO_EVIDENCE:
            continue
        gap = rules.evidence_gap(policy, form=activity.form, kind=activity.kind or None, documents=papers)
        if not gap.sufficient:
            way = gap.ways[0]
            slots.update(zip(way.papers, way.missing, strict=True))
    return slots
