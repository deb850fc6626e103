"""Writes of certificates: issue, print, revoke."""

from certificates.services.issuing import issue, issue_range
from certificates.services.issuing_many import Approval, issue_many, refuse_unissuable
from certificates.services.printing import print_again, store_print
from certificates.services.printing_many import store_prints
from certificates.services.revoking import confirm_revocation, decline_revocation, request_revocation

__all__ = [
    "Approval",
    "confirm_revocation",
    "decline_revocation",
    "issue",
    "issue_many",
    "issue_range",
    "print_again",
    "refuse_unissuable",
    "request_revocation",
    "store_print",
    "store_prints",
]
