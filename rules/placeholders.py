"""The blanks in the sentence of a certificate (annex 3, part 四), for whoever reads a policy and whoever prints."""

from __future__ import annotations

from string import Formatter

PLACEHOLDERS = (
    *("basis", "name", "education", "specialty", "target_title"),
    *("from_year", "to_year", "count"),
)
# Becomes “近 {count} 年” where the range ends with the newest year that is asked for, else “共 {count} 年”.
SPAN = "span"


def unknown_placeholder(sentence: str, *, frozen: bool = False) -> str | None:
    """The first blank that nothing could fill as it is written, None when all can be.

    In a `frozen` sentence, that of one certificate, {span} has been decided.

    Raises ValueError when the braces do not match.
    """
    known = PLACEHOLDERS if frozen else (*PLACEHOLDERS, SPAN)
    for _text, field, spec, conversion in Formatter().parse(sentence):
        if field is not None and (field not in known or spec or conversion):
            return field
    return None
