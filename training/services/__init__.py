"""Writes of the training registry; one verb each, keyword-only, one transaction."""

from training.services.attendance import (
    add_people,
    correct_person,
    credit_late,
    record_attendance,
    remove_person,
)
from training.services.daily_attendance import count_hours, take_days
from training.services.feeds import OtherBody, Parcel, deliver, withdraw
from training.services.judging import accept_record, refuse_record
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
from training.services.platform import (
    ask_platform,
    ask_platform_again,
    platform_question,
    take_answer,
    want_platform,
)
from training.services.providers import (
    MadeKey,
    admit_provider,
    end_credential,
    end_provider,
    make_credential,
    resume_provider,
    rotate_credential,
)
from training.services.records import load_bases, load_recognised
from training.services.taking_up import take_all_waiting, take_up, take_waiting

__all__ = [
    "MadeKey",
    "OtherBody",
    "Parcel",
    "PlanInput",
    "accept_plan",
    "accept_record",
    "add_people",
    "admit_provider",
    "ask_platform",
    "ask_platform_again",
    "change_plan",
    "correct_person",
    "count_hours",
    "credit_late",
    "deliver",
    "discard_plan",
    "end_credential",
    "end_provider",
    "file_plan",
    "follow_merger",
    "load_bases",
    "load_recognised",
    "make_credential",
    "platform_question",
    "record_attendance",
    "refuse_record",
    "remove_person",
    "resume_provider",
    "return_plan",
    "rotate_credential",
    "take_all_waiting",
    "take_answer",
    "take_days",
    "take_up",
    "take_waiting",
    "want_platform",
    "withdraw",
    "write_plan",
    "write_plans",
]
