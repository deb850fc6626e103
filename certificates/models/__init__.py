"""The outcome: numbered certificates, their revocations, the counter, and who checks in batches."""

from certificates.models.body import AssessmentBody
from certificates.models.certificate import LIVE, Certificate, CertificateState
from certificates.models.counter import LostNumbers, NumberCounter
from certificates.models.lost_print import LostPrint, LostPrintState
from certificates.models.revocation import Revocation, RevocationState

__all__ = [
    "LIVE",
    "AssessmentBody",
    "Certificate",
    "CertificateState",
    "LostNumbers",
    "LostPrint",
    "LostPrintState",
    "NumberCounter",
    "Revocation",
    "RevocationState",
]
