"""Every page that a role reaches by links: one address for each kind of page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

FILES = ("/pdf/", "/file/", "/thumb/", "/media/", "/static/")
DOWNLOADS = ("certificates:batch_template", "my_data:download", "review:export_file", "learning:look_export")
ENOUGH = 60
# Looked at as a visitor; they are the same for everybody who has signed in.
FOR_EVERYBODY = ("site:", "certificates:verify", "organizations:mailbox", "account_")

ROLES = {
    "a visitor": "",
    "an applicant with a returned case": "tuihui",
    "an applicant with a certificate": "tongguo",
    "a freelancer": "ziyou",
    "an employer": "danwei",
    "a department": "zhuguan1",
    "a city bureau": "shizhou",
    "the provincial bureau": "shengting",
    "a university": "gaoxiao1",
}


LONG = {
    "ziyou",
    "danwei",
    "zhuguan1",
    "gaoxiao1",
    "shizhou",
}  # their pages are those of the others, in the main


class Opens(Protocol):
    """A window of any browser."""

    base_url: str

    @property
    def url(self) -> str: ...

    def open(self, path: str) -> None: ...

    def links(self) -> list[str]: ...


def reachable(window: Opens, *, but: tuple[str, ...] = ()) -> Iterator[str]:
    """Opens one address for each kind of page that links lead to, and yields it while it is open."""
    waiting, known = deque(["/", "/start/", "/no-such-page/"]), set[str]()
    opened = 0
    while waiting and opened < ENOUGH:
        path = waiting.popleft()
        kind = kind_of(path)
        if kind in known or kind.startswith(DOWNLOADS) or (opened > 1 and kind.startswith(but)):
            continue
        known.add(kind)
        window.open(path)
        opened += 1
        yield path
        for address in window.links():
            parts = urlsplit(urljoin(window.url, address))
            if address.startswith(window.base_url) and not parts.path.endswith(FILES):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def kind_of(path: str) -> str:
    """The name of the page an address belongs to, so that one of each kind is looked at."""
    try:
        name = resolve(urlsplit(path).path).view_name
    except Resolver404:
        return path
    return f"{name}{'?' if urlsplit(path).query else ''}"
