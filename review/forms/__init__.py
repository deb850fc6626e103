"""What reviewers type and choose."""

from review.forms.assigning import AbsenceForm, AssignForm
from review.forms.batching import BatchForm, read_picks
from review.forms.filters import HandledFilter, InboxFilter
from review.forms.forwarding import NextUnitForm
from review.forms.judgement import READY_REASONS, Judgement

__all__ = [
    "READY_REASONS",
    "AbsenceForm",
    "AssignForm",
    "BatchForm",
    "HandledFilter",
    "InboxFilter",
    "Judgement",
    "NextUnitForm",
    "read_picks",
]
