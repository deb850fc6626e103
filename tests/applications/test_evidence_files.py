"""Evidence as rows: replacing, order, labels, limits."""

from __future__ import annotations

import io
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from applications import services
from applications.models import Application, Evidence
from applications.services import evidence as limits
from applications.states import State
from cehours.lib import uploads
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, NotYours
from organizations.models import Event
from tests.applications.attaching import attach, stored
from tests.security.corpus.pdfs import pdf
from tests.security.corpus.photos import picture
from tests.world import World


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020, 2021), evidence=False)


def names(case: Application, year: int = 2020) -> list[str]:
    return [paper.filename for paper in case.evidence.filter(year_entry__year=year).order_by("position")]


# --- Replacing, order, labels


def test_a_replacement_takes_the_place_and_the_label_of_the_old_file_but_not_its_seal(
    world: World, case: Application
) -> None:
    with world.acting("applicant") as actor:
        attach(actor, case, filename="1.png")
        old = attach(
            actor, case, filename="2.png", kind="prior_certificate", stamped=True, prior_span=(2018, 2020)
        )
        attach(actor, case, filename="3.png")

        new = attach(actor, case, pdf(), filename="新.pdf", kind="", replaces=old.pk)

        assert names(case) == ["1.png", "新.pdf", "3.png"]
        assert (new.kind, new.stamped, new.prior_from, new.prior_to) == (
            "prior_certificate",
            False,
            2018,
            2020,
        )
        assert attach(actor, case, filename="再.png", kind="", replaces=new.pk, stamped=True).stamped
        assert Event.objects.filter(act="evidence_replaced", subject_id=case.pk).count() == 2


def test_a_replacement_that_is_refused_leaves_the_old_file_where_it_was(
    world: World, case: Application
) -> None:
    with world.acting("applicant") as actor:
        old = attach(actor, case, filename="1.png")
        with pytest.raises(uploads.Refused):
            attach(actor, case, b"broken", filename="2.png", replaces=old.pk)
        assert names(case) == ["1.png"]


def test_only_a_file_of_the_same_year_and_case_is_replaced(world: World, case: Application) -> None:
    other = world.draft(by="other_applicant", years=(2020,), evidence=False)
    with world.acting("other_applicant") as actor:
        foreign = attach(actor, other)
    with world.acting("applicant") as actor:
        elsewhere = attach(actor, case, year=2021)
        for target in (elsewhere.pk, foreign.pk, uuid4()):
            with pytest.raises(NotYours):
                attach(actor, case, replaces=target)
        assert names(case) == [] and len(names(case, 2021)) == 1


def test_files_are_put_in_order_and_new_ones_go_to_the_end(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        first, second, third = (attach(actor, case, filename=f"{number}.png") for number in (1, 2, 3))
        services.reorder(
            actor=actor, application_id=case.pk, year=2020, order=[third.pk, first.pk, second.pk]
        )
        services.detach(actor=actor, application_id=case.pk, evidence_id=first.pk)
        attach(actor, case, filename="4.png")

        assert names(case) == ["3.png", "2.png", "4.png"]


def test_an_order_that_does_not_name_each_file_once_changes_nothing(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        first, second = (attach(actor, case, filename=f"{number}.png") for number in (1, 2))
        for order in ([second.pk], [second.pk, first.pk, uuid4()], [second.pk, second.pk], []):
            with pytest.raises(NotAllowed, match="请刷新页面"):
                services.reorder(actor=actor, application_id=case.pk, year=2020, order=order)
        assert names(case) == ["1.png", "2.png"]


def test_a_label_is_changed_and_checked_like_a_new_one(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case)
        label = {"actor": actor, "application_id": case.pk, "evidence_id": paper.pk}
        services.relabel(**label, kind="prior_certificate", stamped=True, prior_span=(2019, 2020))
        paper.refresh_from_db()
        assert (paper.kind, paper.stamped, paper.prior_from) == ("prior_certificate", True, 2019)

        with pytest.raises(NotAllowed, match="材料种类"):
            services.relabel(**label, kind="nonsense", stamped=False)
        with pytest.raises(NotAllowed, match="起始年度"):
            services.relabel(**label, kind="prior_certificate", stamped=False)
        services.relabel(**label, kind="notice", stamped=False)
        paper.refresh_from_db()
        assert (paper.kind, paper.stamped, paper.prior_from) == ("notice", False, None)


def test_nobody_else_and_nobody_in_review_changes_evidence(world: World, case: Application) -> None:
    with world.acting("applicant") as actor:
        paper = attach(actor, case)
    for who in ("other_applicant", "employer", "bureau"):
        with world.acting(who) as actor:
            acts = _acts(actor, case, paper)
            for act in acts:
                with pytest.raises(NotYours):
                    act()
    filed = world.application(at=State.EMPLOYER_REVIEW, by="third_applicant")
    with world.acting("third_applicant") as actor:
        for act in _acts(actor, filed, filed.evidence.first()):
            with pytest.raises(NotNow):
                act()


def _acts(actor: Actor, case: Application, paper: Evidence | None) -> list[Any]:
    assert paper is not None
    at = {"actor": actor, "application_id": case.pk}
    return [
        lambda: attach(actor, case),
        lambda: services.detach(**at, evidence_id=paper.pk),
        lambda: services.reorder(**at, year=2020, order=[paper.pk]),
        lambda: services.relabel(**at, evidence_id=paper.pk, kind="notice", stamped=False),
    ]


# --- Limits (A56)


def test_a_year_holds_no_more_files_than_allowed_and_replacing_needs_no_room(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.MOST_FILES_A_YEAR == 30
    monkeypatch.setattr(limits, "MOST_FILES_A_YEAR", 2)
    with world.acting("applicant") as actor:
        papers = [attach(actor, case) for _ in range(2)]
        with pytest.raises(NotAllowed, match=r"每个年度最多上传 2 个文件，请合并"):
            attach(actor, case)
        attach(actor, case, year=2021)
        attach(actor, case, replaces=papers[0].pk)
        assert len(names(case)) == 2


def test_an_application_holds_no_more_bytes_than_allowed(
    world: World, case: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.MOST_BYTES == 300 * 1024 * 1024
    size = len(uploads.examine(io.BytesIO(picture("PNG")), "a.png").content)
    monkeypatch.setattr(limits, "MOST_BYTES", 2 * size)
    with world.acting("applicant") as actor:
        paper = attach(actor, case)
        attach(actor, case, year=2021)
        with pytest.raises(NotAllowed, match=r"不能超过 300 MB，请压缩"):
            attach(actor, case)
        attach(actor, case, replaces=paper.pk)


@pytest.mark.long
@pytest.mark.parametrize("limit", ["MOST_FILES_A_YEAR", "MOST_BYTES"])
def test_thirty_uploads_at_once_never_exceed_the_limit(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    world = committed_world
    case = world.draft(years=(2020,), evidence=False)
    most = 7
    size = len(uploads.examine(io.BytesIO(picture("PNG")), "a.png").content)
    monkeypatch.setattr(limits, limit, most if limit == "MOST_FILES_A_YEAR" else most * size + size // 2)
    start, outcomes = threading.Barrier(30), []

    def send() -> None:
        start.wait()
        try:
            with world.acting("applicant") as actor:
                attach(actor, case)
            outcomes.append("taken")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert sorted(outcomes) == ["refused"] * (30 - most) + ["taken"] * most
    with world.acting("applicant"):
        papers = list(case.evidence.order_by("position"))
    assert [paper.position for paper in papers] == list(range(most))
    assert stored() == [papers[0].storage_key]
