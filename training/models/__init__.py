"""What is learned: the bases, the hours that are on record for a person, and employers' training plans."""

from training.models.base import TrainingBase
from training.models.plan import Attendee, PlanState, TrainingPlan
from training.models.recognised import RecognisedHours, Source

__all__ = ["Attendee", "PlanState", "RecognisedHours", "Source", "TrainingBase", "TrainingPlan"]
