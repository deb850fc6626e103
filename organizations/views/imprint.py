"""本局信息: a bureau's administrators say who runs the system here and whom one may ring."""

from __future__ import annotations

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect

from cehours.lib.refusal import Refusal
from organizations.acting.actor import ActorRequest
from organizations.acting.errors import NotAllowed, Stale
from organizations.forms.fields import show_refusal
from organizations.forms.imprint import ImprintForm
from organizations.registry import imprints
from organizations.services.imprints import ImprintInput, save_imprint
from organizations.views.answers import form_page, missing_unless_yours


@missing_unless_yours
def edit(request: ActorRequest) -> HttpResponse:
    unit, imprint = imprints.own_imprint(request.actor)
    initial = model_to_dict(imprint) if imprint else {"host": unit.name}
    form = ImprintForm(request.POST or None, initial=initial)
    version = request.POST.get("version", str(unit.audit_seq))
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else -1
        try:
            save_imprint(actor=request.actor, seen=seen, data=ImprintInput(**form.cleaned_data))
        except NotAllowed as refusal:
            show_refusal(form, refusal)
            refused, version = refusal, str(unit.audit_seq)
        else:
            messages.success(request, "本局信息已保存，页脚、帮助和隐私声明随即更新。")
            return redirect("organizations:imprint")
    context = {"unit": unit, "version": version, "stale": isinstance(refused, Stale)}
    return form_page(request, "organizations/imprint.html", form, context, refusal=refused)
