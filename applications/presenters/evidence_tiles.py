"""What the evidence page shows of one year: what is missing, and the files with what can be done to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

import rules
from applications.filed import facts
from applications.filed.folder import NEEDS_NO_EVIDENCE, Folder, tied
from applications.files.papers import Inside
from applications.forms import EvidenceSheet
from applications.models import Application, Evidence, YearEntry
from applications.presenters.refusals import open_years
from applications.services.evidence import MOST_BYTES, MOST_FILES_A_YEAR, TOO_MUCH
from cehours.lib import file_kinds, uploads

MEGABYTE = 1024 * 1024
# The state of the virus scan in words, and the tile's tone; a clean file needs no words.
SCANS = {
    "waiting": ("checking", "正在等待安全检查，通过后才能查看，提交也要等它通过"),
    "infected": ("block", "安全检查发现病毒，已停用。请删除，从原处重新导出后再上传"),
}


@dataclass(frozen=True)
class Tile:
    """An uploaded file, what it is said to be, what it proves, and whether it can be looked at.

    `home`: the year it was uploaded to, where that is another than the page's.
    """

    evidence: Evidence
    name: str
    state: str
    says: str
    first: bool
    last: bool
    proves: tuple[str, ...] = ()
    home: int | None = None

    @property
    def ties(self) -> list[UUID]:
        return tied(self.evidence)

    @property
    def open(self) -> bool:
        """Nobody looks at a file that the scanner has not passed."""
        return self.state == "ok"


def tiles_of(
    papers: Sequence[Evidence],
    names: Mapping[str, str],
    folder: Folder | None = None,
    entry: YearEntry | None = None,
) -> list[Tile]:
    """The files in their order; with `folder` and `entry` also what each proves in that year."""
    own = [paper for paper in papers if entry is None or paper.year_entry_id == entry.pk]
    return [
        Tile(
            paper,
            names.get(paper.kind, paper.kind),
            *SCANS.get(paper.scan, ("ok", "")),
            first=paper not in own[1:],
            last=paper not in own[:-1],
            proves=_proves(paper, folder, entry),
            home=paper.year_entry.year if paper not in own else None,
        )
        for paper in papers
    ]


def _proves(paper: Evidence, folder: Folder | None, entry: YearEntry | None) -> tuple[str, ...]:
    if folder is None or entry is None:
        return ()
    if paper.kind == folder.slip:  # its range says it, whatever was learned in the years
        return ()
    return tuple(dict.fromkeys(each.title for each in folder.proves(paper, entry)))


@dataclass(frozen=True)
class Ticks:
    """The activities of one year that a paper can be ticked for: their keys, with subject and title in words."""

    year: int
    activities: list[tuple[UUID, str]]


def ticks(policy: rules.Policy, entries: Iterable[YearEntry], here: int) -> list[Ticks]:
    """Everything a paper of this application can prove, the year of the page first."""
    short = {category.key: category.short for category in policy.categories}
    listed = [
        Ticks(
            entry.year,
            [
                (each.pk, f"{short.get(each.category, each.category)} · {each.title}")
                for each in entry.activities.all()
                if each.basis not in NEEDS_NO_EVIDENCE
            ],
        )
        for entry in entries
    ]
    return sorted(
        (each for each in listed if each.activities), key=lambda each: (each.year != here, each.year)
    )


def address(case: Application, year: int) -> str:
    return reverse("applications:evidence", args=[case.pk, year])


def more_pictures(case_id: UUID, evidence_id: UUID, number: int, inside: Inside) -> list[str]:
    """The addresses of the pictures below the first one, for a page so long that it is cut into several."""
    page = reverse("applications:evidence_page", args=[case_id, evidence_id, number])
    return [f"{page}?part={part}" for part in range(2, inside.of_page(number) + 1)]


def names_of(case: Application) -> dict[str, str]:
    """The names of the document kinds under the policy of the case."""
    return {document.key: document.name for document in facts.policy_of(case).documents}


def context_of(case: Application, entry: YearEntry, typed: EvidenceSheet | None = None) -> dict[str, Any]:
    """Everything that changes when a file arrives, moves or goes."""
    policy = facts.policy_of(case)
    folder = Folder.of(case, policy)
    found = facts.find_year(policy, entry, folder)
    tiles = tiles_of(folder.of_year(entry), names_of(case), folder, entry)
    entries = list(case.years.prefetch_related("activities__recognised"))
    asked = open_years(case)
    states = [(each.year, not facts.find_year(policy, each, folder).evidence) for each in entries]
    return {
        "entry": entry,
        "tiles": tiles,
        "own_files": sum(tile.home is None for tile in tiles),
        "unlooked": [tile.evidence.pk for tile in tiles if not tile.evidence.confirmed],
        "years": [(year, complete and year not in asked) for year, complete in states],
        "next_year": next_lacking(states, after=entry.year),
        "ticks": ticks(policy, entries, entry.year),
        "found": found,
        "unanswered": entry.year in asked,
        "sheet": EvidenceSheet.asking_for(policy, entry, found, folder, typed),
        "prior": policy.prior_document,
        "limits": limits(),
        "used": sum(paper.size for paper in folder.papers),
    }


def next_lacking(years: Sequence[tuple[int, bool]], *, after: int) -> int | None:
    """The next year whose papers are not complete, those before `after` last; None when all are."""
    lacking = [year for year, complete in years if not complete and year != after]
    return next((year for year in lacking if year > after), lacking[0] if lacking else None)


def limits() -> dict[str, int]:
    """A56, in MB and numbers, for the sentences above the upload; `heic`: whether phone pictures are converted."""
    return {
        "file": uploads.MAX_BYTES // MEGABYTE,
        "files": MOST_FILES_A_YEAR,
        "all": MOST_BYTES // MEGABYTE,
        "heic": uploads.takes_heic(),
    }


def browser_checks() -> str:
    """What the browser looks at before it sends a file, with the sentences the server would say (JSON)."""
    return json.dumps(
        {
            "size": uploads.MAX_BYTES,
            "tooLarge": uploads.TOO_LARGE,
            "empty": uploads.EMPTY,
            "hints": uploads.hints(),
            "firstBytes": file_kinds.first_bytes(),
            "all": MOST_BYTES,
            "tooMuch": TOO_MUCH,
            "most": MOST_FILES_A_YEAR,
            "tooMany": f"每个年度最多上传 {MOST_FILES_A_YEAR} 个文件，请合并为 PDF 后上传。",
        },
        ensure_ascii=False,
    )
