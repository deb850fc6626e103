"""An authenticator app (RFC 6238) in twenty lines, and the ways through our pages that need one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.organizations.people import sign_in

STEP = 30


@dataclass(frozen=True)
class App:
    secret: str

    def code(self, steps: int = 1) -> str:
        """The code of so many steps later. That of now has set the app up, and each counts once."""
        counter = struct.pack(">Q", int(time.time()) // STEP + steps)
        digest = hmac.digest(base64.b32decode(self.secret), counter, hashlib.sha1)
        start = digest[-1] & 15
        number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
        return f"{number % 10**6:06}"


def wrong_for(app: App) -> str:
    """A code that is none of those that count now."""
    return next(f"{n:06}" for n in range(9) if f"{n:06}" not in {app.code(step) for step in range(-2, 4)})


def new_app(browser: Client) -> tuple[App, str]:
    """The app that the page offers to set up, and the page's sealed copy of its secret."""
    page = browser.get(reverse("organizations:second_factor_app")).content.decode()
    secret = re.search(r'<strong class="number">([A-Z2-7]{32})</strong>', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret and sealed, page
    return App(secret[1]), sealed[1]


def set_up(browser: Client) -> tuple[App, list[str]]:
    """Sets an app up in a browser that has just signed in; the recovery codes that the next page shows."""
    app, sealed = new_app(browser)
    answer = browser.post(reverse("organizations:second_factor_app"), {"code": app.code(0), "sealed": sealed})
    codes = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
    assert answer.status_code == 200 and codes, answer.content.decode()
    return app, codes


def answer_with(browser: Client, code: str, address: str = "", **typed: str) -> Any:
    """Types `code` where the second factor is asked: at sign-in, or at the address that it interrupts."""
    address = address or reverse("mfa_authenticate")
    return browser.post(address, {"again-asked": "act", "again-code": code, **typed})


def sign_in_with(login: str, code: str) -> Client:
    browser = sign_in(login)
    answer_with(browser, code)
    return browser
