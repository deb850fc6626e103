"""What an operating guide is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step; `picture` names a file in static/img/help/, drawn with the thing to press marked in blue."""

    title: str
    text: str
    picture: str

    @property
    def picture_path(self) -> str:
        return f"img/help/{self.picture}.svg"


@dataclass(frozen=True)
class Guide:
    """What one role does here, from signing in to the end. `notes` are (question, answer) pairs."""

    name: str
    lead: str
    icon: str
    steps: tuple[Step, ...]
    notes: tuple[tuple[str, str], ...] = ()


SIGN_IN = Step("登录", "点击右上角“登录”。忘记密码时，在登录页点击“忘记密码”重新设置。", "sign-in")
