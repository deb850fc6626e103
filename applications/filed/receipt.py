"""受理编号: what a submitted application is called on its 回执, in messages and on the telephone.

Made from the application's own id, so that it needs no counter and cannot be guessed from another one.
"""

from __future__ import annotations

import re
import unicodedata

from applications.models import Application

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misread
GROUPS, LETTERS_EACH = (
    3,
    4,
)  # 60 of the id's random bits: among ten million two are alike once in ten thousand times


def number_of(case: Application) -> str:
    """The session's year and twelve characters in fours: 2025-7K3M-9QXA-4T2B. The same for every submission."""
    value, groups = case.pk.int, []
    for _ in range(GROUPS):
        group = ""
        for _ in range(LETTERS_EACH):
            value, place = divmod(value, len(LETTERS))
            group += LETTERS[place]
        groups.append(group)
    return "-".join([str(case.session.year), *groups])


def read(typed: str) -> tuple[int, str] | None:
    """What a typed number says of its application: the session's year, and the last 16 characters of the id as text.

    Blanks, dashes, small letters and what is misread (O for 0, I and L for 1) do not matter. None: no such number.
    """
    plain = re.sub(r"[\s\-‐-―－]", "", unicodedata.normalize("NFKC", typed)).upper()
    plain = plain.translate(str.maketrans("OIL", "011"))
    if not re.fullmatch(f"20[0-9]{{2}}[{LETTERS}]{{{GROUPS * LETTERS_EACH}}}", plain):
        return None
    value = sum(LETTERS.index(letter) * len(LETTERS) ** place for place, letter in enumerate(plain[4:]))
    tail = f"{value:015x}"
    return int(plain[:4]), f"{tail[:3]}-{tail[3:]}"
