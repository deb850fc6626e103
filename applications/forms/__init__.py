"""What an applicant fills in, page by page."""

from applications.forms.evidence import EvidenceSheet, PaperLabel
from applications.forms.header import HeaderForm
from applications.forms.start import StartForm
from applications.forms.submit import SubmitForm
from applications.forms.year import YearSheet

__all__ = ["EvidenceSheet", "HeaderForm", "PaperLabel", "StartForm", "SubmitForm", "YearSheet"]
