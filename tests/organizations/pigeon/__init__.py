"""A channel as somebody would add one: this folder, and a line in the table of channels."""

from __future__ import annotations

from organizations.messaging.channel import BadContact, Channel
from organizations.models import Message, Notice


class Pigeon(Channel):
    """Addresses are lofts: 鸽舍7."""

    key = "carrier_pigeon"
    name = "信鸽"
    kind = "鸽舍号"
    example = "以“鸽舍”开头的编号"

    def __init__(self) -> None:
        self.sky: list[tuple[str, str]] = []  # what flew: loft and text

    def read(self, text: str) -> str | None:
        loft = text.removeprefix("鸽舍")
        if loft == text:
            return None
        if not loft.isascii() or not loft.isdigit():
            raise BadContact("鸽舍号应为数字，请核对。")
        return f"鸽舍{loft}"

    def masked(self, address: str) -> str:
        return f"{address[:2]}…{address[-1]}"

    def words(self, notice: Notice) -> tuple[str, str]:
        return "", f"{notice.title}，咕咕。"

    def deliver(self, message: Message) -> None:
        self.sky.append((message.recipient, message.body))
