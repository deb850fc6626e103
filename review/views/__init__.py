"""The reviewers' pages."""

from review.views.assigning import absence_end, absences, assign
from review.views.batch import batch
from review.views.batch_run import batch_restart, batch_run, batch_start, batch_stop, batch_take_back
from review.views.case import case, case_number, case_state, next_case
from review.views.colleagues import claim, note
from review.views.deciding import approve, reject, return_
from review.views.exports import export_file, export_state, exports, look, view_save
from review.views.holding import at_once, held, take_back
from review.views.lists import handled, inbox, search, withdrawn
from review.views.reorganising import merge_unit
from review.views.stuck import cure, stuck
from review.views.today import today

__all__ = [
    "absence_end",
    "absences",
    "approve",
    "assign",
    "at_once",
    "batch",
    "batch_restart",
    "batch_run",
    "batch_start",
    "batch_stop",
    "batch_take_back",
    "case",
    "case_number",
    "case_state",
    "claim",
    "cure",
    "export_file",
    "export_state",
    "exports",
    "handled",
    "held",
    "inbox",
    "look",
    "merge_unit",
    "next_case",
    "note",
    "reject",
    "return_",
    "search",
    "stuck",
    "take_back",
    "today",
    "view_save",
    "withdrawn",
]
