"""How reviewers of the sample move a case: through the acts a person at a desk has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import review.services as review
from applications import services as filing
from applications.models import Application
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from review.cases import routing
from review.cases.assessing import YearMark

Moments = Callable[[int], datetime]

RETURNS = (
    ("2022 年佐证材料照片模糊，看不清姓名，请重新拍照上传。", "照片模糊，看不清姓名"),
    ("2023 年证明材料上的学时与申报学时不一致，请核对后修改。", "学时与证明材料不一致"),
    ("2021 年佐证材料盖的是部门章，没有加盖单位公章，请盖章后重新上传。", "缺少公章，材料上盖的是部门章"),
)
REJECTIONS = ("所报专业科目与申报专业无关，不符合要求。", "材料与申报内容不符，经核实不予认可。")
FINE = ("材料齐全，同意。", "", "经核对，材料真实有效，同意上报。")
DESPITE = "已对照原件核实，同意。"
LOWERED = YearMark(remark="按实际参加时间核减半天。", recognised={"professional": Decimal(60)})


@dataclass(frozen=True)
class Desks:
    """Who decides at which unit."""

    people: Mapping[UUID, Sequence[Actor]]

    def decider(self, case: Application) -> Actor:
        """Hops take turns, because no person decides twice on one case (省属高校: two accounts)."""
        assert case.current_unit_id is not None
        people = self.people[case.current_unit_id]
        return people[case.hop % len(people)]

    def move_on(self, case: Application, *, times: int | None, moments: Moments) -> Application:
        """Approves `times` hops, or up to the certificate when None."""
        while case.step is not None and (times is None or case.hop < times):
            case = self._approve(case, moments(case.hop + 1))
        return case

    def _approve(self, case: Application, at: datetime) -> Application:
        with clock.at(at), scope(self.decider(case)) as actor:
            seen = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
            ahead = routing.ahead(seen)
            lowers = seen.hop == 1 and seen.phone.endswith("0") and self._has_hours_to_lower(seen)
            return review.approve(
                actor=actor,
                case_id=seen.pk,
                seen=seen.version,
                opinion=FINE[(seen.hop + int(seen.phone[-1])) % len(FINE)]
                or (DESPITE if seen.warnings else ""),
                next_unit_id=ahead.choices[0].unit.pk if ahead.choices else None,
                marks={2021: LOWERED} if lowers else None,
            )

    def _has_hours_to_lower(self, case: Application) -> bool:
        filed = case.activities.filter(year_entry__year=2021, category="professional")
        return sum(activity.claimed for activity in filed) > Decimal(60)

    def return_(self, case: Application, *, turn: int, at: datetime) -> Application:
        reason, remark = RETURNS[turn % len(RETURNS)]
        with clock.at(at), scope(self.decider(case)) as actor:
            return review.return_(
                actor=actor,
                case_id=case.pk,
                seen=case.version,
                reason=reason,
                marks={int(reason[:4]): YearMark(in_order=False, remark=remark)},
            )

    def reject(self, case: Application, *, turn: int, at: datetime) -> Application:
        with clock.at(at), scope(self.decider(case)) as actor:
            return review.reject(
                actor=actor,
                case_id=case.pk,
                seen=case.version,
                reason=REJECTIONS[turn % len(REJECTIONS)],
            )


def withdraw(actor: Actor, case: Application, *, at: datetime) -> Application:
    with clock.at(at), scope(actor):
        return filing.withdraw(actor=actor, application_id=case.pk, seen=case.version)


def copy_rejected(actor: Actor, case: Application, *, at: datetime) -> Application:
    with clock.at(at), scope(actor):
        return filing.copy_rejected(actor=actor, application_id=case.pk)
