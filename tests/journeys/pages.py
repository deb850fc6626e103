"""Reading HTML as a person reads it: links and buttons by their words, fields by their labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
UNSEEN = frozenset({"script", "style", "template", "select"})


class NotFound(Exception):
    """Something a person would look for is not on the page. The message says what, and what the page is."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.walk() if element.tag in tags)

    def within(self, tag: str) -> Element | None:
        """The nearest element of this kind around it."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    @property
    def text(self) -> str:
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split()) if self.tag not in UNSEEN else ""


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        above: Element | None = self.open
        while above is not None and above.tag != tag:
            above = above.parent
        if above is not None and above.parent is not None:
            self.open = above.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


class Page:
    """One answer of the server: its address, status and elements."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url, self.status = url, status
        builder = _Builder()
        builder.feed(html)
        self.root = builder.root

    @property
    def title(self) -> str:
        return next((element.text for element in self.root.all("title")), "")

    @property
    def main(self) -> Element:
        return next(self.root.all("main"), self.root)

    @property
    def text(self) -> str:
        return self.main.text

    def says(self, words: str) -> bool:
        return words in self.text

    def links(self) -> list[Element]:
        return [link for link in self.root.all("a") if link["href"]]

    def link(self, words: str) -> Element:
        """The first link with these words in it, in the page itself before its frame."""
        inside = [link for link in self.main.all("a") if link["href"] and words in link.text]
        around = [link for link in self.links() if words in link.text]
        return self._first(inside or around, f"链接“{words}”")

    def button(self, words: str) -> Element:
        buttons = [button for button in self.main.all("button") if words in (button.text, button["value"])]
        return self._first(
            buttons or [button for button in self.main.all("button") if words in button.text],
            f"按钮“{words}”",
        )

    def field(self, label: str, number: int = 0) -> Element:
        """The control that this label names; `number` tells several with the same label apart."""
        named = [self._named(each) for each in self.main.all("label") if self._label(each) == label]
        found = [control for control in named if control is not None]
        return self._first(found[number:], f"“{label}”一栏")

    def choices(self, name: str) -> list[Element]:
        """The radio buttons or boxes of one name."""
        return [box for box in self.main.all("input") if box["name"] == name]

    def form_of(self, element: Element) -> Element:
        owner = element["form"]
        form = next((form for form in self.root.all("form") if owner and form["id"] == owner), None)
        return self._first([each for each in (form, element.within("form")) if each], "表单")

    def trouble(self) -> str:
        """What the page complains about, in its own words."""
        marked = [
            element.text
            for element in self.main.walk()
            if "error" in element["class"] or element["role"] == "alert"
        ]
        return "；".join(dict.fromkeys(text for text in marked if text))[:400]

    def _named(self, label: Element) -> Element | None:
        if label["for"]:
            return next((each for each in self.main.walk() if each["id"] == label["for"]), None)
        return next(label.all("input", "select", "textarea"), None)

    @staticmethod
    def _label(label: Element) -> str:
        return label.text.removeprefix("*").removesuffix("*").removesuffix("（选填）").strip()

    def _first(self, found: list[Element], what: str) -> Element:
        if found:
            return found[0]
        trouble = f"页面提示：{self.trouble()}" if self.trouble() else ""
        raise NotFound(f"“{self.title}”（{self.url}，{self.status}）上没有{what}。{trouble}")
