"""The part and page of 待办 from which a case was opened: carried in addresses and forms, to stay in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from organizations.acting.actor import Actor
from review.forms import InboxFilter
from review.lists.criteria import ListCriteria

FROM = "from"
ALL = ListCriteria()
LONGEST_CURSOR = 200


@dataclass(frozen=True)
class Origin:
    """Filter, order and page as the list's address has them, and as they are understood; empty: the whole list."""

    address: str = ""
    criteria: ListCriteria = ALL
    sort: str = ""

    @classmethod
    def of(cls, request: HttpRequest, actor: Actor) -> Origin:
        """What the request brings along; nothing but conditions and pages of ours survives."""
        asked = QueryDict((request.POST if request.method == "POST" else request.GET).get(FROM, ""))
        return cls.at(InboxFilter.asked(asked, actor), asked.get("cursor")) if asked else cls()

    @classmethod
    def at(cls, shown: InboxFilter, cursor: str | None) -> Origin:
        """What a list shows."""
        page = urlencode({"cursor": cursor[:LONGEST_CURSOR]}) if cursor else ""
        return cls("&".join(part for part in (shown.address(), page) if part), shown.criteria, shown.sort)

    @property
    def whole(self) -> Origin:
        """The whole list in the same order."""
        return Origin(urlencode({"sort_by": self.sort}) if self.sort else "", sort=self.sort)

    @property
    def inbox(self) -> str:
        """The list it came from."""
        return f"{reverse('review:inbox')}?{self.address}" if self.address else reverse("review:inbox")

    def tail(self, **more: object) -> str:
        """What the address of a case ends with when it is opened from here."""
        asked = {**({FROM: self.address} if self.address else {}), **more}
        return f"?{urlencode(asked)}" if asked else ""

    def case(self, pk: UUID, **more: object) -> str:
        """The page of a case, opened from here."""
        return f"{reverse('review:case', args=[pk])}{self.tail(**more)}"


WHOLE = Origin()
