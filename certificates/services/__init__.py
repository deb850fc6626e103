"""Writes of certificates: issue, print, revoke."""

from certificates.services.issuing import issue, issue_range
from certificates.services.issuing_many import Approval, check, issue_many
from certificates.services.printing import store_print
from certificates.services.revoking import confirm_revocation, decline_revocation, request_revocation

__all__ = [
    "Approval",
    "check",
    "confirm_revocation",
    "decline_revocation",
    "issue",
    "issue_many",
    "issue_range",
    "request_revocation",
    "store_print",
]
