"""A small province for tests: every kind of unit, and people named for their part. All of it is invented."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from PIL import Image

import review.services as review
from applications import services as filing
from applications.models import Application, Evidence, FilingSession, Tie
from applications.services import session_changes
from applications.services.evidence import Label, keep
from applications.states import State
from cehours.lib import clock, uploads
from cehours.lib.idnumbers import make_resident_id
from cehours.lib.pinyin import unit_keys
from organizations.accounts.hats import HAT
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Affiliation, Entrustment, Membership, Nature, Unit, User
from organizations.models.user import Role
from organizations.registry import identity

YEARS = (2020, 2021, 2022, 2023, 2024)
WHY = "原件已由单位核对，同意。"  # what is said when a case is approved over open warnings


def picture(colour: str = "white", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small real PNG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@cache
def _examined() -> uploads.Accepted:
    """The picture as the fence lets it through, once a process."""
    return uploads.examine(io.BytesIO(picture()), "picture.png")


def plain_year(year: int, *, public: str = "30", professional: str = "60") -> list[filing.ActivityInput]:
    """The notice's row: one 公需 and one 专业 subject."""
    return [
        filing.ActivityInput("public", f"{year}公需科目", Decimal(public), "03"),
        filing.ActivityInput("professional", f"{year}专业科目", Decimal(professional), "01"),
    ]


@dataclass
class World:
    """The cast. Actors wear the hat their name says; `applicant` and the other applicants wear none."""

    session: FilingSession = field(init=False)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for shelf in ("people", "units"):
            if name in self.__dict__.get(shelf, {}):
                return self.__dict__[shelf][name]
        raise AttributeError(name)

    @classmethod
    def build(cls) -> World:
        world = cls()
        now = clock.now()
        world.session = FilingSession.objects.create(
            name="2025年度高级职称学时核认",
            policy="hunan-2025",
            year=2025,
            opens_at=now - timedelta(days=20),
            closes_at=now + timedelta(days=40),
            review_until=now + timedelta(days=80),
        )
        world._build_units()
        world._build_people()
        return world

    def _build_units(self) -> None:
        unit = self.add_unit
        unit("province", "湘南省人社厅", region="430000", bureau_level="province")
        unit("changsha", "星城市人社局", region="430100", bureau_level="city")
        unit("zhuzhou", "株城市人社局", region="430200", bureau_level="city")
        unit("lusong", "芦淞区人社局", region="430203", bureau_level="county")
        unit("commission", "省卫健主管委", region="430000", top_level=True)
        unit("group", "省级医疗集团", region="430000", parent="commission")
        unit("hospital", "省第九人民医院", region="430000", parent="group")
        unit("university", "湘水大学", affiliation=Affiliation.UNIVERSITY, region="430000")
        unit("school", "星城第一中学", affiliation=Affiliation.CITY, region="430102")
        unit("factory", "株城轨道厂", affiliation=Affiliation.CITY, nature=Nature.ENTERPRISE, region="430203")
        unit(
            "firm",
            "星城云创有限公司",
            affiliation=Affiliation.NONE,
            nature=Nature.ENTERPRISE,
            region="430104",
        )
        unit("society", "湘江工程学会", affiliation=Affiliation.NONE, nature=Nature.SOCIAL, region="430102")
        unit("central", "中部勘测院", affiliation=Affiliation.CENTRAL, region="430102")
        unit("other_central", "南方设计院", affiliation=Affiliation.CENTRAL, region="430102")
        Entrustment.objects.create(unit=self.central, year=2025)

    def _build_people(self) -> None:
        for name in ("applicant", "other_applicant", "third_applicant"):
            self.add_person(name)
        for name, unit in {
            "employer": "hospital",
            "second_employer": "hospital",
            "department": "group",
            "second_department": "commission",
            "bureau": "province",
            "second_bureau": "province",
            "other_employer": "firm",
            "other_bureau": "zhuzhou",
            "city_bureau": "changsha",
            "county_bureau": "lusong",
            "school_admin": "school",
            "factory_admin": "factory",
            "university_admin": "university",
            "university_reviewer": "university",
            "society_admin": "society",
            "central_admin": "central",
        }.items():
            self.add_person(name, unit=unit)

    def add_unit(
        self,
        key: str,
        name: str,
        *,
        region: str,
        affiliation: str = Affiliation.PROVINCIAL,
        nature: str = Nature.INSTITUTION,
        parent: str | None = None,
        **more: Any,
    ) -> Unit:
        keys = unit_keys(name)
        self.units[key] = Unit.objects.create(
            name=name,
            pinyin=keys.full,
            initials=keys.initials,
            affiliation=affiliation,
            nature=Nature.GOVERNMENT if "bureau_level" in more else nature,
            region_id=region,
            parent=self.units[parent] if parent else None,
            **more,
        )
        return self.units[key]

    def add_person(
        self, key: str, *, unit: str | None = None, person_of: str | None = None, role: str = Role.ADMIN
    ) -> Actor:
        """A new natural person with a login; `person_of` gives a second login to somebody already there."""
        number = len(self.people) + 1
        if person_of:
            person_id = self.people[person_of].person_id
        else:
            with scope(Actor.public()):
                person_id = identity.create_person(
                    name=f"测试{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}",
                    id_kind="resident",
                    id_number=make_resident_id("430102", date(1980, 1, 1) + timedelta(days=number), number),
                )
        user = User.objects.create(username=key, display_name=f"测试{number}", person_id=person_id)
        membership = None
        if unit:
            membership = Membership.objects.create(user=user, unit=self.units[unit], role=role)
        self.people[key] = Actor.of(user, membership)
        return self.people[key]

    def move_session(self, **columns: Any) -> None:
        """Two administrators of the province change the session, as they must once it has begun."""
        with self.acting("bureau") as actor:
            asked = session_changes.ask(
                actor=actor, session=self.session, values=columns, reason="按文件调整"
            )
        with self.acting("second_bureau") as actor:
            session_changes.confirm(actor=actor, change_id=asked.pk)
        self.session.refresh_from_db()

    # -- people at work

    def browser(self, who: str | Actor) -> Client:
        """A signed-in test client of this person, wearing the hat of their part."""
        actor = self.people[who] if isinstance(who, str) else who
        client = Client()
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        if actor.membership:
            session[HAT] = actor.membership.pk
        session.save()
        return client

    @contextmanager
    def acting(self, who: str | Actor) -> Iterator[Actor]:
        actor = self.people[who] if isinstance(who, str) else who
        with scope(actor):
            yield actor

    def see(self, who: str | Actor, pk: UUID) -> Application:
        """The case as this person finds it now."""
        with self.acting(who):
            return Application.objects.select_related("current_unit").get(pk=pk)

    def draft(
        self,
        *,
        by: str = "applicant",
        unit: str | None = "hospital",
        years: tuple[int, ...] = YEARS,
        evidence: bool = True,
        **header: Any,
    ) -> Application:
        """A filled-in draft, ready to be submitted."""
        employer = self.units[unit] if unit else None
        filled = {
            "ethnicity": "汉族",
            "nature": employer.nature if employer else Nature.FREELANCE,
            "employer": employer,
            "target_title": "associate_senior",
            "phone": "13912345678",
            "education": "21",
            "title_series": "工程技术人员",
            "specialty": "建筑学",
            "region": employer.region if employer else self.school.region,
            "remark": "2024 年 7 月参加专业技术工作" if "span_exception" in header else "",
            **header,
        }
        with self.acting(by) as actor:
            case = filing.start(actor=actor, session_id=self.session.pk)
            case = filing.save_header(actor=actor, application_id=case.pk, seen=case.version, data=filled)
            for year in years:
                entry = filing.add_year(
                    actor=actor,
                    application_id=case.pk,
                    seen=case.version,
                    year=year,
                    activities=plain_year(year),
                )
                case = entry.application
            if evidence and years:
                self._prove(actor, case)
            return Application.objects.get(pk=case.pk)

    def _prove(self, actor: Actor, case: Application) -> None:
        """Papers for every year: the first year's are kept as uploads are, the others' are rows of the same bytes."""
        first, *others = case.years.order_by("year")
        for kind in ("course_duration", "completion", "notice"):
            paper = replace(_examined(), clean_name=f"{kind}.png")
            keep(actor, case.pk, first.year, paper, Label(kind, stamped=True, prior_span=None), None)
        activities = {(each.year_entry_id, each.category): each for each in case.activities.all()}
        proved = [
            (each, [tie.activity.category for tie in each.ties.all()])
            for each in first.evidence.prefetch_related("ties__activity")
        ]
        copies, ties = [], []
        for entry in others:
            for each, categories in proved:
                copied = copy(each)
                copied.pk, copied.year_entry = uuid4(), entry
                copies.append(copied)
                ties += [
                    Tie(application=case, evidence=copied, activity=activities[entry.pk, category])
                    for category in categories
                ]
        Evidence.objects.bulk_create(copies)
        Tie.objects.bulk_create(ties)

    def attach(self, actor: Actor, case: Application, year: int, kind: str) -> None:
        filing.attach(
            actor=actor,
            application_id=case.pk,
            year=year,
            file=io.BytesIO(picture()),
            filename=f"{kind}.png",
            kind=kind,
            stamped=True,
        )

    def submit(self, case: Application, *, by: str = "applicant", **more: Any) -> Application:
        with self.acting(by) as actor:
            return filing.submit(
                actor=actor,
                application_id=case.pk,
                seen=self.see(by, case.pk).version,
                declared_true=True,
                **{"evidence_note": "", **more},
            )

    def approve(self, case: Application, *, by: str, **more: Any) -> Application:
        """Approves as `by`, choosing the first unit that lies ahead."""
        from review.cases import routing

        with self.acting(by) as actor:
            seen = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
            choices = routing.ahead(seen).choices if seen.step is not None else ()
            more.setdefault("next_unit_id", choices[0].unit.pk if choices else None)
            more.setdefault("seen", seen.version)
            return review.approve(actor=actor, case_id=case.pk, **more)

    def return_(
        self, case: Application, *, by: str, reason: str = "请补充结业证书", **more: Any
    ) -> Application:
        with self.acting(by) as actor:
            seen = more.pop("seen", None) or self.see(by, case.pk).version
            return review.return_(actor=actor, case_id=case.pk, seen=seen, reason=reason, **more)

    def reject(
        self, case: Application, *, by: str, reason: str = "材料与申报不符", **more: Any
    ) -> Application:
        with self.acting(by) as actor:
            seen = more.pop("seen", None) or self.see(by, case.pk).version
            return review.reject(actor=actor, case_id=case.pk, seen=seen, reason=reason, **more)

    def withdraw(self, case: Application, *, by: str = "applicant") -> Application:
        with self.acting(by) as actor:
            return filing.withdraw(actor=actor, application_id=case.pk, seen=self.see(by, case.pk).version)

    def application(self, *, at: State, by: str = "applicant", hop: int = 1) -> Application:
        """The applicant's case at 省第九人民医院, walked to a state through real acts; `hop` counts departments."""
        case = self.draft(by=by)
        if at == State.DRAFT:
            return case
        case = self.submit(case, by=by)
        path: dict[State, list[Callable[[], Application]]] = {
            State.EMPLOYER_REVIEW: [],
            State.RETURNED: [lambda: self.return_(case, by="employer")],
            State.REJECTED: [lambda: self.reject(case, by="employer")],
            State.WITHDRAWN: [lambda: self.withdraw(case, by=by)],
            State.DEPARTMENT_REVIEW: [lambda: self.approve(case, by="employer")]
            + [lambda: self.approve(case, by="department")] * (hop - 1),
        }
        to_bureau = [
            lambda who=who: self.approve(case, by=who)
            for who in ("employer", "department", "second_department")
        ]
        path[State.BUREAU_REVIEW] = to_bureau
        path[State.APPROVED] = [*to_bureau, lambda: self.approve(case, by="bureau")]
        for act in path[at]:
            case = act()
        return case
