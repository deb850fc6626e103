"""What is typed to find a name, as the keys under which the database keeps names (review.models.NameKey)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cehours.lib import names
from cehours.lib.idnumbers import canonical

_LAST = "\U0010ffff"  # sorts after every character under COLLATE "C"
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?=(?:.*[0-9]){6})[0-9A-Z]{7,30}")


@dataclass(frozen=True)
class Keys:
    """Keys that must all be there (`exact`), or one that must begin with `prefix`."""

    exact: tuple[str, ...] = ()
    prefix: str = ""

    @property
    def until(self) -> str:
        return self.prefix + _LAST


def keys_of(typed: str) -> Keys | None:
    """How to look for `typed`; None when nothing is left of it to look for.

    Latin letters are the beginning of a name's pinyin or initials. One Chinese character is found anywhere in
    a name, as the beginning of a pair; two are one pair, more are all their pairs.
    """
    plain = names.key(typed.replace("\0", ""))
    if not plain:
        return None
    if plain.isascii() or len(plain) == 1:
        return Keys(prefix=plain)
    return Keys(exact=tuple(dict.fromkeys(plain[at : at + 2] for at in range(len(plain) - 1))))


def number_in(typed: str) -> str:
    """The identity number that was typed, in its canonical spelling, or "" when it is a name."""
    number = canonical(typed)
    return number if _LOOKS_LIKE_A_NUMBER.fullmatch(number) else ""
