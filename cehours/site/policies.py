"""Which policies a visitor can read and reckon with, and which one is meant when none is named."""

from __future__ import annotations

from django.http import Http404

import rules
from applications.queries import nearest_session
from rules import Policy


def all_policies() -> tuple[Policy, ...]:
    """Every policy in force, the newest first."""
    policies = (rules.load_policy(key) for key in rules.available_policies())
    return tuple(sorted(policies, key=lambda policy: (policy.year, policy.issued_on), reverse=True))


def policy_or_404(key: str) -> Policy:
    """The policy called `key`. Raises Http404."""
    if key not in rules.available_policies():
        raise Http404
    return rules.load_policy(key)


def current() -> Policy:
    """The policy of the session that is open (or next, or last), else the newest."""
    session = nearest_session()
    if session is not None and session.policy in rules.available_policies():
        return rules.load_policy(session.policy)
    return all_policies()[0]
