"""What every edit of an application has in common: lock, look whether it may be edited, move the version on."""

from __future__ import annotations

from uuid import UUID

from applications import queries
from applications.models import Application
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.errors import MovedOn, Stale

EDITED_ELSEWHERE = "这份申报在另一个窗口或设备上修改过。您刚才填写的内容仍在本页，请对照最新内容后重新保存。"


def open_for_edit(actor: Actor, pk: UUID, *, seen: int | None = None) -> Application:
    """The actor's own application, locked and editable; `seen` is the version the actor's page showed.

    Raises NotYours, MovedOn (it is with a reviewer, or finished), Stale (edited elsewhere since).
    """
    case = queries.own(actor, pk, lock=True)
    if not case.is_editable:
        raise MovedOn(why_closed(case))
    if seen is not None and seen != case.version:
        raise Stale(EDITED_ELSEWHERE)
    return case


def why_closed(case: Application) -> str:
    """Why the application cannot be edited, and what the applicant can do instead (R191)."""
    says = f"该申报当前为“{case.get_state_display()}”，不能修改。"
    if case.current_unit_id:
        return f"{says}如需修改，请先撤销。"
    if case.state == State.REJECTED:
        return f"{says}请点击“新增学时认定申报”重新申报。"
    return says


def touch(case: Application) -> None:
    """Moves the version on, so that a page shown before this edit is recognised as old."""
    case.version += 1
    case.save(update_fields=["version"])
