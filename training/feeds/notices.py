"""What people are told of their hours, and providers of a record that the bureau refused. Written as a task of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

import rules
from organizations.messaging import notices
from organizations.messaging.notices import Words
from organizations.models import Membership
from training.feeds.matching import Change, Entered
from training.models import Delivery, LearningRecord, Provider

# One notice for each person and delivery, however many records of theirs it held.
ADDED = (
    "{unit}报送了您的 {count} 条学习记录，共 {hours} 学时，已记入学时台账。"
    "申报填写相应年度时勾选即可，不用再传材料。"
)
CHANGED = (
    "{unit}更正或撤销了您的 {count} 条学习记录（{years} 年），原来的学时已变动。申报中已勾选的，请打开该年度重新保存；"
    "已提交的不能审核通过。有异议的，请联系{unit}。"
)
REFUSED = "记录 {number}（{title}）未予计入。理由：{reason}。可以更正后重新报送。"


def tell(provider: Provider, delivery_id: UUID, changes: Iterable[Change]) -> None:
    """Each person once of what was added, and once of what changed or fell."""
    added: dict[UUID, list[Entered]] = defaultdict(list)
    changed: dict[UUID, list[Entered]] = defaultdict(list)
    for change in changes:
        before, after = change.before, change.after
        if before is not None:
            changed[before.person].append(before)
        if after is not None and (before is None or before.person != after.person):
            added[after.person].append(after)
    told = [(person, delivery_id, _added(provider, rows)) for person, rows in added.items()]
    told += [(person, delivery_id, _changed(provider, rows)) for person, rows in changed.items()]
    if told:
        notices.tell_many(Delivery.SUBJECT, told)


def refused(provider: Provider, record: LearningRecord, reason: str) -> None:
    """Tells the provider's members: only of what was wrong with the record, never with its person."""
    words = Words(
        "record_refused",
        "一条学习记录未予计入",
        REFUSED.format(number=record.number, title=record.title, reason=reason.rstrip("。；;.")),
    )
    members = Membership.objects.filter(unit_id=provider.unit_id, user__is_active=True).exclude(
        user__person=None
    )
    people = set(members.values_list("user__person_id", flat=True))
    notices.tell_many(Delivery.SUBJECT, [(person, record.delivery_id, words) for person in people])


def _added(provider: Provider, rows: list[Entered]) -> Words:
    hours = rules.number_text(sum((each.hours for each in rows), Decimal(0)))
    body = ADDED.format(unit=provider.unit.name, count=len(rows), hours=hours)
    return Words("record_counted", "学习记录已记入台账", body, reverse("certificates:ledger"))


def _changed(provider: Provider, rows: list[Entered]) -> Words:
    years = "、".join(str(year) for year in sorted({each.year for each in rows}))
    body = CHANGED.format(unit=provider.unit.name, count=len(rows), years=years)
    return Words("record_changed", "学习记录有变动", body, reverse("certificates:ledger"))
