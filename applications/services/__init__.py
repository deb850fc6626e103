"""Writes of the applicant's side: one verb for each thing a person does, one transaction inside each."""

from applications.services.evidence import attach, detach
from applications.services.filing import copy_rejected, discard, save_header, start
from applications.services.submitting import submit, withdraw
from applications.services.years import ActivityInput, add_year, delete_year, save_year

__all__ = [
    "ActivityInput",
    "add_year",
    "attach",
    "copy_rejected",
    "delete_year",
    "detach",
    "discard",
    "save_header",
    "save_year",
    "start",
    "submit",
    "withdraw",
]
