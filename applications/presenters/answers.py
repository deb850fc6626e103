"""What was filled in, in words, as the check page shows it and as the reviewers will read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import rules
from applications.filed import header
from applications.filed.facts import Findings, YearFindings, policy_of
from applications.filed.folder import Folder
from applications.models import Activity, Application, Basis
from applications.presenters.evidence_tiles import Tile, names_of, tiles_of
from cehours.lib import masking
from organizations.registry import identity


@dataclass(frozen=True)
class Line:
    """One activity: the rules' figure and citation stand beside the claim, if they gave one.

    `source`: where hours that were taken over come from; empty for what the applicant declares.
    """

    activity: Activity
    category: str
    form: str
    source: str


@dataclass(frozen=True)
class YearAnswers:
    year: int
    found: YearFindings
    lines: tuple[Line, ...]
    papers: tuple[Tile, ...]


@dataclass(frozen=True)
class Answers:
    """The header line by line, then the years."""

    header: list[header.Line]
    years: tuple[YearAnswers, ...]


def answers(case: Application, findings: Findings) -> Answers:
    policy = policy_of(case)
    return Answers(_header(case, policy), tuple(_years(case, policy, findings)))


def _header(case: Application, policy: rules.Policy) -> list[header.Line]:
    """As reviewers will read it: what would be frozen now, in words."""
    number = identity.unseal(case.id_cipher, table="application", pk=case.pk)
    filled = header.frozen(case, policy)
    return header.lines(filled, policy, header.Place.CHECK, number=masking.mask_id(number))


def _years(case: Application, policy: rules.Policy, findings: Findings) -> Iterable[YearAnswers]:
    categories = {category.key: category.name for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    names = names_of(case)
    folder = Folder.of(case, policy)
    for entry in case.years.prefetch_related("activities__recognised"):
        found = findings.of_year(entry.year)
        if found is not None:
            yield YearAnswers(
                entry.year,
                found,
                tuple(
                    Line(each, categories[each.category], forms[each.form], _source(each))
                    for each in entry.activities.all()
                ),
                tuple(tiles_of(folder.of_year(entry), names, folder, entry)),
            )


def _source(activity: Activity) -> str:
    if activity.basis in (Basis.DECLARED, Basis.COMPUTED):
        return ""
    record = activity.recognised
    return f"{activity.get_basis_display()}{f'（{record.number}）' if record and record.number else ''}"
