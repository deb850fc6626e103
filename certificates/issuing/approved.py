"""What a certificate says, gathered from approved revisions and their last assessments only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db import connection

import rules
from applications.filed.facts import policy_of, policy_of_session
from applications.filed.snapshot import Filed
from applications.models import Decision, FilingSession, Revision
from certificates import queries
from certificates.paper.sheet import Category, Sheet, YearHours
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.models import Unit

NOT_APPROVED = "还没有审核通过的申报，审核通过后才能出具学时认定单。"


@dataclass(frozen=True)
class ApprovedYear:
    """The final hours of one year by category, and the policy they were approved under."""

    policy: rules.Policy
    hours: dict[str, Decimal]


@dataclass(frozen=True)
class Approved:
    """Approved facts: the deciding approval, whose unit issues, its frozen header, and the years that are at hand."""

    application_id: UUID
    person_id: UUID
    revision: int
    session: FilingSession
    unit: Unit
    header: Mapping[str, str]
    years: dict[int, ApprovedYear]
    lent_by: tuple[UUID, ...]  # the applications that the years come from


def approved_facts(decision: Decision, filed: Filed | None = None) -> Approved:
    """The facts of one approved application: its revision and what the approving decision recognised."""
    header = filed.header if filed else _header(decision)
    return _approved(decision, header, _years(decision), (decision.application_id,))


def approved_range(actor: Actor, from_year: int, to_year: int) -> Approved:
    """The person's approved facts of a range; every year's row is its latest approved one (A42).

    What stands above the table (education, speciality, title) and the issuing bureau come from the newest
    approval that lends a year. Raises NotAllowed naming the first year that is missing or not met (A43).
    """
    if from_year > to_year:
        raise NotAllowed("不能早于起始年度，请重新选择。", field="to_year")
    approvals = list(queries.approvals(actor))
    if not approvals:
        raise NotAllowed(NOT_APPROVED)
    years: dict[int, ApprovedYear] = {}
    lenders: list[Decision] = []
    for decision in approvals:  # the newest first
        new = {
            year: row
            for year, row in _years(decision).items()
            if from_year <= year <= to_year and year not in years
        }
        years |= new
        lenders += [decision] if new else []
    must_be_met(years, range(from_year, to_year + 1))
    newest = lenders[0]
    lent_by = tuple(decision.application_id for decision in lenders)
    return _approved(newest, _header(newest), years, lent_by)


def _approved(
    decision: Decision, header: Mapping[str, str], years: dict[int, ApprovedYear], lent_by: tuple[UUID, ...]
) -> Approved:
    case = decision.application
    return Approved(
        case.pk, case.person_id, case.revision, case.session, decision.unit, header, years, lent_by
    )


def further_lenders(cases: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Application → the other applications whose certificates lent it hours, however many steps back.

    Asked of the database: the hours on record behind a case are seen by its person alone.
    """
    found: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT borrower, lender FROM certificates_lent(%s)", [list(cases)])
        for case, lender in cursor.fetchall():
            found.setdefault(case, []).append(lender)
    return {case: list(dict.fromkeys(lenders)) for case, lenders in found.items()}


def texts_of(facts: Approved) -> rules.CertificateTexts:
    """The wording and number format of the session's policy. Raises NotAllowed when it has none."""
    texts = policy_of_session(facts.session).certificate
    if texts is None:
        raise NotAllowed("该申报期的政策没有规定学时认定单的文字，请联系省人社厅。")
    return texts


def must_be_met(years: dict[int, ApprovedYear], wanted: Iterable[int]) -> None:
    """Raises NotAllowed naming the first wanted year that is missing or does not reach its minimum (A43)."""
    for year in wanted:
        if year not in years:
            raise NotAllowed(f"{year} 年没有审核通过的学时，请缩小查询年度的范围。")
        row = years[year]
        says = _short_of(row.policy.key, year, tuple(sorted(row.hours.items())))
        if says:
            raise NotAllowed(f"{year} 年学时未达标（{says}），不能出具包含该年度的学时认定单。")


@lru_cache(maxsize=4096)  # in a batch most people have the same hours
def _short_of(policy: str, year: int, hours: tuple[tuple[str, Decimal], ...]) -> str:
    """What the year lacks, in the rules' words; "" when it is met."""
    items = [rules.Item(category=category, hours=value) for category, value in hours]
    result = rules.assess_year(rules.load_policy(policy), year, items)
    return "" if result.met else result.says


def sheet_of(
    facts: Approved, *, number: str, from_year: int, to_year: int, issued_on: date, verification_url: str
) -> Sheet:
    """The printed sheet: texts from the policy, names as filed, hours as last assessed."""
    policy = policy_of_session(facts.session)
    texts = texts_of(facts)
    return Sheet(
        number=number,
        number_label=texts.number_label,
        heading=texts.heading,
        title=texts.title,
        basis=texts.basis,
        sentence=_sentence(texts.sentence, policy, to_year, issued_on),
        name=facts.header["name"],
        education=facts.header["education"],
        specialty=facts.header["specialty"],
        target_title=facts.header["target_title"],
        from_year=from_year,
        to_year=to_year,
        categories=tuple(Category(category.key, category.name) for category in policy.categories),
        rows=tuple(
            YearHours(
                year,
                tuple(facts.years[year].hours.get(key.key, Decimal(0)) for key in policy.categories),
            )
            for year in range(from_year, to_year + 1)
        ),
        issuer=facts.unit.name,
        issued_on=issued_on,
        verification_url=verification_url,
        unit=policy.hours.word,
    )


def _sentence(template: str, policy: rules.Policy, to_year: int, issued_on: date) -> str:
    """The template with 近 or 共 before the number of years: annex 3 prints 近 of the newest years only.

    A session's review may run into the year after it, and is still of its newest years.
    """
    newest = to_year == policy.span.years[-1] and issued_on.year <= to_year + 2
    return template.replace(f"{{{rules.SPAN}}}", f"{'近' if newest else '共'} {{count}} 年")


def _years(decision: Decision) -> dict[int, ApprovedYear]:
    policy = policy_of(decision.application)
    years: dict[int, ApprovedYear] = {}
    for row in decision.assessments.all():
        years.setdefault(row.year, ApprovedYear(policy, {})).hours[row.category] = row.recognised
    return years


def _header(decision: Decision) -> Mapping[str, str]:
    revision = Revision.objects.get(application_id=decision.application_id, number=decision.revision)
    return Filed.of(revision).header
