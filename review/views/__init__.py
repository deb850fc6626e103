"""The reviewers' pages."""

from review.views.batch import batch
from review.views.case import case
from review.views.deciding import approve, reject, return_
from review.views.lists import handled, inbox

__all__ = ["approve", "batch", "case", "handled", "inbox", "reject", "return_"]
