"""Units: entering and changing them, always on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from cehours.lib import names, uscc
from cehours.lib.pinyin import unit_keys
from organizations import audit, digests
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.models import Affiliation, Entrustment, Membership, Unit
from organizations.registry import imprints, lookup
from organizations.registry import kept as registry

DEEPEST = 12  # more levels than any administration has; the walk up must end
FIELDS = ("name", "uscc", "affiliation", "nature", "region_id", "parent_id", "top_level", "active")


@dataclass(frozen=True)
class UnitInput:
    """What is entered about a unit; `years`: when a central unit entrusted the province (A51).

    `uscc_as_issued`: the 登记证书 has been compared, and its check character is as typed. `another_unit`: this is
    not the unit whose name differs only in brackets, blanks, or 省 and 市. Both are put on record.
    """

    name: str
    uscc: str
    affiliation: str
    nature: str
    region_id: str
    parent_id: UUID | None
    top_level: bool
    active: bool
    years: frozenset[int] = frozenset()
    uscc_as_issued: bool = False
    another_unit: bool = False


@transaction.atomic
def add_unit(*, actor: Actor, data: UnitInput) -> Unit:
    """Enters a unit. Raises NotYours for who is no administrator of a bureau, NotAllowed naming the field."""
    registry.units_changed_by(actor)
    _lock_tree()
    unit = Unit()
    vouched = _fill(actor, unit, data)
    unit.save(force_insert=True)
    years = _entrust(unit, data)
    facts = {"affiliation": unit.affiliation, "region": unit.region_id, "years": years, **vouched}
    audit.record(actor, "unit_added", unit, **facts, digest=digests.one("organizations_unit", unit.pk))
    return unit


@transaction.atomic
def change_unit(*, actor: Actor, unit_id: UUID, seen: int, data: UnitInput) -> Unit:
    """Changes a unit the bureau keeps; `seen` is the length of its trail when the form was opened.

    Raises NotYours, Stale, NotAllowed naming the field.
    """
    _lock_tree()
    unit = registry.kept_unit(actor, unit_id, lock=True)
    if unit.audit_seq != seen:
        raise Stale("该单位刚刚被其他人修改过，您的修改没有保存。请核对最新内容后再保存。")
    if unit.merged_into_id is not None:
        raise NotAllowed("该单位已并入其他单位，登记信息不再修改。", field="active")
    if unit.pk == actor.unit_id and not data.active:
        raise NotAllowed("不能停用您正在办事的单位。", field="active")
    before = {name: getattr(unit, name) for name in FIELDS}
    had = registry.years_entrusted(unit)
    vouched = _fill(actor, unit, data)
    unit.save(update_fields=[*FIELDS, "pinyin", "initials"])
    years = _entrust(unit, data)
    changed = _changes(unit, before) | ({"years": years} if years != had else {})
    if changed:
        audit.record(
            actor,
            "unit_changed",
            unit,
            **changed,
            **vouched,
            digest=digests.one("organizations_unit", unit.pk),
        )
        imprints.forget()
    return unit


@transaction.atomic
def merge_unit(*, actor: Actor, unit_id: UUID, into_id: UUID, seen: int) -> tuple[Unit, Unit]:
    """合并: closes a unit; its subordinate units and its people go to `into`. Returns (closed, successor).

    The cases it holds are the caller's to move (review.services.reorganising). Raises NotYours, Stale,
    NotAllowed naming the field.
    """
    _lock_tree()
    unit = registry.kept_unit(actor, unit_id, lock=True)
    try:
        into = registry.kept_unit(actor, into_id, lock=True)
    except NotYours:
        raise NotAllowed("所选单位不在您的管理范围内，请重新选择。", field="into") from None
    if unit.audit_seq != seen:
        raise Stale("该单位刚刚被其他人修改过，没有合并。请核对最新内容后再操作。")
    _may_merge(actor, unit, into)
    children = list(Unit.objects.filter(parent=unit).order_by("pk").values_list("pk", flat=True))
    Unit.objects.filter(parent=unit).update(parent=into)
    already = Membership.objects.filter(unit=into).values("user")
    moving = Membership.objects.filter(unit=unit).exclude(user__in=already)
    moved = list(moving.order_by("pk").values_list("user", flat=True))
    moving.update(unit=into)
    Membership.objects.filter(unit=unit).delete()
    unit.active, unit.merged_into = False, into
    unit.save(update_fields=["active", "merged_into"])
    audit.record(actor, "unit_merged", unit, into=into.pk, digest=digests.one("organizations_unit", unit.pk))
    for user in moved:
        audit.record(actor, "member_moved", into, user=user, left=unit.pk)
    left = digests.of("organizations_unit", children)
    facts = {pk: audit.facts_text(to=into.pk, digest=left[pk]) for pk in children}
    audit.record_many(actor, "superior_changed", Unit, facts)
    imprints.forget()
    return unit, into


def _may_merge(actor: Actor, unit: Unit, into: Unit) -> None:
    if unit.pk == into.pk:
        raise NotAllowed("不能并入本单位自身，请重新选择。", field="into")
    if unit.is_bureau or into.is_bureau:
        raise NotAllowed("经办机构不能在这里合并。", field="into")
    if not unit.active or not into.active:
        raise NotAllowed("合并的两个单位都必须在用，请重新选择。", field="into")
    above: Unit | None = into
    for _ in range(DEEPEST):
        if above is None:
            return
        if above.parent_id == unit.pk:
            raise NotAllowed(f"{into.name}是本单位的下级，请先调整它的上级主管单位，再合并。", field="into")
        above = above.parent


def _changes(unit: Unit, before: dict[str, Any]) -> dict[str, Any]:
    """The new values of what changed, as facts of an event: {"active": false}."""
    return {name: getattr(unit, name) for name in FIELDS if getattr(unit, name) != before[name]}


def _fill(actor: Actor, unit: Unit, data: UnitInput) -> dict[str, bool]:
    """Puts what was entered on the unit; answers what somebody vouched for, as facts of an event."""
    _must_be_in_charge(actor, data)
    vouched = {}
    name, code = names.tidy(data.name), _code(data)
    if name != unit.name and _is_asked_about(unit, name, data):
        vouched["another_unit"] = True
    if code and code != unit.uscc and code[17] != uscc.check_character(code[:17]):
        vouched["uscc_as_issued"] = True
    unit.name, unit.uscc = name, code
    unit.affiliation, unit.nature = data.affiliation, data.nature
    unit.region_id, unit.active, unit.top_level = data.region_id, data.active, data.top_level
    unit.parent = _parent(actor, unit, data.parent_id)
    unit.parent_id = data.parent_id
    unit.pinyin, unit.initials = unit_keys(unit.name)
    _must_be_consistent(unit)
    return vouched


def _must_be_in_charge(actor: Actor, data: UnitInput) -> None:
    if not data.region_id.startswith(registry.territory(actor)):
        raise NotAllowed("该行政区划不在您的管理范围内，请重新选择。", field="region")
    if not actor.is_province_bureau and data.affiliation not in registry.LOCAL_AFFILIATIONS:
        raise NotAllowed(
            "省直、省属高校和中央驻湘单位由省级人社部门维护，请选择其他隶属关系。", field="affiliation"
        )


def _code(data: UnitInput) -> str:
    if not data.uscc.strip():
        return ""
    try:
        return uscc.validate(data.uscc, as_issued=data.uscc_as_issued)
    except uscc.OddCheckCharacter as odd:
        raise NotAllowed(odd.says, field="uscc_as_issued") from None
    except uscc.BadUscc as bad:
        raise NotAllowed(bad.says, field="uscc") from None


def _is_asked_about(unit: Unit, name: str, data: UnitInput) -> bool:
    """Whether a further unit is named the same but for the writing. Raises NotAllowed until that is vouched for."""
    alike = lookup.alike(name).exclude(pk=unit.pk).exclude(name=name).first()
    if alike is not None and not data.another_unit:
        raise NotAllowed(
            f"已有名称只是写法不同的单位：{alike.name}（{alike.region}）。请核对。", field="another_unit"
        )
    return alike is not None


def _parent(actor: Actor, unit: Unit, parent_id: UUID | None) -> Unit | None:
    """The superior, after walking up from it: the unit itself must not be found on the way."""
    if parent_id is None:
        return None
    if unit.is_bureau:
        raise NotAllowed("经办机构没有上级主管单位，请清空。", field="parent")
    try:
        parent = registry.kept_unit(actor, parent_id)
    except NotYours:
        raise NotAllowed("所选上级主管单位不在您的管理范围内，请重新选择。", field="parent") from None
    if parent_id != unit.parent_id and (parent.is_bureau or not parent.active):
        raise NotAllowed("所选上级主管单位是经办机构或者已停用，请重新选择。", field="parent")
    above: Unit | None = parent
    for _ in range(DEEPEST):
        if above is None:
            return parent
        if above.pk == unit.pk:
            raise NotAllowed(
                f"{parent.name}是本单位自身或下级，不能作为上级主管单位，请重新选择。", field="parent"
            )
        above = above.parent
    raise NotAllowed(f"上下级层次超过 {DEEPEST} 级，请核对上级主管单位。", field="parent")


def _must_be_consistent(unit: Unit) -> None:
    try:
        unit.clean_fields(exclude=["pinyin", "initials", "parent"])
    except ValidationError as problem:
        field, sentences = next(iter(problem.message_dict.items()))
        raise NotAllowed(sentences[0], field=field) from None
    same = Unit.objects.exclude(pk=unit.pk)
    if same.filter(name=unit.name).exists():
        raise NotAllowed("已有同名单位，请核对；确为不同单位的，请使用登记证书上的全称。", field="name")
    if unit.uscc and same.filter(uscc=unit.uscc).exists():
        raise NotAllowed("该统一社会信用代码已登记在另一个单位名下，请核对。", field="uscc")
    if unit.is_bureau and unit.active:
        taken = same.filter(region_id=unit.region_id, active=True).exclude(bureau_level="")
        if taken.exists():
            raise NotAllowed("该行政区划已有经办机构。", field="region")


def _entrust(unit: Unit, data: UnitInput) -> list[int]:
    """Writes the entrusted years, which only a central unit has; returns them."""
    years = sorted(data.years) if unit.affiliation == Affiliation.CENTRAL else []
    Entrustment.objects.filter(unit=unit).exclude(year__in=years).delete()
    Entrustment.objects.bulk_create(
        [Entrustment(unit=unit, year=year) for year in years], ignore_conflicts=True
    )
    return years


def _lock_tree() -> None:
    """One change of the tree at a time: two at once could each be sound and together close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('organizations.unit_tree'))")
