"""A drawing of what a good paper shows, for each kind of paper: one drawing serves all papers of the same make."""

from __future__ import annotations

DRAWN = {
    "letter": (
        "notice", "practice_notice", "dispatch_sealed", "invitation", "meeting_notice", "closing_proof", "dispatch",
        "overseas_invitation",
    ),
    "certificate": (
        "completion", "patent_certificate", "award_certificate", "pass_certificate", "host_certificate",
    ),
    "table": (
        "timetable", "schedule", "signin", "other_signin", "contact_list", "expense_claim",
        "transcript", "score_report",
    ),
    "form": ("practice_form", "receipt", "overseas_receipt", "assessment"),
    "screen": ("course_duration", "course_content", "mail_receipt"),
    "cover": ("book_cover", "journal_cover"),
    "page": ("copyright_page", "book_contents", "serial_number", "paper_contents"),
    "slip": ("prior_certificate",),
}  # fmt: skip
_DRAWING_OF = {document: drawing for drawing, documents in DRAWN.items() for document in documents}


def sample_of(document: str) -> str:
    """The path of the drawing for a kind of paper below static/, "" for papers of no common make."""
    drawing = _DRAWING_OF.get(document)
    return f"img/papers/{drawing}.svg" if drawing else ""
