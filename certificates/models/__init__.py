"""The outcome: numbered certificates and the counter their numbers come from."""

from certificates.models.certificate import Certificate, CertificateState
from certificates.models.counter import NumberCounter

__all__ = ["Certificate", "CertificateState", "NumberCounter"]
