"""Scripts in forms: which only format or reckon a field. Nothing is ever run; the words are looked at.

A script passes when every word in it is on the list below or a variable of its own. Whatever could reach a file, the
network, another document or the words of the script itself (`app`, `submitForm`, `eval`, `x["name"]`) is not on it.
"""

from __future__ import annotations

import re

from cehours.lib import limits

_WORD_LIST = (
    # The language.
    "var let const if else for while do break continue return switch case default new typeof in of true"
    " false null undefined NaN Infinity"
    # What Acrobat's own formats call (AFNumber_Format and so on), and the field at hand.
    " event value change willCommit commitKey selStart selEnd rc target targetName source name"
    " getField valueAsString type this util printd printf printx scand"
    " AFNumber_Format AFNumber_Keystroke AFPercent_Format AFPercent_Keystroke AFDate_Format AFDate_FormatEx"
    " AFDate_Keystroke AFDate_KeystrokeEx AFTime_Format AFTime_FormatEx AFTime_Keystroke AFSpecial_Format"
    " AFSpecial_Keystroke AFSpecial_KeystrokeEx AFSimple AFSimple_Calculate AFRange_Validate AFMakeNumber"
    " AFExtractNums AFMergeChange AFMakeArrayFromList ASetFormat"
    # Numbers, text, dates.
    " Math abs ceil floor round max min pow sqrt PI Number String Boolean Array Date RegExp parseFloat parseInt"
    " isNaN isFinite toFixed toString toPrecision valueOf length replace split join indexOf lastIndexOf substring"
    " substr slice charAt charCodeAt trim toUpperCase toLowerCase match test search concat push getFullYear"
    " getMonth getDate getDay getHours getMinutes getTime setFullYear setMonth setDate"
)
_WORDS = frozenset(_WORD_LIST.split())
# Comments, texts, and patterns where nothing can be divided. Line ends are those of the language, so that a comment
# ends where a reader ends it.
_LITERALS = re.compile(
    r"""(?<=[(,=])/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n\r])*\]|[^/\\\n\r\[])+/[gimu]*|"""
    r"""//[^\n\r\u2028\u2029]*|/\*.*?\*/|"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*'""",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
_DECLARED = re.compile(r"\b(?:var|let|const)\s+([^;{}()]*)")
# a[…] reads any property by a name put together while running; a number in it reads a place of a list.
_BY_NAME = re.compile(r"[\w$)\]]\s*\[\s*(?!\d+\s*\])")
_PRINT = re.compile(
    r"(?:this\s*\.\s*)?print\s*\(\s*(?:true\s*(?:,[\s\w,]*)?"
    r"|\{(?:\s*(?:bUI\s*:\s*true|bSilent\s*:\s*false|bShrinkToFit\s*:\s*\w+|bPrintAsImage\s*:\s*\w+)\s*,?)*\s*\}"
    r"|)\s*\)\s*;?"
)


def only_reckons(script: str) -> bool:
    """Whether a script of a field only formats or reckons values of the form."""
    plain = _without_literals(script)
    if plain is None or _BY_NAME.search(plain):
        return False
    return set(_WORD.findall(plain)) - _own_variables(plain) <= _WORDS


def opens_the_print_dialogue(script: str) -> bool:
    """Whether a script is nothing but the call that shows the print dialogue, and does not print by itself."""
    plain = _without_literals(script)
    return plain is not None and _PRINT.fullmatch(plain.strip()) is not None


def _without_literals(script: str) -> str | None:
    """The script with empty texts and no comments; None where it cannot be told for certain what is one."""
    if len(script) > limits.MOST_SCRIPT or any(sign in script for sign in ("\\u", "\\x", "`", "<!--", "-->")):
        return None
    plain = _LITERALS.sub(lambda found: " " if found[0].startswith(("//", "/*")) else '""', script)
    # A stroke left over divides, or begins a pattern, in which quotes, comments and patterns are neither.
    if "/" in plain and any(found.count("/") for found in _LITERALS.findall(script)):
        return None
    return plain


def _own_variables(plain: str) -> set[str]:
    """Variables the script declares and neither calls nor reads off something else: `var eval` declares nothing."""
    names: set[str] = set()
    for declared in _DECLARED.findall(plain):
        for part in declared.split(","):
            names |= set(_WORD.findall(part.split("=")[0]))
    return {
        name for name in names if not re.search(rf"\.\s*{re.escape(name)}\b|\b{re.escape(name)}\s*\(", plain)
    }
