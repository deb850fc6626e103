"""One sanitiser for file names, whatever door they come through (form, import, archive, API)."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 255
UNNAMED = "未命名"
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
# Control, format (zero width, direction overrides), surrogates, private use: nothing a reader can see.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def clean_name(name: str) -> str:
    """A name that is safe to store, show and offer for download on any system; never empty, ≤ 255 bytes.

    Keeps the last path part and the extension. It is not made safe for HTML, CSV or headers: those escape.
    """
    visible = "".join(c for c in _spaced(name) if unicodedata.category(c) not in _UNSEEN)
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", visible))[-1]
    tidy = _FORBIDDEN.sub("_", " ".join(last.split())).strip(" ").rstrip(". ")
    nameless = re.fullmatch(r"[-~ ][-~. ]*(\.[A-Za-z0-9]{1,10})", tidy)  # ~.pdf
    stem, extension = (UNNAMED, nameless[1]) if nameless else split_extension(tidy.lstrip(".-~ "))
    if _RESERVED.fullmatch(stem.split(".")[0].strip()):
        stem = f"_{stem}"
    return _shortened(stem, MAX_BYTES - len(extension.encode())) + extension


def split_extension(name: str) -> tuple[str, str]:
    """Stem and extension with its dot; an extension is at most 10 ASCII letters or digits."""
    match = re.fullmatch(r"(.*?)[ ]*(\.[A-Za-z0-9]{1,10})", name)
    stem, extension = (match[1], match[2]) if match else (name, "")
    return stem or UNNAMED, extension


def _spaced(name: str) -> str:
    # Before unseen characters vanish, so that a line break does not glue two words together.
    return re.sub(r"[\r\n\t]+", " ", name)


def _shortened(stem: str, room: int) -> str:
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") or UNNAMED
