"""The acts of reviewers."""

from review.services.batches import confirm as confirm_batch
from review.services.batches import restart as restart_batch
from review.services.batches import stop as stop_batch
from review.services.deciding import approve, reject, return_
from review.services.exporting import ask_for_export, fetch_export
from review.services.list_settings import forget_list_settings, forget_view, keep_list_settings, save_view

__all__ = [
    "approve",
    "ask_for_export",
    "confirm_batch",
    "fetch_export",
    "forget_list_settings",
    "forget_view",
    "keep_list_settings",
    "reject",
    "restart_batch",
    "return_",
    "save_view",
    "stop_batch",
]
