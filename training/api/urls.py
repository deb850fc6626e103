"""Addresses of the interface; whatever else is asked for below them is answered as a problem document, too."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from training.api import problems
from training.api.endpoints import api
from training.api.gate import guarded

app_name = "learning_api"
_endpoints, _, _ = api.urls
for _each in _endpoints:
    assert _each.callback is not None
    _each.callback = guarded(_each.callback)

urlpatterns = [
    *_endpoints,
    re_path(r"^.*$", csrf_exempt(login_not_required(problems.nothing_here)), name="nothing_here"),
]
