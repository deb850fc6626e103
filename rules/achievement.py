"""Which achievement is this: one patent, paper or certificate counts in one year only (policy decision A24)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from rules.policy import Policy

TITLE = "title"
_NOISE = re.compile(r"[\W_]+")


def achievement(policy: Policy, *, kind: str | None, title: str, facts: Mapping[str, object]) -> str:
    """A key that is equal for the same achievement however its number was typed; "" when none is told.

    Built from the first of the kind's identifying sets that is filled in, without spaces, dashes, case and
    full-width forms: `invention:patent_number=zl2020100123456`.
    """
    known = next((each for each in policy.kinds if each.key == kind), None)
    if known is None:
        return ""
    told = {**facts, TITLE: title}
    for keys in known.identity:
        parts = [(key, _plain(told.get(key))) for key in keys]
        if all(text for _, text in parts):
            return f"{known.key}:" + "|".join(f"{key}={text}" for key, text in parts)
    return ""


def _plain(value: object) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(value or "")).casefold())
