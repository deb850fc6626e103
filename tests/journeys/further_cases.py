"""Brings further cases of the sample into a running instance: `python -m tests.journeys.further_cases LOGIN …`."""

from __future__ import annotations

import sys

import django


def main(logins: set[str]) -> None:
    django.setup()
    from cehours.sample import load, plan

    plan.few = lambda: (case for case in plan.everybody() if case.login in logins)
    for says in load.load(few=True):
        sys.stdout.write(f"{says}\n")


if __name__ == "__main__":
    main(set(sys.argv[1:]))
