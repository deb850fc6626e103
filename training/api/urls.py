"""Addresses of the interface; whatever else is asked for below them is answered as a problem document, too."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from training.api import problems
from training.api.endpoints import api
from training.api.gate import guarded

app_name = "learning_api"
OF_ITS_OWN = ("openapi-json", "api-root")  # the library's, which answer any method
_endpoints, _, _ = api.urls
for _each in _endpoints:
    assert _each.callback is not None
    _view = _each.callback if _each.name not in OF_ITS_OWN else require_safe(_each.callback)
    _each.callback = guarded(_view)

urlpatterns = [
    *_endpoints,
    re_path(r"^[\s\S]*$", csrf_exempt(login_not_required(problems.nothing_here)), name="nothing_here"),
]
