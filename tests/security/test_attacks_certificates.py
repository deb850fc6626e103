"""Certificates: nobody judges their own, nothing outlives what it rests on, and names are not tried out by the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse

from applications.states import State
from cehours.lib import clock
from certificates import services
from certificates.models import Certificate
from certificates.services import issuing as issuing_service
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from tests.certificates.approving import SYSTEM, admitted, approved, certificates, printed
from tests.world import World

API = reverse("certificates:api")
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def state_of(certificate: Certificate) -> str:
    with scope(SYSTEM):
        return Certificate.objects.get(pk=certificate.pk).state


# -- one's own


def test_a_clerk_neither_saves_nor_revokes_their_own_certificate(world: World) -> None:
    certificate = printed(approved(world))
    world.add_person("holder_at_the_bureau", unit="province", person_of="applicant")
    with world.acting("bureau") as actor:
        asked = services.request_revocation(actor=actor, certificate_id=certificate.pk, reason="材料经查虚假")
    for verb in (services.decline_revocation, services.confirm_revocation):
        with world.acting("holder_at_the_bureau") as actor, pytest.raises(NotAllowed, match="本人"):
            verb(actor=actor, revocation_id=asked.pk)
    with scope(SYSTEM):
        asked.refresh_from_db()
    assert asked.state == "requested"


# -- two at once


def test_no_certificate_is_issued_of_years_that_are_revoked_meanwhile(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The applicant asks for a range in the very moment in which a second clerk confirms."""
    world = committed_world
    approved(world)
    (certificate,) = certificates()
    with world.acting("bureau") as actor:
        asked = services.request_revocation(actor=actor, certificate_id=certificate.pk, reason="材料经查虚假")
    confirming = Thread(target=confirm, args=(world, asked.pk))
    enter = issuing_service._enter

    def late(*args: Any, **kwargs: Any) -> Certificate:
        confirming.start()
        confirming.join(1)  # as far as it gets while this range is being issued
        return enter(*args, **kwargs)

    monkeypatch.setattr(issuing_service, "_enter", late)
    with world.acting("applicant") as actor:
        services.issue_range(actor=actor, from_year=2022, to_year=2023)
    confirming.join(20)

    assert [row.state for row in certificates()] == ["revoked", "revoked"]


def confirm(world: World, asked: object) -> None:
    try:
        with world.acting("second_bureau") as actor:
            services.confirm_revocation(actor=actor, revocation_id=asked)  # type: ignore[arg-type]
    finally:
        connections.close_all()


# -- harvesting


def ask(key: str, pairs: list[tuple[str, str]]) -> Any:
    items = [{"number": number, "name": name} for number, name in pairs]
    return Client().post(
        API,
        json.dumps({"items": items}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def test_a_body_cannot_try_out_the_name_on_a_number(world: World) -> None:
    """A number and the thousand most frequent names are a name within minutes, if only requests are counted."""
    certificate = printed(approved(world))
    name = json.loads(certificate.sheet)["name"]
    key = admitted("省高评委")
    for turn in range(30):
        assert (
            ask(key, [(certificate.number, f"猜{turn}之{number}") for number in range(200)]).status_code
            == 200
        )

    assert ask(key, [(certificate.number, name)]).status_code == 429
    assert ask(admitted("市中评委"), [(certificate.number, name)]).status_code == 200, "a body of its own"


@pytest.mark.parametrize(
    ("who", "at"),
    [("employer", State.EMPLOYER_REVIEW), ("bureau", State.BUREAU_REVIEW), ("employer", State.APPROVED)],
)
def test_no_unit_but_the_last_writes_a_certificate_and_that_only_of_an_approved_case(
    world: World, who: str, at: State
) -> None:
    case = world.application(at=at)
    year = clock.today().year
    with world.acting(who) as actor:
        assert actor.unit_id
        forged = Certificate(
            id=uuid4(),
            number=f"{year}000999",
            number_year=year,
            serial=999,
            person_id=case.person_id,
            application_id=case.pk,
            revision=1,
            from_year=2020,
            to_year=2021,
            issued_by_id=actor.unit_id,
            issued_at=clock.now(),
            token="t" * 32,
            sheet="{}",
        )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Certificate.objects.bulk_create([forged])
