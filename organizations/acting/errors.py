"""Refusals of acts. Each is a sentence in Chinese that says what to do; views show it and keep what was typed."""

from __future__ import annotations

from cehours.lib.refusal import Refusal


class NotAllowed(Refusal):
    """The act is not carried out, and nothing changed. `field` names the input it speaks of, if any."""

    def __init__(self, says: str, *, field: str | None = None) -> None:
        super().__init__(says)
        self.field = field


class NotYours(NotAllowed):
    """The actor has no part in this. To the outside it answers like something that does not exist."""

    def __init__(self, says: str = "没有找到该申报，或者它不在您的办理范围内。") -> None:
        super().__init__(says)


class NotNow(NotAllowed):
    """The act is not possible in the present state."""


class Stale(NotAllowed):
    """Somebody else acted since the actor last looked."""

    def __init__(
        self, says: str = "该申报刚刚被其他人处理过，您的操作没有执行。请查看最新情况后再决定。"
    ) -> None:
        super().__init__(says)


class MovedOn(Stale, NotNow):
    """The state no longer allows it, because somebody acted since: a second click, or another tab."""
