"""Which rules of which policies must have vectors of their own: those that the year before did not have."""

from __future__ import annotations

from collections.abc import Iterable

import rules
from rules.policy import Proof


def before(policy: rules.Policy, policies: Iterable[rules.Policy]) -> rules.Policy | None:
    """The policy of the same province that was in force last; None for its first."""
    earlier = [each for each in policies if each.region == policy.region and each.year < policy.year]
    return max(earlier, key=lambda each: each.year, default=None)


def changed_kinds(policies: Iterable[rules.Policy]) -> list[tuple[rules.Policy, rules.Kind]]:
    """Every kind of a province's first policy; of a later one those that are not word for word as before."""
    known = list(policies)
    return [
        (policy, kind)
        for policy in known
        for kind in policy.kinds
        if (earlier := before(policy, known)) is None or kind not in earlier.kinds
    ]


def changed_proofs(policies: Iterable[rules.Policy]) -> list[tuple[rules.Policy, Proof]]:
    """The same for what proves an activity."""
    known = list(policies)
    return [
        (policy, proof)
        for policy in known
        for proof in policy.proofs
        if (earlier := before(policy, known)) is None or proof not in earlier.proofs
    ]
