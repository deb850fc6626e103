"""What is learned: the bases and the hours that are on record for a person."""

from training.models.base import TrainingBase
from training.models.recognised import RecognisedHours, Source

__all__ = ["RecognisedHours", "Source", "TrainingBase"]
