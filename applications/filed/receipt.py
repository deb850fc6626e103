"""受理编号: what a submitted application is called on its 回执, in messages and on the telephone.

Made from the application's own id, so that it needs no counter and cannot be guessed from another one.
"""

from __future__ import annotations

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
