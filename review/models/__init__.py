"""What reviewers keep of their own: batches and their results, and what belongs to their lists."""

from review.models.batch import Batch, BatchAct, BatchItem, BatchState, ItemOutcome
from review.models.export import ExportJob, ExportState, ListKind
from review.models.list_settings import Density, ListSettings, PageSize, SavedView
from review.models.name_key import NameKey
from review.models.withdrawal import Withdrawal

__all__ = [
    "Batch",
    "BatchAct",
    "BatchItem",
    "BatchState",
    "Density",
    "ExportJob",
    "ExportState",
    "ItemOutcome",
    "ListKind",
    "ListSettings",
    "NameKey",
    "PageSize",
    "SavedView",
    "Withdrawal",
]
