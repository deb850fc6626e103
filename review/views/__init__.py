"""The reviewers' pages."""

from review.views.batch import batch
from review.views.batch_run import batch_restart, batch_run, batch_stop
from review.views.case import case, case_number, case_state, next_case
from review.views.deciding import approve, reject, return_
from review.views.exports import export_file, export_state, exports, look, view_save
from review.views.lists import handled, inbox, search, withdrawn
from review.views.reorganising import merge_unit

__all__ = [
    "approve",
    "batch",
    "batch_restart",
    "batch_run",
    "batch_stop",
    "case",
    "case_number",
    "case_state",
    "export_file",
    "export_state",
    "exports",
    "handled",
    "inbox",
    "look",
    "merge_unit",
    "next_case",
    "reject",
    "return_",
    "search",
    "view_save",
    "withdrawn",
]
