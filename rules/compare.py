"""What changed between two policies, in words, and what stayed although a new notice usually changes it."""

from __future__ import annotations

from collections.abc import Iterator

from rules.points import orders, points
from rules.policy import Policy


def compare(old: Policy, new: Policy) -> tuple[str, ...]:
    """One sentence for every point that was changed, added, dropped or put in another order.

    Where `new` is of a later year than `old`, what still reads as last year's comes last.
    """
    if old == new:
        return ()
    return (*_changed(old, new), *_reordered(old, new), *still_old(old, new))


def _changed(old: Policy, new: Policy) -> Iterator[str]:
    before = {point.place: point for point in points(old)}
    after = {point.place: point for point in points(new)}
    for place in [*before, *(each for each in after if each not in before)]:
        was, now = before.get(place), after.get(place)
        if now is None and was is not None:
            yield f"取消 {was.label}（原为“{was.words}”）"
        elif was is None and now is not None:
            yield f"新增 {now.label}：“{now.words}”"
        elif was is not None and now is not None:
            if was.label != now.label:
                yield f"{was.label}：改称“{now.label.rpartition('·')[2]}”"
            if was.words != now.words:
                yield f"{was.label}：由“{was.words}”改为“{now.words}”"


def _reordered(old: Policy, new: Policy) -> Iterator[str]:
    """Lists whose common entries stand in another order; what is new or gone is told by its own point."""
    after = {order.label: dict(order.entries) for order in orders(new)}
    for order in orders(old):
        now = after.get(order.label, {})
        was = [(key, name) for key, name in order.entries if key in now]
        kept = {key for key, _name in was}
        if [key for key, _name in was] != [key for key in now if key in kept]:
            first = "、".join(name for _key, name in was)
            then = "、".join(name for key, name in now.items() if key in kept)
            yield f"{order.label}的先后次序：由“{first}”改为“{then}”"


def still_old(old: Policy, new: Policy) -> Iterator[str]:
    """What still reads as last year's: a new year's notice has a name, a number, a date and themes of its own."""
    if new.year <= old.year or new.region != old.region:
        return
    told = {
        "通知名称": (old.title == new.title, new.title),
        "文号": (old.document == new.document, new.document),
        "发文日期": (old.issued_on == new.issued_on, new.issued_on.isoformat()),
    }
    for label, (same, words) in told.items():
        if same:
            yield f"没有改：{label}仍是“{words}”，新通知一般不同，请核对"
    if str(old.year) in new.title and old.title != new.title:
        yield f"没有改：通知名称中还有“{old.year}”，请核对"
    if old.themes(old.year) and not new.themes(new.year):
        yield f"没有改：没有 {new.year} 年的年度主题，请核对"
    if (
        old.session is not None
        and new.session is not None
        and new.session.opens.year == old.session.opens.year
    ):
        yield "没有改：申报期限仍是上年的，请核对"
