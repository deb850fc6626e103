"""What reviewers keep of their own: batches and their results, and what belongs to their lists."""

from review.models.assignment import Absence, Assignment
from review.models.batch import Batch, BatchAct, BatchItem, BatchState, ItemOutcome
from review.models.claim import Claim
from review.models.digest import Digest
from review.models.export import ExportJob, ExportKind, ExportState, ListKind
from review.models.held import HeldDecision, HeldState
from review.models.list_settings import Density, ListSettings, PageSize, SavedView
from review.models.name_key import NameKey
from review.models.note import Note
from review.models.sample_seed import SampleSeed
from review.models.withdrawal import Withdrawal

__all__ = [
    "Absence",
    "Assignment",
    "Batch",
    "BatchAct",
    "BatchItem",
    "BatchState",
    "Claim",
    "Density",
    "Digest",
    "ExportJob",
    "ExportKind",
    "ExportState",
    "HeldDecision",
    "HeldState",
    "ItemOutcome",
    "ListKind",
    "ListSettings",
    "NameKey",
    "Note",
    "PageSize",
    "SampleSeed",
    "SavedView",
    "Withdrawal",
]
