"""Continuing-education rules as data: what an activity earns, whether a year is complete, and why.

Everything here is pure and explains itself; a policy is a file. Bad facts raise RuleInputError with a Chinese
sentence, a doubtful policy raises PolicyError while loading.
"""

from rules.achievement import achievement, is_same_achievement
from rules.compare import compare, still_old
from rules.credit import Credit, credit
from rules.describe import describe
from rules.errors import PolicyError, RuleInputError
from rules.evidence import Doc, EvidenceResult, Way, evidence_gap
from rules.explain import explain_credit, explain_year, minimums_text, row_text, way_text
from rules.hours import HourUnit, number_text
from rules.kinds import Choice, Fact, Kind
from rules.loader import available_policies, broken_policies, load_policy, read_policy_file, region_files
from rules.placeholders import PLACEHOLDERS, SPAN, unknown_placeholder
from rules.policy import (
    CERTIFICATE_NUMBER,
    Ambiguity,
    Category,
    CertificateTexts,
    Document,
    Filing,
    Form,
    Minimums,
    PlanRule,
    Policy,
    RecognitionRule,
    SessionWindow,
    SpanException,
    TrainingBase,
)
from rules.routes import Route, UnitFacts, anchors, route
from rules.span import Span, span
from rules.year import Gap, Item, Remark, YearAssessment, assess_year, whole_year

__all__ = [
    "CERTIFICATE_NUMBER",
    "PLACEHOLDERS",
    "SPAN",
    "Ambiguity",
    "Category",
    "CertificateTexts",
    "Choice",
    "Credit",
    "Doc",
    "Document",
    "EvidenceResult",
    "Fact",
    "Filing",
    "Form",
    "Gap",
    "HourUnit",
    "Item",
    "Kind",
    "Minimums",
    "PlanRule",
    "Policy",
    "PolicyError",
    "RecognitionRule",
    "Remark",
    "Route",
    "RuleInputError",
    "SessionWindow",
    "Span",
    "SpanException",
    "TrainingBase",
    "UnitFacts",
    "Way",
    "YearAssessment",
    "achievement",
    "anchors",
    "assess_year",
    "available_policies",
    "broken_policies",
    "compare",
    "credit",
    "describe",
    "evidence_gap",
    "explain_credit",
    "explain_year",
    "is_same_achievement",
    "load_policy",
    "minimums_text",
    "number_text",
    "read_policy_file",
    "region_files",
    "route",
    "row_text",
    "span",
    "still_old",
    "unknown_placeholder",
    "way_text",
    "whole_year",
]
