"""Events hold ids, states, counts, times and digests only: key by key for what a whole story puts on record.

Every other test holds to it as well (tests/harness/event_facts.py).
"""

from __future__ import annotations

import json

import pytest

from organizations import audit
from organizations.acting.scope import scope
from organizations.models import Event
from tests.cehours.trail.tampering import SYSTEM
from tests.harness.event_facts import shape
from tests.world import World

# What each key may hold.
ALLOWED = {
    "application": {"id"},
    "by_approval": {"flag"},
    "decided": {"digest"},
    "decision": {"id"},
    "digest": {"digest"},
    "evidence": {"id"},
    "number": {"count"},
    "reason": {"digest"},
    "records": {"count"},
    "removed": {"digest", "digest id", ""},
    "replaces": {"digest", "id", ""},
    "revision": {"count"},
    "revocation": {"id"},
    "role": {"word"},
    "sha256": {"digest"},
    "sheet": {"digest"},
    "to": {"id"},
    "unit": {"id"},
    "user": {"count"},
    "v": {"count"},
    "version": {"count"},
    "year": {"count"},
    "years": {"count", ""},
}


def test_every_fact_of_the_story_has_the_shape_its_key_may_have(told: World) -> None:
    with scope(SYSTEM):
        facts = [json.loads(text) for text in Event.objects.order_by("pk").values_list("facts", flat=True)]
    found = {(key, shape(value)) for each in facts for key, value in each.items()}
    assert {pair for pair in found if pair[1] not in ALLOWED.get(pair[0], ())} == set()
    assert {key for key, _ in found} == set(ALLOWED), "a key that nothing holds any more is stale here"


@pytest.mark.parametrize(
    "told_of_somebody",
    [
        "张三",
        "湘水大学",
        "13912345678",
        "430102199001011234",
        "43010219900101123X",
        "zhang san",
        ["张三"],
        {"a": "张三"},
    ],
)
def test_a_name_or_number_of_a_person_is_no_fact(told_of_somebody: object) -> None:
    with pytest.raises(AssertionError, match="ids, states and digests only, not: who"):
        audit.facts_text(who=told_of_somebody)
