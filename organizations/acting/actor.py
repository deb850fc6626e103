"""The actor: the only description of "who" that services and queries accept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.http import HttpRequest

if TYPE_CHECKING:
    from organizations.models import Membership, Unit, User

Kind = Literal["person", "system", "public", "client"]


@dataclass(frozen=True)
class Actor:
    """Somebody acting: a signed-in person (with at most one unit's hat on), a task of ours, another's program,
    or the public.

    `unit` is the one unit the person acts for in this request; nothing is ever decided under two hats.
    `client` is the key of the registration under which a program acts: it wears no hat and sees that alone.
    """

    kind: Kind
    user: User | None = None
    membership: Membership | None = None
    task: str = ""
    client: UUID | None = None

    @classmethod
    def public(cls) -> Actor:
        return cls("public")

    @classmethod
    def system(cls, task: str) -> Actor:
        return cls("system", task=task)

    @classmethod
    def of(cls, user: User, membership: Membership | None = None) -> Actor:
        return cls("person", user=user, membership=membership)

    @classmethod
    def program(cls, client: UUID) -> Actor:
        """A program of somebody else's, known by its signature."""
        return cls("client", client=client)

    @property
    def is_signed_in(self) -> bool:
        return self.kind == "person"

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def person_id(self) -> UUID | None:
        return self.user.person_id if self.user else None

    @property
    def unit(self) -> Unit | None:
        return self.membership.unit if self.membership else None

    @property
    def unit_id(self) -> UUID | None:
        return self.membership.unit_id if self.membership else None

    @property
    def is_unit_admin(self) -> bool:
        return self.membership is not None and self.membership.role == "admin"

    @property
    def is_bureau(self) -> bool:
        return self.unit is not None and self.unit.is_bureau

    @property
    def is_province_bureau(self) -> bool:
        return self.unit is not None and self.unit.is_province_bureau

    @property
    def is_applicant(self) -> bool:
        """Acting for oneself: a known natural person with no unit's hat on."""
        return self.kind == "person" and self.membership is None and self.person_id is not None

    @property
    def display_name(self) -> str:
        return str(self.user) if self.user else ""

    @cached_property
    def memberships(self) -> list[Membership]:
        """All hats this person may put on, for the switcher in the page head."""
        if self.user is None:
            return []
        return list(self.user.memberships.select_related("unit").order_by("unit__pinyin", "pk"))


class ActorRequest(HttpRequest):
    """A request behind `cehours.middleware.ActorMiddleware`, which knows who acts."""

    actor: Actor
