"""The acts of reviewers."""

from review.services.assigning import assign, be_absent, be_back
from review.services.batches import confirm as confirm_batch
from review.services.batches import restart as restart_batch
from review.services.batches import start_now as start_batch_now
from review.services.batches import stop as stop_batch
from review.services.batches import take_back as take_back_of_batch
from review.services.claiming import claim
from review.services.deciding import approve, reject, return_
from review.services.exporting import ask_for_export, fetch_export
from review.services.holding import at_once, hold, take_back
from review.services.list_settings import forget_list_settings, forget_view, keep_list_settings, save_view
from review.services.noting import note
from review.services.sampling import seed_for as sample_seed

__all__ = [
    "approve",
    "ask_for_export",
    "assign",
    "at_once",
    "be_absent",
    "be_back",
    "claim",
    "confirm_batch",
    "fetch_export",
    "forget_list_settings",
    "forget_view",
    "hold",
    "keep_list_settings",
    "note",
    "reject",
    "restart_batch",
    "return_",
    "sample_seed",
    "save_view",
    "start_batch_now",
    "stop_batch",
    "take_back",
    "take_back_of_batch",
]
