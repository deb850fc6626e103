"""Members of a unit: the list, inviting, revoking, removing. The own unit's, or one the bureau keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from organizations.accounts import platform, second_factor
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.fields import show_refusal
from organizations.forms.members import InviteForm
from organizations.registry import kept as registry
from organizations.services import members, second_factors
from organizations.views.answers import form_page, missing_unless_yours
from organizations.views.asking import asked_again

if TYPE_CHECKING:
    from organizations.models import Unit


@missing_unless_yours
def listing(request: ActorRequest, pk: UUID | None = None) -> HttpResponse:
    unit = registry.unit_with_members(request.actor, pk)
    context = {
        "unit": unit,
        "pk": pk,
        "members": registry.members_of_unit(unit),
        "invitations": registry.open_invitations(unit),
        "me": request.actor.user_id,
        "have_second_factor": second_factors.who_have_one(unit),
        "second_factor_demanded": second_factor.is_demanded(),
        "platform": platform.in_use() and unit.is_bureau and unit == request.actor.unit,
    }
    return render(request, "organizations/members.html", context)


@missing_unless_yours
@asked_again
def invite(request: ActorRequest, pk: UUID | None = None) -> HttpResponse:
    unit = registry.unit_with_members(request.actor, pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            members.invite(actor=request.actor, unit_id=pk, **form.cleaned_data)
        except NotYours:
            raise
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"邀请已发送给{form.cleaned_data['name']}，7 天内有效。")
            return _back(pk)
    return form_page(request, "organizations/invite.html", form, {"unit": unit, "pk": pk})


@require_POST
@missing_unless_yours
@asked_again
def revoke(request: ActorRequest, invitation: UUID, pk: UUID | None = None) -> HttpResponse:
    members.revoke_invitation(actor=request.actor, unit_id=pk, invitation_id=invitation)
    messages.success(request, "邀请已撤销，原链接不能再使用。")
    return _back(pk)


@missing_unless_yours
@asked_again
def remove(request: ActorRequest, member: int, pk: UUID | None = None) -> HttpResponse:
    """Asks once, then removes."""
    unit = registry.unit_with_members(request.actor, pk)
    membership = registry.member_of(unit, member)
    if request.method != "POST":
        return render(request, "organizations/remove_member.html", _question(unit, pk, membership))
    try:
        gone = members.remove_member(actor=request.actor, unit_id=pk, membership_id=member)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
        return _back(pk)
    messages.success(request, f"{gone.user}已不再是{unit.name}的成员。")
    if gone.user_id == request.actor.user_id:
        return redirect("site:start")
    return _back(pk)


@missing_unless_yours
@asked_again
def reset_second_factor(request: ActorRequest, member: int, pk: UUID | None = None) -> HttpResponse:
    """Asks once, then takes a colleague's second factor away, who lost it."""
    unit = registry.unit_with_members(request.actor, pk)
    membership = registry.member_of(unit, member)
    if request.method != "POST":
        return render(request, "organizations/reset_second_factor.html", _question(unit, pk, membership))
    try:
        second_factors.reset(actor=request.actor, unit_id=pk, membership_id=member)
    except NotYours:
        raise
    except NotAllowed as refusal:
        messages.error(request, refusal.says)
    else:
        messages.success(request, f"{membership.user}的二次验证已重置，其登录都已退出，并已通知本人。")
    return _back(pk)


def _question(unit: Unit, pk: UUID | None, membership: object) -> dict[str, object]:
    return {"unit": unit, "pk": pk, "membership": membership}


def _back(pk: UUID | None) -> HttpResponse:
    return redirect("organizations:unit_members", pk) if pk else redirect("organizations:members")
