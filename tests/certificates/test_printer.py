"""The printer opens nothing that was not handed to it, and stops at whatever WeasyPrint complains about."""

import socket
import sys

import pytest

from certificates.paper.printer import PrintingFailed, print_page

FOLLOWED = [
    '<img src="file:///etc/hostname">',
    '<img src="http://169.254.169.254/latest">',
    '<img src="http://[::1]/">',
    '<img src="http://2130706433/">',
    '<img src="data:image/svg+xml,<svg/>">',
    '<img src="picture.png">',
    '<img src="asset:absent.png">',
    '<link rel="stylesheet" href="file:///etc/hostname">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<style>@import "http://10.0.0.1/a.css";</style>',
    "<style>@font-face { font-family: x; src: url(ftp://10.0.0.1/f.ttf) } p { font-family: x }</style><p>x",
    '<p style="background: url(gopher://10.0.0.1/)">x',
    '<ul style="list-style-image: url(file:///etc/hostname)"><li>x</ul>',
    '<object data="file:///etc/hostname"></object>',
    '<embed src="file:///etc/hostname">',
    '<base href="file:///etc/"><img src="hostname">',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image xlink:href="file:///etc/hostname" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><style>@import "http://10.0.0.1/a.css";</style></svg>',
]
NOT_FOLLOWED = [
    '<svg width="9" height="9"><use href="file:///etc/hostname#a"/></svg>',
    '<p style="content: url(file:///etc/hostname)">x',
    '<meta http-equiv="refresh" content="0; url=http://10.0.0.1/">',
    '<iframe src="http://10.0.0.1/"></iframe>',
    '<script src="http://10.0.0.1/a.js"></script>',
    '<a href="http://10.0.0.1/">x</a>',
]


class Reach:
    """What the running code opens or connects to, as the interpreter's audit events tell."""

    def __init__(self) -> None:
        self.watching = False
        self.seen: list[str] = []
        sys.addaudithook(self.note)

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.watching and (
            event.startswith("socket.") or (event == "open" and "etc" in str(arguments[0]))
        ):
            self.seen.append(f"{event} {arguments}")


@pytest.fixture(scope="module")
def reach() -> Reach:
    return Reach()


def print_hostile(html: str, reach: Reach) -> bytes | None:
    reach.watching, reach.seen = True, []
    try:
        return print_page(html=f'<html lang="zh-CN"><title>t</title><body>{html}', stylesheet="", assets={})
    finally:
        reach.watching = False


@pytest.mark.parametrize("html", FOLLOWED)
def test_an_address_outside_the_handed_over_assets_stops_the_printing(html: str, reach: Reach) -> None:
    with pytest.raises(PrintingFailed):
        print_hostile(html, reach)
    assert reach.seen == []


@pytest.mark.parametrize("html", NOT_FOLLOWED)
def test_what_the_engine_ignores_is_not_opened_either(html: str, reach: Reach) -> None:
    pdf = print_hostile(html, reach)
    assert reach.seen == []
    assert pdf is not None
    assert socket.gethostname().encode() not in pdf


def test_a_style_the_engine_does_not_understand_stops_the_printing() -> None:
    with pytest.raises(PrintingFailed, match="colour"):
        print_page(html='<html lang="zh-CN"><p>x', stylesheet="p { colour: red }", assets={})
