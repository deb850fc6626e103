"""What is learned: bases, hours on record for a person, employers' plans, and what providers deliver."""

from training.models.asked import Fault, PlatformAsk
from training.models.base import TrainingBase
from training.models.credential import ORDINARY, ProviderCredential, Scope
from training.models.feed import Channel, Delivery, LearningRecord, Provider, RecordStanding, Standing
from training.models.plan import Attendee, PlanState, TrainingPlan
from training.models.recognised import RecognisedHours, Source

__all__ = [
    "ORDINARY",
    "Attendee",
    "Channel",
    "Delivery",
    "Fault",
    "LearningRecord",
    "PlanState",
    "PlatformAsk",
    "Provider",
    "ProviderCredential",
    "RecognisedHours",
    "RecordStanding",
    "Scope",
    "Source",
    "Standing",
    "TrainingBase",
    "TrainingPlan",
]
