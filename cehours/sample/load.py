"""Loads the sample: reference data, units, logins, one filing session, and everybody's case.

Each person is one transaction with everything they filed, so a load that was interrupted goes on where it
stopped, and a second run finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

import rules
from applications.models import Application, FilingSession
from applications.services import session_changes
from cehours.lib import clock
from cehours.sample import (
    accounts,
    careful,
    deliveries,
    filing,
    names,
    people,
    plan,
    recorded,
    reviewing,
    scenes,
    trainings,
    units,
)
from cehours.sample.filing import PORTFOLIOS, Header
from cehours.sample.plan import CasePlan, Ending
from cehours.sample.reviewing import Desks
from cehours.sample.sharing import side_by_side
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Region, Unit, User
from organizations.registry.reference import load_regions
from review.services import digesting
from training.services import load_bases

POLICY = "hunan-2025"
SESSION = "2025年度高级职称学时核认（演示）"
OPENED = timedelta(days=20)
CLOSES = timedelta(days=30)
REVIEWED = timedelta(days=60)
SPECIALTIES = {
    "卫生技术人员": ("内科护理", "心血管内科", "药学", "临床检验", "妇产科"),
    "高等学校教师": ("材料科学", "汉语言文学", "应用数学"),
    "中小学教师": ("高中物理", "初中语文", "信息技术"),
    "图书资料专业人员": ("图书馆学", "古籍保护"),
    "会计人员": ("会计", "财务管理"),
    "工程技术人员": ("建筑学", "机械制造", "软件工程", "测绘工程", "电气工程"),
    "经济专业人员": ("工商管理", "人力资源"),
}
EDUCATIONS = ("21", "21", "14", "31")
TITLES = ("associate_senior", "associate_senior", "senior")
HOME = "430102"
FIRST_APPLICANT = 100


@dataclass(frozen=True)
class Calendar:
    """Working days of one case: filed some days ago, then a step every few days, the last one yesterday."""

    opened: datetime
    number: int

    def at(self, step: int) -> datetime:
        """The moment of a step (0 is filing). Later steps are later, and none lies ahead of now."""
        yesterday = clock.today() - timedelta(days=1)
        day = yesterday - timedelta(days=max(1 + self.number * 7 % 17 - step * (1 + self.number % 3), 0))
        while not clock.is_workday(day):
            day -= timedelta(days=1)
        moment = datetime.combine(day, time(8 + step, self.number * 7 % 60), clock.SHANGHAI)
        return max(moment, self.opened + timedelta(hours=step))


@dataclass
class Staff:
    """Everybody who decides, by unit, in the order in which they take turns."""

    named: Iterator[str]
    taken: frozenset[str]
    desks: dict[UUID, list[Actor]] = field(default_factory=dict)
    count: int = 0

    def at(self, registry: Mapping[str, Unit]) -> list[Actor]:
        """Enters those who work at these units; returns them, the provincial bureau's first."""
        logins = [(login, key) for login, key in accounts.desks().items() if key in registry]
        return [self._seat(login, registry[key]) for login, key in logins]

    def _seat(self, login: str, unit: Unit) -> Actor:
        self.count += 1
        name = next(self.named)
        if login in self.taken:
            actor = people.known(login)
        else:
            actor = people.enter(number=self.count, login=login, name=name, region=HOME, unit=unit)
        self.desks.setdefault(unit.pk, []).append(actor)
        return actor


@dataclass(frozen=True)
class Sample:
    """What everybody's case is made in."""

    session: FilingSession
    units: dict[str, Unit]
    regions: dict[str, Region]
    desks: Desks


@dataclass(frozen=True)
class Applicant:
    """One person to be entered, with what they file."""

    number: int
    name: str
    case: CasePlan


def load(*, few: bool = False, processes: int = 1) -> Iterator[str]:
    """Does the work and yields a sentence after each step; `few`: only some applicants, for a quick start."""
    with scope(Actor.system("sample_data")):
        regions = load_regions()
        bases = sum(load_bases(rules.load_policy(key)) for key in rules.available_policies())
    yield f"行政区划 {regions} 个，继续教育基地 {bases} 个。"
    taken = frozenset(User.objects.values_list("username", flat=True))
    year = rules.load_policy(POLICY).year
    named = names.invented()
    staff = Staff(named, taken)
    with scope(Actor.system("sample_data")) as operator:
        bureaus = units.load_bureaus(operator)
        session = _session(operator, year)
    staffed = staff.at(bureaus)
    units.say_whom_to_ring(staffed)
    bureau = staffed[0]
    with scope(bureau):
        others = units.load_units(bureau, year)
    staff.at(others)
    careful.enter(bureaus["province"], HOME)
    yield f"单位 {len(bureaus) + len(others)} 个，审核账号 {staff.count} 个，申报期“{session}”。"
    places = {region.pk: region for region in Region.objects.all()}
    sample = Sample(session, bureaus | others, places, Desks(staff.desks))
    wanted = {case.login for case in (plan.few() if few else plan.everybody())} - taken
    missing = [each for each in _applicants(named) if each.case.login in wanted]
    yield from side_by_side(lambda each: _enter(sample, each), missing, processes=processes)
    yield f"载入申报人 {len(missing)} 名。"
    hospital = [case.login for case in plan.everybody() if case.unit == "hospital"]
    yield f"培训计划 {trainings.load([recorded.WHO, *hospital])} 个。"
    if not few:
        yield f"办理中的情形 {scenes.load()} 种。"
    yield f"培训基地报送的学习记录 {deliveries.load()} 条。"
    yield f"工作提要 {digesting.ask(clock.today())} 份。"  # on any day, so that a demo of a weekend shows them too


def _session(actor: Actor, year: int) -> FilingSession:
    """The one session, around today. A demo that slept until it was over finds it open again."""
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    window = {
        "opens_at": midnight - OPENED,
        "closes_at": midnight + CLOSES + timedelta(days=1),
        "review_until": midnight + REVIEWED + timedelta(days=1),
    }
    session = FilingSession.objects.filter(policy=POLICY, year=year).first()
    if session is None:
        session = FilingSession(name=SESSION, policy=POLICY, year=year, **window)
        session.save(force_insert=True)
        audit.record(actor, "session_created", session, year=year, policy=POLICY)
    elif session.closes_at <= now:
        session = _open_again(session, {name: window[name] for name in ("closes_at", "review_until")})
    return session


def _open_again(session: FilingSession, later: dict[str, datetime]) -> FilingSession:
    """Later days for a session that has begun, which takes two administrators."""
    first, second = people.known("shengting"), people.known("shengting-2")
    with scope(first):
        asked = session_changes.ask(actor=first, session=session, values=later, reason="演示重新开放。")
    with scope(second):
        return session_changes.confirm(actor=second, change_id=asked.pk)


def _applicants(named: Iterator[str]) -> Iterator[Applicant]:
    """Everybody with a number and a name, whether wanted or not: both depend on the order alone."""
    rare = iter(names.with_rare_characters())
    for number, case in enumerate(plan.everybody(), start=FIRST_APPLICANT):
        name = next(rare, "") if case.ending == Ending.APPROVED else ""
        yield Applicant(number, name or next(named), case)


def _header(case: CasePlan, unit: Unit | None, region: Region, number: int) -> Header:
    series = units.series_of(case.unit)
    specialties = SPECIALTIES[series]
    return Header(
        unit=unit,
        region=region,
        series=series,
        specialty=specialties[number % len(specialties)],
        education=EDUCATIONS[number % len(EDUCATIONS)],
        title=TITLES[number % len(TITLES)],
    )


def _bring_to(
    desks: Desks, actor: Actor, case: CasePlan, filed: Application, note: str, number: int, calendar: Calendar
) -> None:
    """Moves a submitted case to where the plan wants it."""
    hops = None if case.ending == Ending.APPROVED else case.hops
    moved = desks.move_on(filed, times=hops, moments=calendar.at)
    at = calendar.at(case.hops + 1)
    match case.ending:
        case Ending.RETURNED:
            desks.return_(moved, turn=number, at=at)
        case Ending.RESUBMITTED:
            returned = desks.return_(moved, turn=number, at=at)
            filing.submit(actor, returned, note=note, at=calendar.at(case.hops + 2))
        case Ending.REJECTED:
            desks.reject(moved, turn=number, at=at)
        case Ending.COPIED:
            rejected = desks.reject(moved, turn=number, at=at)
            reviewing.copy_rejected(actor, rejected, at=calendar.at(case.hops + 2))
        case Ending.WITHDRAWN:
            reviewing.withdraw(actor, moved, at=at)


@transaction.atomic
def _enter(sample: Sample, each: Applicant) -> None:
    """One person with a login and, as far as planned, a case."""
    case, number = each.case, each.number
    unit = sample.units[case.unit] if case.unit else None
    region = sample.regions[case.region or (unit.region_id if unit else HOME)]
    actor = people.enter(number=number, login=case.login, name=each.name, region=HOME)
    if case.login == recorded.WHO:
        recorded.put_on_record(actor, number=number, region=HOME)
    if case.ending == Ending.NOTHING:
        return
    portfolio = PORTFOLIOS[number % len(PORTFOLIOS)]
    calendar = Calendar(sample.session.opens_at, number)
    years = filing.YEARS[:2] if case.ending == Ending.STARTED else filing.YEARS
    drafted = filing.draft(
        actor, sample.session, _header(case, unit, region, number), portfolio, years=years, at=calendar.at(0)
    )
    if case.ending in (Ending.STARTED, Ending.DRAFT):
        return
    filed = filing.submit(actor, drafted, note=portfolio.note, at=calendar.at(0))
    _bring_to(sample.desks, actor, case, filed, portfolio.note, number, calendar)
