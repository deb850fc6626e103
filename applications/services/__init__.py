"""Writes of the applicant's side: one verb for each thing a person does, one transaction inside each."""

from applications.services.copying import bring_in, copy_rejected, copy_year
from applications.services.evidence import attach, confirm, detach, relabel, reorder
from applications.services.filing import discard, save_header, start
from applications.services.platform import want_platform_hours
from applications.services.records import take_over
from applications.services.slips import fill_in
from applications.services.submitting import submit, withdraw
from applications.services.years import ActivityInput, add_year, delete_year, save_year, settle_remark

__all__ = [
    "ActivityInput",
    "add_year",
    "attach",
    "bring_in",
    "confirm",
    "copy_rejected",
    "copy_year",
    "delete_year",
    "detach",
    "discard",
    "fill_in",
    "relabel",
    "reorder",
    "save_header",
    "save_year",
    "settle_remark",
    "start",
    "submit",
    "take_over",
    "want_platform_hours",
    "withdraw",
]
