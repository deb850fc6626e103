"""Every address × role × (there, another tenant's part in it, missing) × method, and what a cell must answer.

Whose a thing is lies in the roles: it is its owner's, a colleague's, another tenant's. What is refused reads to the
byte as what never was, and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Membership
from tests.security.addresses import GENERAL, OF_SOMEBODY, RECORDED, ROLES, Places, names, who_may
from tests.security.attacking import browser_of, once, to_sign_in
from tests.world import World

ALL = dict(names())
MAPPED = {name: arguments for name, arguments in ALL.items() if name in {**GENERAL, **OF_SOMEBODY}}
METHODS = ("get", "post", "head", "put", "delete", "options")  # the first two have forms and pages
OPEN = {200, 302, 400, 409, 422}  # the page, on to the next one, or what is wrong with the form
REFUSED = {401, 403, 404, 405}
THERE, MISSING, MIXED = "there", "missing", "with another tenant's part"
# A visit is remembered, and throttled.
ALWAYS = {"django_session", "organizations_device", "django_cache"}
ON_RECORD = {"organizations_event", "applications_application", "organizations_datarequest"}
CLOCK_AND_LENGTH = {"Expires", "Content-Length"}  # of the own address, which has its length
_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.I)
_TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NONCE = re.compile(r"'nonce-([^']+)'")


@dataclass(frozen=True)
class Cell:
    role: str
    name: str
    method: str
    thing: str


def is_open(name: str, answer: Any) -> bool:
    """The certificate here has no print yet, so its token gets the page that says that nothing was found.

    The mailbox exists in a demo only.
    """
    nothing_found = name == "certificates:verify_token" and answer.status_code == 404
    no_demo = name == "organizations:mailbox" and not settings.DEMO and answer.status_code == 404
    return nothing_found or no_demo or (answer.status_code in OPEN and not to_sign_in(answer))


def is_refused(answer: Any, role: str) -> bool:
    return answer.status_code in REFUSED or (role == "visitor" and to_sign_in(answer))


def difference(one: list[str], other: list[str]) -> str:
    """The first lines in which two traces differ, "" when they do not."""
    return next((f"{mine} / {its}" for mine, its in zip_longest(one, other) if mine != its), "")


def trace(answer: Any, url: str) -> list[str]:
    """Status, headers and body of an answer without its own address, form token and nonce; all else to the byte."""
    nonces = _NONCE.findall(answer.headers.get("Content-Security-Policy", ""))

    def plain(text: str) -> str:
        for own in (url, quote(url), quote(url, safe=""), *_IDS.findall(url)):
            text = text.replace(own, "HERE")
        for nonce in nonces:
            text = text.replace(nonce, "NONCE")
        return _TOKEN.sub("TOKEN", text)

    headers = [
        f"{name}: {text}" for name, text in sorted(answer.headers.items()) if name not in CLOCK_AND_LENGTH
    ]
    return [str(answer.status_code), *map(plain, headers), *plain(answer.body).splitlines()]


class Cells:
    """The cells of one state of the applicant's case, in a world of their own."""

    def __init__(self, world: World, state: State) -> None:
        self.world, self.state = world, state
        self.places = Places(world, world.application(at=state))
        self.others = _others(world)
        self.browsers: dict[str, Client] = {}

    def all(self, *roles: str) -> Iterator[Cell]:
        for role in roles or ROLES:
            for name, arguments in sorted(MAPPED.items()):
                things = [THERE, *([MISSING] if self.places.missing(name, arguments) else [])]
                things += [MIXED] if self._mixed(name) else []
                for thing in things:
                    yield from (
                        Cell(role, name, method, thing) for method in METHODS[: None if thing == THERE else 2]
                    )

    def complaint(self, cell: Cell) -> str | None:
        """What is wrong with a cell's answer, or None."""
        missing = self.places.missing(cell.name, MAPPED[cell.name])
        if cell.thing == THERE:
            url = self.places.of(cell.name, MAPPED[cell.name])
            return self._wrong(cell, url, () if self._may(cell) else missing.values())
        if cell.thing == MISSING:
            return next(filter(None, (self._wrong(cell, url) for url in missing.values())), None)
        mixed = self._mixed(cell.name).items()
        return next(filter(None, (self._wrong(cell, url, [missing[part]]) for part, url in mixed)), None)

    def _wrong(self, cell: Cell, url: str, as_if: Iterable[str] = ()) -> str | None:
        """`as_if`: addresses of what never was, whose answers it must not be told from."""
        answer, written = self._asked(cell, url)
        may = cell.thing == THERE and self._may(cell)
        if not (may and cell.method in ("post", "put")):  # Django's forms take PUT as POST
            written -= ALWAYS | (ON_RECORD if may and cell.name in RECORDED else set())
            if written:
                return f"writes {sorted(written)}"
        if may and cell.method in ("get", "post"):
            return None if is_open(cell.name, answer) else f"does not open: {answer.status_code}"
        if not (is_refused(answer, cell.role) or self._is_elsewhere(cell, answer, may)):
            return f"is not refused: {answer.status_code}"
        for missing in as_if:
            if differ := difference(trace(answer, url), trace(self._asked(cell, missing)[0], missing)):
                return f"tells {url} from {missing}, which never was: {differ}"
        return None

    def _is_elsewhere(self, cell: Cell, answer: Any, may: bool) -> bool:
        """An answer that shows nothing: of a method that nobody uses, or of one's own case, which is not open now."""
        of_ones_own = cell.thing != THERE and self._may(cell) and answer.status_code in (302, 409)
        tells_methods = cell.method == "options" and answer.status_code == 200 and not answer.body
        return of_ones_own or tells_methods or (may and is_open(cell.name, answer))

    def _may(self, cell: Cell) -> bool:
        """Other methods open nothing that GET or POST does not; most of them are refused to everybody."""
        places = {"get": (0,), "head": (0,), "post": (1,)}.get(cell.method, (0, 1))
        return any(cell.role in who_may(cell.name, place, self.state) for place in places)

    def _asked(self, cell: Cell, url: str) -> tuple[Any, set[str]]:
        if cell.role not in self.browsers:
            self.browsers[cell.role] = browser_of(self.world, cell.role)
        written: set[str] = set()
        cache.clear()  # tries are counted there

        def watch(execute: Callable[..., Any], sql: str, facts: Any, many: bool, context: Any) -> Any:
            done = execute(sql, facts, many, context)
            if context["cursor"].rowcount:
                written.update(_WRITES.findall(sql))
            return done

        with connection.execute_wrapper(watch):
            answer = once(self.browsers[cell.role], cell.method, url)
        return answer, written

    def _mixed(self, name: str) -> dict[str, str]:
        """By argument: the address of one's own thing with a part in it that is another tenant's."""
        arguments = MAPPED[name]
        return {
            part: self.places.of(name, arguments, **{part: other})
            for part, other in self.others.items()
            if part in arguments and "pk" in arguments
        }


def _others(world: World) -> dict[str, Any]:
    """Parts that belong to another case, or to another unit, than the rest of an address."""
    case = world.draft(by="third_applicant", unit="firm", years=(2020,))
    with world.acting("third_applicant"):
        paper = case.evidence.first()
        assert paper is not None
    with scope(Actor.system("tests")):
        member = Membership.objects.get(user=world.other_employer.user)
    return {"evidence_id": paper.pk, "member": member.pk}
