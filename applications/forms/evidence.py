"""上传附件 (annex 3, step 8): rows of a document kind, its seal, and any number of files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

import rules
from applications.filed.facts import Gap, YearFindings
from applications.filed.folder import Folder, tied
from applications.models import Evidence, YearEntry

MOST_ROWS = 60
NUMBERS = "一二三四五六七八九"
YEAR = re.compile(r"(19|20)[0-9]{2}")
Kinds = list[tuple[str, list[rules.Document]]]


@dataclass
class PaperLabel:
    """What a file is said to be: its kind, whether it bears the seal, the years of an earlier 学时认定单 as typed.

    `proves`: the activities that were ticked; `guessed`: the page's script, and no person, said the kind.
    """

    kind: str = ""
    stamped: bool = False
    prior_from: str = ""
    prior_to: str = ""
    proves: tuple[UUID, ...] = ()
    guessed: bool = False

    @classmethod
    def typed(cls, data: Any, prefix: str = "") -> PaperLabel:
        return cls(
            data.get(f"{prefix}kind", ""),
            bool(data.get(f"{prefix}stamped")),
            data.get(f"{prefix}from", "").strip(),
            data.get(f"{prefix}to", "").strip(),
            tuple(uuids(data.getlist(f"{prefix}for"))),
            bool(data.get(f"{prefix}guessed")),
        )

    @property
    def prior_span(self) -> tuple[int, int] | None:
        """The years typed, or None when they are not two years."""
        if YEAR.fullmatch(self.prior_from) and YEAR.fullmatch(self.prior_to):
            return int(self.prior_from), int(self.prior_to)
        return None


def uuids(typed: Iterable[str]) -> list[UUID]:
    """Those of what was sent that are keys at all."""
    found = []
    for each in typed:
        with suppress(ValueError):
            found.append(UUID(each))
    return found


@dataclass
class UploadRow:
    """The files chosen for one label. `asked` names the papers it is there for, `choices` are their kinds.

    `gap`: whose papers they are; `nearest`: they belong to the way that lacks least. `unsealed`: such a paper is
    there, and only its seal is missing. `waiting`: one is there that was labelled by the system and not looked at.
    """

    place: int
    label: PaperLabel
    files: Sequence[UploadedFile[bytes]] = ()
    asked: str = ""
    choices: Sequence[rules.Document] = ()
    unsealed: bool = False
    waiting: bool = False
    gap: Gap | None = None
    nearest: bool = True

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


@dataclass(frozen=True)
class WayAsked:
    """One way to prove an activity, with a row for each paper that it still lacks."""

    name: str
    rows: Sequence[UploadRow]


@dataclass(frozen=True)
class GapAsked:
    """An activity that is not proved yet, and its ways side by side."""

    gap: Gap
    ways: Sequence[WayAsked]


class EvidenceSheet:
    """The upload form of one year: a first row for any papers, then one for each paper that is still missing."""

    def __init__(self, policy: rules.Policy, rows: list[UploadRow], gaps: Sequence[GapAsked] = ()) -> None:
        self.policy, self.rows, self.gaps = policy, rows, gaps

    @classmethod
    def asking_for(
        cls,
        policy: rules.Policy,
        entry: YearEntry,
        found: YearFindings,
        folder: Folder,
        typed: EvidenceSheet | None = None,
    ) -> EvidenceSheet:
        """The form for what the year lacks now; labels of a refused form are kept where their row is still there."""
        before = {(row.label.proves, row.label.kind): row.label for row in typed.rows} if typed else {}
        papers = folder.of_year(entry)
        rows = [UploadRow(0, typed.rows[0].label if typed else PaperLabel())]
        gaps = []
        for gap in found.evidence:
            ways = []
            for way in sorted(gap.found, key=lambda way: way.place):
                added = [
                    _row(policy, gap, way, slot, len(rows) + place, before, papers)
                    for place, slot in enumerate(zip(way.papers, way.missing, strict=True))
                ]
                if len(rows) + len(added) > MOST_ROWS:
                    break
                rows += added
                ways.append(WayAsked(_way_name(gap, way), added))
            gaps.append(GapAsked(gap, ways))
        return cls(policy, rows, gaps)

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
    def nearest(self) -> list[UploadRow]:
        """What would do to complete the year with the fewest papers."""
        return [row for row in self.missing if row.nearest]

    @property
    def kinds(self) -> Kinds:
        """Document kinds for a select: those the year lacks first."""
        lacking = {document.key for row in self.nearest for document in row.choices}
        wanted = [document for document in self.policy.documents if document.key in lacking]
        others = [document for document in self.policy.documents if document.key not in lacking]
        groups = [("本年度还缺的材料", wanted), ("其他材料" if wanted else "材料种类", others)]
        return [(label, documents) for label, documents in groups if documents]


def _row(
    policy: rules.Policy,
    gap: Gap,
    way: rules.Way,
    slot: tuple[tuple[str, ...], str],
    place: int,
    before: Mapping[tuple[tuple[UUID, ...], str], PaperLabel],
    papers: Sequence[Evidence],
) -> UploadRow:
    kinds, words = slot
    proves = (gap.activity,)
    choices = [policy.document_of(kind) for kind in kinds]
    here = [paper for paper in papers if paper.kind in kinds and gap.activity in tied(paper)]
    kept = (before[proves, kind] for kind in kinds if (proves, kind) in before)
    return UploadRow(
        place,
        next(kept, PaperLabel(kinds[0], proves=proves)),
        asked=words,
        choices=choices,
        unsealed=any(each.needs_stamp for each in choices) and any(not paper.stamped for paper in here),
        waiting=any(not paper.confirmed for paper in here),
        gap=gap,
        nearest=way is gap.found[0],
    )


def _way_name(gap: Gap, way: rules.Way) -> str:
    """方式一, 方式二 where there is a choice; no name where there is none."""
    return f"方式{NUMBERS[way.place]}" if len(gap.found) > 1 else ""
