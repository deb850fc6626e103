"""Writes of the training registry; one verb each, keyword-only, one transaction."""

from training.services.attendance import (
    add_people,
    correct_person,
    credit_late,
    record_attendance,
    remove_person,
)
from training.services.daily_attendance import count_hours, take_days
from training.services.plans import (
    PlanInput,
    accept_plan,
    change_plan,
    discard_plan,
    file_plan,
    follow_merger,
    return_plan,
    write_plan,
    write_plans,
)
from training.services.records import load_bases, load_recognised

__all__ = [
    "PlanInput",
    "accept_plan",
    "add_people",
    "change_plan",
    "correct_person",
    "count_hours",
    "credit_late",
    "discard_plan",
    "file_plan",
    "follow_merger",
    "load_bases",
    "load_recognised",
    "record_attendance",
    "remove_person",
    "return_plan",
    "take_days",
    "write_plan",
    "write_plans",
]
