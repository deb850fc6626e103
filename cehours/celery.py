"""The Celery application. Tasks only ring the bell: what is to be done is a row in the outbox."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cehours.settings")

app = Celery("cehours")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_a_strong_role(**_: Any) -> None:
    """Stops the worker before it takes a task. Celery swallows an Exception of a receiver, not an exit."""
    from cehours.boot import refuse_a_strong_role as refuse  # noqa: PLC0415 -- needs the app registry

    try:
        refuse(serves=False)
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
