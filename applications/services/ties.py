"""Which activities a paper proves, kept while years are written anew: their activities get new rows each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from applications.filed import carried, facts
from applications.filed.folder import asking_for
from applications.models import Activity, Application, Evidence, Tie, YearEntry
from organizations.acting.errors import NotAllowed

CHANGED = "所选的活动刚刚有变动，请刷新页面后重新勾选这份材料证明的活动。"
# How an activity is known again, the surest way first.
ALIKE: tuple[Callable[[Activity], tuple[str, ...]], ...] = (
    lambda each: (each.category, each.form, each.kind, each.title),
    lambda each: (each.category, each.form, each.title),
    lambda each: (each.form, each.title),
    lambda each: (each.category, each.form, each.kind),
    lambda each: (each.category, each.form),
)


@dataclass(frozen=True)
class Before:
    """The activities of a year before it is written anew, and the papers each of them was tied to."""

    activities: Sequence[Activity]
    papers: Mapping[UUID, Sequence[UUID]]


def put(case: Application, paper: Evidence, proves: Sequence[UUID] | None) -> None:
    """Ties a paper to these activities of the case and to no others.

    None: to those of its own year that ask for its kind. Raises NotAllowed for an activity of another case. An
    earlier 学时认定单 is tied to nothing: its range says what it proves.
    """
    policy = facts.policy_of(case)
    paper.ties.all().delete()
    if paper.kind == policy.prior_document:
        return
    if proves is None:
        activities = asking_for(policy, paper.year_entry.activities.all(), paper.kind)
    else:
        activities = list(case.activities.filter(pk__in=set(proves)))
        if len(activities) != len(set(proves)):
            raise NotAllowed(CHANGED, field="for")
    Tie.objects.bulk_create(
        Tie(application=case, evidence=paper, activity=activity) for activity in activities
    )


def before(entry: YearEntry) -> Before:
    """To be asked before the year's activities are deleted."""
    papers: dict[UUID, list[UUID]] = {}
    for tie in Tie.objects.filter(activity__year_entry=entry):
        papers.setdefault(tie.activity_id, []).append(tie.evidence_id)
    return Before(list(entry.activities.all()), papers)


def put_back(case: Application, entry: YearEntry, was: Before) -> None:
    """After the year is written: each activity that is known again gets its papers and its words back."""
    kept = set(Tie.objects.filter(activity__year_entry=entry).values_list("activity_id", flat=True))
    now = [each for each in Activity.objects.filter(year_entry=entry) if each.pk not in kept]
    ties = []
    for old, new in _pairs([each for each in was.activities if each.pk not in kept], now):
        ties += [
            Tie(application=case, evidence_id=paper, activity=new) for paper in was.papers.get(old.pk, ())
        ]
        stays = old.says and carried.year_of(old) is None  # 照 … 年带入 goes once its year is saved
        if stays and not new.says and new.claimed == old.claimed and new.form == old.form:
            new.says, new.cite = old.says, old.cite
            new.save(update_fields=["says", "cite"])
    Tie.objects.bulk_create(ties)


def _pairs(old: Iterable[Activity], new: Iterable[Activity]) -> Iterable[tuple[Activity, Activity]]:
    left, open_ = list(old), list(new)
    for alike in ALIKE:
        for one in list(left):
            other = next((each for each in open_ if alike(each) == alike(one)), None)
            if other is not None:
                left.remove(one)
                open_.remove(other)
                yield one, other


def move_home(case: Application, entry: YearEntry) -> None:
    """Before a year is deleted: papers that prove something in other years stay, in the first of these."""
    policy = facts.policy_of(case)
    others = list(case.years.exclude(pk=entry.pk).order_by("year"))
    for paper in entry.evidence.prefetch_related("ties__activity"):
        if paper.kind == policy.prior_document and paper.prior_from and paper.prior_to:
            covered = range(paper.prior_from, paper.prior_to + 1)
            home = next((each for each in others if each.year in covered), None)
        else:
            there = {tie.activity.year_entry_id for tie in paper.ties.all()}
            home = next((each for each in others if each.pk in there), None)
        if home is not None:
            paper.year_entry = home
            paper.save(update_fields=["year_entry"])
