"""A person with a browser without scripts: opens pages, fills in fields, presses buttons, over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from tests.journeys.pages import Element, NotFound, Page

TIMEOUT = 60
Upload = tuple[str, bytes]
Pair = tuple[str, "str | Upload"]


class Visitor:
    """Keeps cookies and one open page with what was filled in on it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self.page = Page(self.base_url, 0, "")
        self._typed: dict[int, list[str | Upload]] = {}
        # No proxy: the instance is on this machine, and an office's proxy would not find it.
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Page:
        return self._show(Request(urljoin(self.base_url, path)))

    def follow(self, words: str) -> Page:
        return self.open(urljoin(self.page.url, self.page.link(words)["href"]))

    def fill(self, label: str, value: str, *, number: int = 0) -> None:
        """Types into a field, or picks the option of a select that has this text."""
        control = self.page.field(label, number)
        if control.tag == "select":
            value = self._option(control, value)
        self._typed[id(control)] = [value]

    def attach(self, label: str, files: Iterable[Upload], *, number: int = 0) -> None:
        self._typed[id(self.page.field(label, number))] = list(files)

    def tick(self, label: str) -> None:
        """Presses the radio button or box with this label."""
        wanted = next(
            (
                each
                for each in self.page.main.all("label")
                if label in each.text and self._box(each) is not None
            ),
            None,
        )
        box = self._box(wanted) if wanted else None
        if box is None:
            raise NotFound(
                f"“{self.page.title}”（{self.page.url}）上没有选项“{label}”。{self.page.trouble()}"
            )
        if box["type"] == "radio":
            for other in self.page.choices(box["name"]):
                self._typed[id(other)] = []
        self._typed[id(box)] = [box["value"] or "on"]

    def press(self, words: str) -> Page:
        """Presses a button and sends its form with everything filled in."""
        button = self.page.button(words)
        form = self.page.form_of(button)
        pairs = [*self._successful(form), *([(button["name"], button["value"])] if button["name"] else [])]
        action = urljoin(self.page.url, button["formaction"] or form["action"] or self.page.url)
        if (button["formmethod"] or form["method"]).lower() != "post":
            return self._show(Request(f"{action.partition('?')[0]}?{urlencode(_texts(pairs))}"))
        body, kind = _encoded(pairs, multipart=form["enctype"] == "multipart/form-data")
        return self._show(Request(action, body, {"Content-Type": kind, "Referer": self.page.url}))

    def download(self, path: str) -> tuple[bytes, str]:
        """The bytes behind a link and their type; the page stays open."""
        with self._opener.open(urljoin(self.page.url, path), timeout=TIMEOUT) as answer:
            return answer.read(), answer.headers.get_content_type()

    def _show(self, request: Request) -> Page:
        try:
            answer: HTTPResponse | HTTPError = self._opener.open(request, timeout=TIMEOUT)
        except HTTPError as refused:
            answer = refused
        with answer:
            html = answer.read().decode("utf-8", errors="replace")
            self.page = Page(answer.geturl() or request.full_url, answer.status or 0, html)
        self._typed = {}
        if self.page.status >= 500:
            raise NotFound(f"{self.page.url} 出错（{self.page.status}）。")
        return self.page

    def _successful(self, form: Element) -> list[Pair]:
        """What a browser would send: every control that belongs to the form and has a value."""
        pairs: list[Pair] = []
        for control in self.page.root.all("input", "select", "textarea"):
            if control["name"] and "disabled" not in control.attributes and self._belongs(control, form):
                pairs += [(control["name"], value) for value in self._values(control)]
        return pairs

    def _belongs(self, control: Element, form: Element) -> bool:
        return control["form"] == form["id"] if control["form"] else control.within("form") is form

    def _values(self, control: Element) -> list[str | Upload]:
        if id(control) in self._typed:
            return self._typed[id(control)]
        if control.tag == "textarea":
            return ["".join(child for child in control.children if isinstance(child, str)).strip()]
        if control.tag == "select":
            options = list(control.all("option"))
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            return [_value_of(option) for option in chosen]
        if control["type"] in ("radio", "checkbox"):
            return [control["value"] or "on"] if "checked" in control.attributes else []
        return [] if control["type"] in ("file", "submit", "button") else [control["value"]]

    def _option(self, select: Element, words: str) -> str:
        options = list(select.all("option"))
        exact = [option for option in options if option.text == words]
        near = [option for option in options if words in option.text]
        if not exact + near:
            raise NotFound(f"“{self.page.title}”（{self.page.url}）的下拉框里没有“{words}”。")
        return _value_of((exact + near)[0])

    @staticmethod
    def _box(label: Element) -> Element | None:
        return next((each for each in label.all("input") if each["type"] in ("radio", "checkbox")), None)


def _value_of(option: Element) -> str:
    return option["value"] if "value" in option.attributes else option.text


def _texts(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if isinstance(value, str)]


def _encoded(pairs: list[Pair], *, multipart: bool) -> tuple[bytes, str]:
    if not multipart:
        return urlencode(_texts(pairs)).encode(), "application/x-www-form-urlencoded"
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in pairs:
        filename, content = ("", value.encode()) if isinstance(value, str) else value
        extra = f'; filename="{filename}"' if filename else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n'
        kind = "Content-Type: application/octet-stream\r\n" if filename else ""
        body += f"{head}{kind}\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
