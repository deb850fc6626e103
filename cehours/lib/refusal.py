"""The one exception family whose text is shown to people."""

from __future__ import annotations


class Refusal(ValueError):
    """Input that is not taken. `says` is one Chinese sentence that tells the person what to do."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says
