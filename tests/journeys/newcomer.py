"""Enters somebody of this name into a running instance, with two years of distance learning and no evidence.

`python -m tests.journeys.newcomer LOGIN`: a journey that writes has a person of its own, whatever the others do.
"""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import django

from tests import databases
from tests.journeys.instance import Instance

YEARS = (2020, 2021)
FIRST_NUMBER = 250  # beyond everybody of the sample


def enter(instance: Instance, login: str) -> str:
    """Enters them; returns the path of their application."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.newcomer", login],
        cwd=databases.REPO,
        env={**instance.env, "DJANGO_SETTINGS_MODULE": "cehours.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return f"/applications/{done.stdout.split()[-1]}/"


def _draft(login: str) -> str:
    from applications import queries, services
    from cehours.sample import people
    from organizations.acting.scope import scope

    number = FIRST_NUMBER + sum(login.encode()) % 90
    actor = people.enter(number=number, login=login, name="刘晓燕", region="430102")
    with scope(actor):
        session = queries.open_session()
        assert session is not None
        case = services.start(actor=actor, session_id=session.pk)
        for year in YEARS:
            case.refresh_from_db()
            services.add_year(
                actor=actor,
                application_id=case.pk,
                seen=case.version,
                year=year,
                activities=[
                    services.ActivityInput("public", f"{year} 公需课程", Decimal(30), "03"),
                    services.ActivityInput("professional", f"{year} 专业课程", Decimal(60), "03"),
                ],
            )
    return str(case.pk)


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(_draft(sys.argv[1]))
