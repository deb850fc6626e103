"""What is filed: the application, its years, activities and evidence, and what reviewers said of it."""

from applications.models.activity import Activity, Basis
from applications.models.application import Application
from applications.models.decision import Assessment, Decision, Outcome
from applications.models.draft import Draft
from applications.models.evidence import Evidence, Scan
from applications.models.handover import Handover, HandoverKind
from applications.models.participant import Participant
from applications.models.revision import Revision
from applications.models.session import FilingSession
from applications.models.session_change import SessionChange, SessionChangeState
from applications.models.tie import Tie
from applications.models.year_entry import YearEntry

__all__ = [
    "Activity",
    "Application",
    "Assessment",
    "Basis",
    "Decision",
    "Draft",
    "Evidence",
    "FilingSession",
    "Handover",
    "HandoverKind",
    "Outcome",
    "Participant",
    "Revision",
    "Scan",
    "SessionChange",
    "SessionChangeState",
    "Tie",
    "YearEntry",
]
