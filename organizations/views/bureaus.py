"""The province's administrators open the 经办机构 of a region."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, NotYours
from organizations.forms.bureaus import BureauForm
from organizations.forms.fields import show_refusal
from organizations.services import bureaus
from organizations.views.answers import form_page, missing_unless_yours
from organizations.views.asking import asked_again


@missing_unless_yours
@asked_again
def new(request: ActorRequest) -> HttpResponse:
    if not bureaus.keeps_bureaus(request.actor):
        raise NotYours("没有找到该页面。")
    form = BureauForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            unit = bureaus.open_bureau(
                actor=request.actor,
                region_code=typed["region"],
                name=typed["name"],
                admin=typed["admin"],
                contact=typed["contact"],
            )
        except NotYours:
            raise
        except NotAllowed as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"“{unit.name}”已建立，邀请已发送给{typed['admin']}，7 天内有效。")
            return redirect("organizations:unit_members", unit.pk)
    return form_page(request, "organizations/bureau_form.html", form)
