"""年度线下培训计划: written, filed, accepted or returned, held; and nobody else's business."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours, Stale
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import Membership
from review.services.reorganising import merge_unit
from tests.training.planning import (
    accepted,
    attended,
    day,
    entered,
    filed,
    line_of,
    name_of,
    seen_by,
    written,
)
from tests.world import World
from training import services
from training.models import PlanState, TrainingPlan
from training.plans import queries as plans


@pytest.mark.requirement("R051", "R052", "R245")
def test_an_employer_writes_a_plan_with_a_topic_of_its_own_and_the_rule_gives_the_hours(world: World) -> None:
    plan = written(world, first_day=date(2025, 3, 3), last_day=date(2025, 3, 5), days=Decimal("2.5"))

    assert plan.state == PlanState.DRAFT
    assert plan.topic == "危重症护理新技术培训"
    assert plan.purpose.startswith("建设区域危重症中心")
    assert plan.hours == 20
    assert plan.policy == "hunan-2025"


WRONG = {
    "it ends before it begins": (
        {"first_day": date(2026, 3, 5), "last_day": date(2026, 3, 4)}, "last_day", "不能早于开始日期",
    ),
    "it crosses the year": (
        {"first_day": date(2025, 12, 31), "last_day": date(2026, 1, 1)}, "last_day", "按年度分成两个计划",
    ),
    "more days than the calendar": ({"days": Decimal(2)}, "days", "共 1 天"),
    "a third of a day": ({"days": Decimal("0.3")}, "days", "0.5 的整数倍"),
    "no time at all": ({"days": Decimal(0)}, "days", "0.5 的整数倍"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "field", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_one_training_is_refused_at_its_field(
    world: World, changes: dict[str, object], field: str, says: str
) -> None:
    with pytest.raises(NotAllowed, match=says) as refused:
        written(world, **changes)
    assert refused.value.field == field


@pytest.mark.requirement("R053")
def test_a_plan_goes_from_draft_to_filed_to_accepted_and_both_sides_are_told(world: World) -> None:
    plan = filed(world)
    assert (plan.state, plan.supervisor) == (PlanState.FILED, world.group)
    with world.acting("department") as actor:
        assert [note.title for note in notices.of(actor)] == ["省第九人民医院报备了培训计划"]
        plan = services.accept_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)
    assert plan.state == PlanState.ACCEPTED
    for who in ("employer", "second_employer"):
        with world.acting(who) as actor:
            assert [note.title for note in notices.of(actor)] == ["培训计划已备案"]
            assert plan.number in notices.of(actor)[0].body
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


@pytest.mark.requirement("R053")
def test_a_training_that_has_begun_is_not_filed_any_more(world: World) -> None:
    plan = written(world, first_day=day(0))
    with (
        clock.at(clock.now() + timedelta(days=1)),
        world.acting("employer") as actor,
        pytest.raises(NotNow, match="培训已经开始，不能再报备"),
    ):
        services.file_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)


@pytest.mark.requirement("R054")
def test_a_department_returns_a_plan_with_a_reason_and_it_is_filed_again(world: World) -> None:
    plan = filed(world)
    with world.acting("department") as actor:
        with pytest.raises(NotAllowed, match="请填写退回原因"):
            services.return_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, reason=" ")
        plan = services.return_plan(
            actor=actor, plan_id=plan.pk, seen=plan.audit_seq, reason="请写明主讲教师。"
        )
    with world.acting("employer") as actor:
        assert "请写明主讲教师" in notices.of(actor)[0].body
        plan = services.change_plan(
            actor=actor, plan_id=plan.pk, seen=plan.audit_seq, data=entered(lecturers="李教授")
        )
        plan = services.file_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)
    assert (plan.state, plan.lecturers, plan.reason) == (PlanState.FILED, "李教授", "请写明主讲教师。")


@pytest.mark.requirement("R054")
@pytest.mark.parametrize(
    "who", ["second_department", "other_employer", "bureau", "other_bureau", "applicant", "school_admin"]
)
def test_only_the_superior_of_the_unit_sees_and_decides_a_plan(world: World, who: str) -> None:
    plan = filed(world)
    with world.acting(who) as actor:
        assert not TrainingPlan.objects.exists()
        assert not plans.filed_plans(actor).exists()
        with pytest.raises(NotYours):
            services.accept_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)
        with pytest.raises(NotYours):
            services.return_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, reason="不行")


def test_a_draft_is_seen_by_its_unit_alone(world: World) -> None:
    written(world)
    with world.acting("second_employer"):
        assert TrainingPlan.objects.count() == 1
    with world.acting("department"):
        assert not TrainingPlan.objects.exists()


@pytest.mark.parametrize(
    ("who", "to"),
    [
        ("employer", "group"),
        ("department", "commission"),
        ("second_department", "province"),  # 一级单位
        ("university_admin", "province"),
        ("school_admin", "changsha"),
        ("factory_admin", "zhuzhou"),
        ("other_employer", "changsha"),  # 无隶属
        ("central_admin", "province"),
    ],
)
def test_a_plan_is_filed_with_the_superior_or_else_with_the_bureau_of_the_territory(
    world: World, who: str, to: str
) -> None:
    assert filed(world, by=who).supervisor == world.units[to]


def test_a_first_level_unit_files_with_the_bureau_even_below_a_superior(world: World) -> None:
    world.group.top_level = True
    world.group.save(update_fields=["top_level"])
    world.department.membership.unit.top_level = True
    assert filed(world, by="department").supervisor == world.province


@pytest.mark.parametrize("who", ["bureau", "applicant"])
def test_neither_a_bureau_nor_a_person_writes_plans(world: World, who: str) -> None:
    with pytest.raises(NotYours):
        written(world, by=who)


def test_what_was_decided_meanwhile_is_not_decided_again(world: World) -> None:
    plan = filed(world)
    with world.acting("department") as actor:
        services.accept_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq)
        with pytest.raises(Stale):
            services.return_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, reason="晚了")
        now = seen_by(world, "department", plan)
        with pytest.raises(NotNow, match="不在待备案状态"):
            services.return_plan(actor=actor, plan_id=plan.pk, seen=now.audit_seq, reason="晚了")


def test_what_is_filed_is_not_changed(world: World) -> None:
    plan = filed(world)
    with world.acting("employer") as actor:
        with pytest.raises(NotNow, match="不能再修改"):
            services.change_plan(actor=actor, plan_id=plan.pk, seen=plan.audit_seq, data=entered())
        with pytest.raises(NotNow, match="草稿可以删除"):
            services.discard_plan(actor=actor, plan_id=plan.pk)


def test_nobody_accepts_what_they_filed_under_another_hat(world: World) -> None:
    plan = filed(world)
    user = world.employer.user
    both = Actor.of(user, Membership.objects.create(user=user, unit=world.group))
    with scope(both), pytest.raises(NotAllowed, match="报备人本人不能办理备案"):
        services.accept_plan(actor=both, plan_id=plan.pk, seen=plan.audit_seq)


def test_a_draft_is_deleted_with_its_list_and_its_trail_ends(world: World) -> None:
    plan = written(world, people=["applicant"])
    with world.acting("employer") as actor:
        services.discard_plan(actor=actor, plan_id=plan.pk)
        assert not TrainingPlan.objects.exists()
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


# The database alone: what no service of ours would do.
STEPS = {
    "the employer accepts its own": ("employer", "filed", {"state": "accepted"}),
    "the department files": ("department", "filed", {"state": "held"}),
    "held before it is accepted": ("employer", "filed", {"state": "held"}),
    "a filed topic changes": ("employer", "filed", {"topic": "别的主题"}),
    "a filed plan gets more hours": ("department", "filed", {"hours": 900}),
    "an accepted plan goes back": ("department", "accepted", {"state": "returned", "reason": "晚了"}),
    "a plan moves to another unit": ("employer", "draft", {"unit_id": "firm"}),
}


@pytest.mark.parametrize(("who", "state", "change"), STEPS.values(), ids=STEPS.keys())
def test_the_database_holds_the_steps_by_itself(
    world: World, who: str, state: str, change: dict[str, object]
) -> None:
    plan = {"draft": written, "filed": filed, "accepted": accepted}[state](world)
    if "unit_id" in change:
        change = {"unit_id": world.firm.pk}
    with (
        world.acting(who),
        pytest.raises(IntegrityError, match="a plan moves by its own steps"),
        transaction.atomic(),
    ):
        TrainingPlan.objects.filter(pk=plan.pk).update(**change)


def test_the_database_knows_the_calendar(world: World) -> None:
    plan = written(world)
    with (
        world.acting("employer"),
        pytest.raises(IntegrityError, match="a_plan_has_no_more_days_than_the_calendar"),
        transaction.atomic(),
    ):
        TrainingPlan.objects.filter(pk=plan.pk).update(days=3)


def test_the_plans_of_a_merged_unit_follow_it_and_none_lies_with_its_own_unit(world: World) -> None:
    own, below = filed(world, by="department"), filed(world)
    with world.acting("bureau") as actor:
        merge_unit(
            actor=actor, unit_id=world.group.pk, into_id=world.commission.pk, seen=world.group.audit_seq
        )
    with world.acting("second_department") as actor:
        own, below = (plans.visible_plan(actor, plan.pk) for plan in (own, below))
    assert (own.unit, own.supervisor) == (world.commission, world.province)
    assert (below.unit, below.supervisor) == (world.hospital, world.commission)
    assert (own.state, below.state) == (PlanState.FILED, PlanState.FILED)


def test_a_list_of_plans_asks_the_database_the_same_for_one_and_for_three(world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert world.browser("employer").get("/plans/").status_code == 200
        return len(seen)

    filed(world)
    asked()  # whom to ring is kept from now on
    one = asked()
    for _ in range(2):
        attended(world, accepted(world, people=["applicant"]), name_of(world, "applicant"))
    assert asked() == one
    assert (
        line_of(world, "applicant").split()[1]
        not in world.browser("employer").get("/plans/").content.decode()
    )
