"""The acts of reviewers."""

from review.services.deciding import approve, reject, return_
from review.services.several import ItemResult, approve_several

__all__ = ["ItemResult", "approve", "approve_several", "reject", "return_"]
