"""The WeasyPrint side of printing: sealed from disk and network, and strict where WeasyPrint is lenient.

WeasyPrint reports a missing glyph, an unusable style or an unreadable image by writing to its log and going
on. A certificate must not go on, so everything it writes there stops the printing.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from certificates.paper import typeface

# Level B by structure; the tags are there for screen readers, conformance level A is not claimed.
OPTIONS = {"pdf_variant": "pdf/a-2b", "pdf_tags": True}
# Pango's font map is shared between documents and not made for several threads.
_one_at_a_time = threading.Lock()


class PrintingFailed(Exception):
    """The page could not be printed as written. The message says what the layout engine reported."""


class SealedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Answers nothing but the assets handed over in memory, by their exact address."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The asset called `url`. Raises FatalURLFetchingError for every other address."""
        if url not in self._assets:
            raise FatalURLFetchingError(f"不允许读取 {url}")
        content, content_type = self._assets[url]
        return URLFetcherResponse(url, content, {"Content-Type": content_type})


def print_page(*, html: str, stylesheet: str, assets: Mapping[str, tuple[bytes, str]]) -> bytes | None:
    """The document as PDF if it fits one page, else None.

    `assets` maps the addresses used in the document to (content, media type). Raises PrintingFailed when an
    address is not among them or when WeasyPrint reports any problem.
    """
    with _one_at_a_time, _no_complaints():
        try:
            source = HTML(string=html, url_fetcher=SealedFetcher(assets))
            document = source.render(
                stylesheets=[_parsed(stylesheet)], font_config=_font_configuration(), **OPTIONS
            )
            printed: bytes | None = document.write_pdf(**OPTIONS) if len(document.pages) == 1 else None
        except FatalURLFetchingError as refused:
            # Not an Exception by birth: it would take the whole worker down.
            raise PrintingFailed(str(refused)) from refused
    return printed


@cache
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()


@cache
def _parsed(stylesheet: str) -> CSS:
    """Parsed once a process, because each parsing registers the fonts anew, which takes longer than a page."""
    faces = {f"asset:{file.name}": (file.read_bytes(), "font/ttf") for file in typeface.FILES.values()}
    rules = "".join(
        f'@font-face {{ font-family: "{typeface.FAMILY}"; font-weight: {weight}; src: url(asset:{file.name}) }}'
        for weight, file in typeface.FILES.items()
    )
    return CSS(string=rules + stylesheet, url_fetcher=SealedFetcher(faces), font_config=_font_configuration())


class _Complaints(logging.Handler):
    """Keeps what this thread's WeasyPrint reports."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.messages.append(record.getMessage())


@contextmanager
def _no_complaints() -> Iterator[None]:
    logger = logging.getLogger("weasyprint")
    complaints = _Complaints()
    logger.addHandler(complaints)
    try:
        yield
    finally:
        logger.removeHandler(complaints)
    if complaints.messages:
        raise PrintingFailed("；".join(complaints.messages))
