from __future__ import annotations

from django.db.models import Func


class NameKey(Func):
    """cehours.lib.names.key of a name, as PostgreSQL computes it."""

    function = "name_key"
