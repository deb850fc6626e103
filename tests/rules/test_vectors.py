"""The tables of vectors are complete: every rule is tried inside, at its edge and outside."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import rules
from rules.policy import Proof
from tests.rules.demands import changed_kinds, changed_proofs
from tests.rules.vectors import VECTORS

PLACES = {"inside", "edge", "outside"}
POLICIES = [rules.load_policy(key) for key in rules.available_policies()]
KINDS = [
    pytest.param(policy, kind, id=f"{policy.key} {kind.key}") for policy, kind in changed_kinds(POLICIES)
]
PROOFS = [
    pytest.param(policy, proof, id=f"{policy.key} {proof.form} {' '.join(proof.kinds)}".strip())
    for policy, proof in changed_proofs(POLICIES)
]
NOTICE = Path(__file__).parents[2] / "docs/requirements.csv"


def rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CREDITS, PROVED = rows("credit"), rows("evidence")


@pytest.mark.parametrize(("policy", "kind"), KINDS)
def test_every_kind_is_tried_inside_at_its_edge_and_outside(policy: rules.Policy, kind: rules.Kind) -> None:
    places = [row["place"] for row in CREDITS if (row["policy"], row["kind"]) == (policy.key, kind.key)]

    assert len(places) >= 3
    assert set(places) == PLACES


@pytest.mark.parametrize(("policy", "kind"), KINDS)
def test_every_line_of_a_rule_is_reached(policy: rules.Policy, kind: rules.Kind) -> None:
    said = set()
    for row in CREDITS:
        if (row["policy"], row["kind"]) == (policy.key, kind.key) and row["hours"] != "error":
            facts = dict(pair.split("=", 1) for pair in row["facts"].split("; ") if pair)
            said.add(rules.credit(policy, kind=kind.key, year=row["year"], facts=facts).says)

    for line in kind.rows:
        assert any(line.says.rstrip("。") in each for each in said), line.says


@pytest.mark.parametrize(("policy", "proof"), PROOFS)
def test_every_proof_is_tried_with_enough_and_with_too_little(policy: rules.Policy, proof: Proof) -> None:
    tried = {
        row["sufficient"]
        for row in PROVED
        if (row["policy"], row["form"]) == (policy.key, proof.form)
        and (row["kind"] in proof.kinds or not proof.kinds)
    }

    assert tried >= ({"yes", "no"} if proof.ways else {"yes"})


def test_every_rule_of_the_notice_has_at_least_three_vectors() -> None:
    with NOTICE.open(encoding="utf-8", newline="") as file:
        wanted = [row["id"] for row in csv.DictReader(file) if row["area"] in ("rules", "evidence")]
    counted = Counter(
        identity
        for name in ("credit", "evidence", "years", "spans")
        for row in rows(name)
        for identity in row["requirements"].split()
    )

    assert {identity: counted[identity] for identity in wanted if counted[identity] < 3} == {}


def test_every_credit_rule_of_the_notice_is_tried_inside_and_outside() -> None:
    """Annex 2, part 2: R103 to R142 (R143 says what no rule may do)."""
    tried: dict[str, set[str]] = {f"R{number}": set() for number in range(103, 143)}
    for row in CREDITS:
        for identity in row["requirements"].split():
            tried.setdefault(identity, set()).add(row["place"])

    assert {
        identity for identity in tried if "R103" <= identity <= "R142" and tried[identity] != PLACES
    } == set()


def test_no_vector_has_the_name_of_another() -> None:
    names = Counter(
        row["id"] for name in ("credit", "evidence", "years", "spans", "routes") for row in rows(name)
    )

    assert [name for name, count in names.items() if count > 1] == []
