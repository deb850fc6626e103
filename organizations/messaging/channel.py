"""What a way of reaching people outside the app has to know of itself: one entry of `channels.ALL`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from django.db.models import QuerySet

from cehours.lib.refusal import Refusal
from organizations.models import Message, Notice, ProvenContact, User


class BadContact(Refusal):
    """What was typed is no address of any channel; `says` tells what to compare."""


class Channel(ABC):
    """One way of reaching a person. A new one is a folder beside `mail` and `sms`, and a line in `channels.ALL`.

    `key` stands in stored rows for ever; `name` is the channel (短信), `kind` its address (手机号码), `example`
    what has to be typed (11 位手机号码). Proven addresses are rows of ProvenContact; a channel whose addresses
    stand elsewhere says so in the six methods at the end.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    kind: ClassVar[str]
    example: ClassVar[str]

    @abstractmethod
    def read(self, text: str) -> str | None:
        """The address in what was typed (half-width, without blanks around it), in the one form that is kept.

        None when it is not meant for this channel. Raises BadContact when it is, and cannot be right.
        """

    @abstractmethod
    def masked(self, address: str) -> str:
        """Enough for the owner to recognise it."""

    @abstractmethod
    def words(self, notice: Notice) -> tuple[str, str]:
        """Subject and body for a notice. Outside the site only its title and a link may be told: reasons and
        names stay behind the sign-in."""

    @abstractmethod
    def deliver(self, message: Message) -> None:
        """Hands one message over; raises when it was not taken, and it is tried again."""

    def holder(self, address: str) -> User | None:
        """The account that a proven address belongs to."""
        found = ProvenContact.objects.filter(channel=self.key, address=address).select_related("user").first()
        return found.user if found else None

    def addresses(self, user: User) -> list[str]:
        """The account's proven addresses, the first one is its main one."""
        return list(self._rows(user).values_list("address", flat=True))

    def give(self, user: User, address: str) -> None:
        """Makes a proven address the account's own in place of the former. Raises IntegrityError when taken."""
        ProvenContact.objects.update_or_create(user=user, channel=self.key, defaults={"address": address})

    def forget(self, user: User) -> None:
        """The account is closed: nothing of this channel stays with it."""
        self._rows(user).delete()

    def is_wanted(self, user: User) -> bool:
        """Whether notices go there too."""
        return self._rows(user).filter(notices=True).exists()

    def choose(self, user: User, *, wanted: bool) -> None:
        """Whether notices are to go there from now on."""
        self._rows(user).update(notices=wanted)

    def _rows(self, user: User) -> QuerySet[ProvenContact]:
        return ProvenContact.objects.filter(user=user, channel=self.key)
