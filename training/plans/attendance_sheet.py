"""出勤表: everybody on a plan's list with a column for each day, to fill in as a workbook and to bring back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from cehours.lib import lists, names
from cehours.lib.lists import BadLines, Column, Row
from cehours.lib.masking import mask_id
from cehours.lib.refusal import Refusal
from cehours.lib.workbooks import write_table
from training.models import Attendee
from training.plans import roster

MOST_DAYS = 31  # columns that the sheet is given by itself
CAME = frozenset(("√", "✓", "✔", "v", "V", "1", "是", "到", "出勤", "到场", "出席", "Y", "y"))
STAYED_AWAY = frozenset(
    ("", "×", "✗", "x", "X", "0", "否", "缺", "缺勤", "缺席", "未到", "请假", "/", "-", "—", "N", "n")
)
PERSON = (roster.COLUMNS[0], Column("number", roster.COLUMNS[1].words, required=False))
NO_DAY = "表中没有登记出勤的日期：请用“3月5日”这样的列名，到场的打“√”。"


def written(attendees: Sequence[Attendee], days: Sequence[date]) -> bytes:
    """The workbook: serial number, name, masked number, and what is known of each day."""
    out = io.BytesIO()
    rows = [
        [str(number), each.name, each.id_masked, *("√" if day in each.days else "" for day in days)]
        for number, each in enumerate(attendees, start=1)
    ]
    headings = ["序号", "姓名", "证件号码", *(f"{day.month}月{day.day}日" for day in days)]
    widths = [6, 14, 22, *(10 for _ in days)]
    write_table(out, title="出勤表", headings=headings, rows=rows, widths=widths, to_fill_in=True)
    return out.getvalue()


def read(
    content: bytes, attendees: Sequence[Attendee], days: Sequence[date], today: date
) -> dict[date, set[UUID]]:
    """Who came on each day on which a cell is filled in.

    Everybody on the list stands in it once; whoever else does, is a fault. Days after `today` are empty. Raises
    BadLines naming every row that cannot be taken, Refusal.
    """
    table = lists.read(content, (*PERSON, *map(_column, days)), most_rows=roster.MOST_LINES)
    filled = [day for day in days if any(row.cells[day.isoformat()] for row in table.rows)]
    if not filled:
        raise Refusal(NO_DAY)
    came: dict[date, set[UUID]] = {day: set() for day in filled}
    faults: list[tuple[int, str]] = []
    met: dict[UUID, int] = {}
    for row in table.rows:
        found = [each for each in attendees if _is(row, each)]
        if len(found) != 1:
            faults.append((row.place, _not_one(row.cells["name"], found)))
            continue
        attendee = found[0]
        if attendee.pk in met:
            faults.append((row.place, f"“{attendee.name}”与第 {met[attendee.pk]} 行重复，请删去一行。"))
        met.setdefault(attendee.pk, row.place)
        for day in filled:
            faults += _mark(row, day, attendee, came, today)
    absent = [each.name for each in attendees if each.pk not in met]
    if absent and not faults:
        raise Refusal(
            f"名单上的{'、'.join(absent[:10])}{'等' if len(absent) > 10 else ''}不在表中，请补上后再上传。"
        )
    if faults:
        raise BadLines(faults)
    return came


def _mark(
    row: Row, day: date, attendee: Attendee, came: dict[date, set[UUID]], today: date
) -> Iterable[tuple[int, str]]:
    """Puts down whether somebody came; what is wrong with the cell."""
    said = row.cells[day.isoformat()]
    if said not in CAME | STAYED_AWAY:
        yield row.place, f"{day.month}月{day.day}日写的是“{said}”，到场的请打“√”，没有到场的留空。"
    elif said in CAME and day > today:
        yield row.place, f"{day.month}月{day.day}日还没有到，不能登记当天的出勤。"
    elif said in CAME:
        came[day].add(attendee.pk)


def _is(row: Row, attendee: Attendee) -> bool:
    number = row.cells["number"]
    same = names.same(row.cells["name"], attendee.name)
    return same and (not number or attendee.id_masked in (number, mask_id(number)))


def _not_one(name: str, found: Sequence[Attendee]) -> str:
    if found:
        return f"名单上有 {len(found)} 位“{name}”，请写明证件号码。"
    return f"“{name}”不在参训名单上，或者证件号码不符，请对照名单核对。"


def _column(day: date) -> Column:
    """A day as clerks head a column with it, or as a spreadsheet shows it."""
    short = f"{day.month}月{day.day}日"
    dotted, slashed = f"{day.month}.{day.day}", f"{day.month}/{day.day}"
    full = (
        f"{day.year}年{short}",
        f"{day.year}.{dotted}",
        f"{day.year}/{slashed}",
        f"{day.year}-{day.month}-{day.day}",
    )
    padded = (f"{day:%m-%d}", f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d} 00:00:00", f"{day:%m月%d日}")
    return Column(day.isoformat(), (short, *full, *padded, dotted, slashed), required=False)
