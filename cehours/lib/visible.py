"""Characters nobody sees: they spoil printed papers and the search for a name, and often come with a paste."""

from __future__ import annotations

import unicodedata

# Control, format (zero width, direction overrides, soft hyphen), surrogates, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
SAYS = "“{label}”中有看不见或不能打印的字符（多由粘贴带入），请清空后重新输入。"


def is_printable(text: str) -> bool:
    """Whether one line of text is letters, figures and signs of a paper: nothing unseen, no pictures (emoji).

    Rare hanzi are letters, those too that this Python does not know yet.
    """
    kinds = ((unicodedata.category(character), character) for character in text)
    return not any(kind in _UNSEEN or (kind == "So" and character > "\uffff") for kind, character in kinds)


def shown(text: str) -> str:
    """What is to be seen of a text, without the blanks around it: "" when it says nothing."""
    return "".join(each for each in text if unicodedata.category(each) not in _UNSEEN).strip()
