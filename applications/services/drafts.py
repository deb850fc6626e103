"""Autosave: what is typed and not saved yet is kept, per section and open tab, until the section is saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.models import Application, Draft
from applications.models.draft import MOST_CHARACTERS
from applications.services.editing import open_for_edit
from cehours.lib import clock
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours

MOST_TABS = 5  # of one section; the longest untouched goes first

Fields = Mapping[str, Sequence[str]]


@transaction.atomic
def keep(
    *,
    actor: Actor,
    application_id: UUID,
    section: str,
    tab: str,
    fields: Fields,
    version: int,
    opened: str,
    filled_from: UUID | None = None,
    since: datetime | None = None,
) -> Draft:
    """Writes what is typed in one tab, over what that tab kept before.

    `filled_from`: the draft this page was filled with when it was opened (`since`); it is taken over unless its
    own tab went on with it.
    Raises NotAllowed when it is too long to keep, NotNow once the application cannot be edited.
    """
    if len(json.dumps(dict(fields), ensure_ascii=False)) > MOST_CHARACTERS - 1024:
        raise NotAllowed("填写的内容太长，不能自动保存，请精简后点击“保存”。")
    case = open_for_edit(actor, application_id)
    drafts = case.drafts.filter(section=section)
    now = clock.now()
    draft, new = case.drafts.update_or_create(
        section=section,
        tab=tab,
        defaults={"fields": dict(fields), "version": version, "opened": opened, "saved_at": now},
    )
    if new:
        case.drafts.filter(tab=tab).exclude(section=section).delete()  # the page chose another year
        if filled_from is not None and since is not None:
            drafts.filter(pk=filled_from, saved_at__lte=since).exclude(pk=draft.pk).delete()
        oldest = drafts.values_list("pk", flat=True)[MOST_TABS:]
        case.drafts.filter(pk__in=list(oldest)).delete()
    return draft


@transaction.atomic
def forget(*, actor: Actor, application_id: UUID, section: str, tab: str | None = None) -> None:
    """Drops what one tab kept (it equals what is saved), or everything that was kept of the section."""
    case = open_for_edit(actor, application_id)
    drafts = case.drafts.filter(section=section)
    (drafts if tab is None else drafts.filter(tab=tab)).delete()


@transaction.atomic
def choose(*, actor: Actor, application_id: UUID, section: str, draft_id: UUID, opened: str) -> None:
    """Of several versions of a section this one is gone on with; `opened` is what is saved now."""
    case = open_for_edit(actor, application_id)
    drafts = case.drafts.filter(section=section)
    if not drafts.filter(pk=draft_id).update(opened=opened, version=case.version, saved_at=clock.now()):
        raise NotYours("这份草稿已经不在了，请重新选择。")
    drafts.exclude(pk=draft_id).delete()


def clear(case: Application, *sections: str) -> None:
    """Inside the act that saves these sections (none: the whole application leaves the applicant's hands)."""
    drafts = case.drafts.all()
    (drafts.filter(section__in=sections) if sections else drafts).delete()
