"""What the evidence page shows of one year: what is missing, and the files with what can be done to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from applications.filed import facts
from applications.files.papers import Inside
from applications.forms import EvidenceSheet
from applications.models import Application, Evidence, YearEntry
from applications.services.evidence import MOST_BYTES, MOST_FILES_A_YEAR
from cehours.lib import file_kinds, uploads

MEGABYTE = 1024 * 1024
# The state of the virus scan in words, and the tile's tone; a clean file needs no words.
SCANS = {
    "waiting": ("checking", "正在等待安全检查，通过后才能查看，提交也要等它通过"),
    "infected": ("block", "安全检查发现病毒，已停用。请删除，从原处重新导出后再上传"),
}


@dataclass(frozen=True)
class Tile:
    """An uploaded file, what it is said to be, and whether it can be looked at."""

    evidence: Evidence
    name: str
    state: str
    says: str
    first: bool
    last: bool

    @property
    def open(self) -> bool:
        """Nobody looks at a file that the scanner has not passed."""
        return self.state == "ok"


def tiles_of(papers: list[Evidence], names: Mapping[str, str]) -> list[Tile]:
    """The files in their order."""
    return [
        Tile(
            paper,
            names.get(paper.kind, paper.kind),
            *SCANS.get(paper.scan, ("ok", "")),
            first=place == 0,
            last=place == len(papers) - 1,
        )
        for place, paper in enumerate(papers)
    ]


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
    papers = list(entry.evidence.all())
    found = facts.find_year(policy, entry)
    return {
        "entry": entry,
        "tiles": tiles_of(papers, names_of(case)),
        "found": found,
        "sheet": EvidenceSheet.asking_for(policy, entry, found, typed),
        "prior": policy.prior_document,
        "limits": limits(),
    }


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
            "most": MOST_FILES_A_YEAR,
            "tooMany": f"每个年度最多上传 {MOST_FILES_A_YEAR} 个文件，请合并为 PDF 后上传。",
        },
        ensure_ascii=False,
    )
