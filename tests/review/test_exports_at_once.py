"""Exports asked for at one instant are counted one after the other."""

from __future__ import annotations

from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from review import services
from review.lists.criteria import ListCriteria
from review.models import ExportJob, ExportKind
from review.services.exporting import MOST_AT_ONCE
from tests.review.racing import together
from tests.world import World


def test_of_ten_exports_asked_at_once_only_as_many_are_taken_as_one_may_have(committed_world: World) -> None:
    actor = committed_world.employer

    def ask() -> bool:
        try:
            with scope(actor):
                services.ask_for_export(actor=actor, kind=ExportKind.INBOX, criteria=ListCriteria())
        except NotAllowed:
            return False
        return True

    assert sum(together(*[ask] * 10)) == MOST_AT_ONCE
    with scope(actor):
        assert ExportJob.objects.count() == MOST_AT_ONCE
