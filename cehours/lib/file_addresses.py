"""Addresses in a PDF: which of them make a reader ask another machine for a file, with the person's credentials."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Names of this machine, and a drive letter that a program wrote where the host belongs: file://C:/a.doc
_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\]|\.|[a-z][:|])?", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.IGNORECASE | re.DOTALL)
# Shares by a scheme of their own: the same question to the same kind of server.
_SHARES = frozenset({"smb", "smb2", "cifs", "afp", "nfs"})
_DEVICE = re.compile(r"[?.]\\[a-z]:", re.IGNORECASE)  # \\?\C:\a.doc lies on this machine


def names_a_host(address: str) -> bool:
    r"""Whether a click on a link would reach for a file on another machine: `file:` with a host, `\\`, a share.

    A web address, any other scheme, and a path on the person's own disk are text.
    """
    plain = unquote(re.sub(r"[\x00-\x20\x7f-\xa0]", "", address))
    found = _SCHEME.fullmatch(plain)
    scheme, rest = (found[1].lower(), found[2]) if found else ("", plain)
    if scheme in _SHARES:
        return True
    if scheme in ("javascript", "data"):  # a backslash is part of a text there
        return False
    if scheme == "file":
        return _file_on_a_host(rest)
    return any(not _DEVICE.match(plain, place.end()) for place in re.finditer(r"\\\\|\\/|^/\\", plain))


def path_names_a_host(path: str) -> bool:
    """The same for a file specification, in which `//server/share` is a share too."""
    return names_a_host(path) or path.strip().startswith("//")


def _file_on_a_host(rest: str) -> bool:
    slashed = rest.replace("\\", "/")
    path = slashed.lstrip("/")
    leading = len(slashed) - len(path)
    first = path.split("/", 1)[0]
    if leading in (0, 1, 3) or _THIS_MACHINE.fullmatch(first):
        return False
    # Two slashes and a host, or four and more: the Windows way to write \\host.
    return bool(path) and not _DEVICE.match(path.replace("/", "\\"))
