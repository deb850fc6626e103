"""WSGI entry. Refuses to start as a database role that owns or bypasses."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cehours.settings")

application = get_wsgi_application()

from django.db import connections  # noqa: E402 -- after the app registry

from cehours.boot import refuse_a_strong_role  # noqa: E402

refuse_a_strong_role(serves=True)
connections.close_all()  # gunicorn forks after --preload; a shared connection would be corrupted
