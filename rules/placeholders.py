"""The blanks in the sentence of a certificate (annex 3, part 四), for whoever reads a policy and whoever prints."""

from __future__ import annotations

from string import Formatter

PLACEHOLDERS = (
    *("basis", "name", "education", "specialty", "target_title"),
    *("from_year", "to_year", "count"),
)


def unknown_placeholder(sentence: str) -> str | None:
    """The first blank that nothing could fill as it is written, None when all can be.

    Raises ValueError when the braces do not match.
    """
    for _text, field, spec, conversion in Formatter().parse(sentence):
        if field is not None and (field not in PLACEHOLDERS or spec or conversion):
            return field
    return None
