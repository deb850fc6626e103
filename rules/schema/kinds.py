"""Reading the kinds of activity: their facts, and the rows that credit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rules.achievement import TITLE
from rules.kinds import Choice, Condition, Fact, Kind, Row
from rules.measures import Deemed, Fixed, Measure, NotComputable, Rate
from rules.schema.conditions import NUMERIC, implied, read_conditions
from rules.schema.frame import Frame
from rules.schema.measures import read_measure
from rules.schema.sentences import filled, row_sentence
from rules.schema.table import Table

FACT_TYPES = ("choice", "flag", "integer", "decimal", "hours", "date", "when", "sessions", "text")


def read_kinds(root: Table, forms: tuple[str, ...], frame: Frame) -> tuple[Kind, ...]:
    """Every kind of the policy, in the order of the file."""
    kinds = tuple(_kind(key, table, forms, frame) for key, table in root.named_tables("kinds"))
    if not kinds:
        raise root.fail("kinds", "一种活动也没有写")
    return kinds


def _kind(key: str, table: Table, forms: tuple[str, ...], frame: Frame) -> Kind:
    facts = _facts(table, frame)
    rows = tuple(_row(each, facts, frame) for each in table.tables("rows"))
    kind = Kind(
        key=key,
        name=table.text("name"),
        form=table.among("form", forms),
        category=_category(table, frame),
        facts=tuple(facts.values()),
        rows=rows,
        cite=table.text("cite"),
        says=_says(table, rows, frame),
        year_fact=table.text("year_fact") if table.has("year_fact") else None,
        year_word=table.text("year_word") if table.has("year_fact") else "",
        otherwise=table.text("otherwise", f"细则未列，不折算{frame.unit.word}。"),
        unit=frame.unit,
        identity=_identity(table, facts),
        also=_also(table),
    )
    table.close()
    _check_year(table, kind, facts)
    _check_reachable(table, kind)
    return kind


def _says(table: Table, rows: tuple[Row, ...], frame: Frame) -> str:
    """The rule in one sentence. {hours} and {half} are those of the first line that earns anything."""
    each = [{**measure.figures()} for row in rows for measure in (row.measure, *row.adds)]
    earning = next((figures for figures in each if any(figures.values())), {})
    all_known = {
        f"row{place}.{name}": n for place, figures in enumerate(each, 1) for name, n in figures.items()
    }
    return filled(table, "says", table.text("says"), {**all_known, **earning}, frame.unit)


def _also(table: Table) -> tuple[str, ...]:
    words = table.texts("also", ())
    for word in words:
        if len(word.split()) != 1 or word != word.strip() or len(word) < 2:
            raise table.fail("also", f"“{word}”须是两个字以上、中间没有空格的叫法")
    return words


def _category(table: Table, frame: Frame) -> str | None:
    name = table.text("category")
    return None if name == "declared" else frame.check_category(table, "category", name)


def _identity(table: Table, facts: Mapping[str, Fact]) -> tuple[tuple[str, ...], ...]:
    if not table.has("identity"):
        return ()
    sets = tuple(tuple(each.split("+")) for each in table.texts("identity"))
    for each in sets:
        unknown = [key for key in each if key != TITLE and key not in facts]
        if unknown:
            raise table.fail("identity", f"填写项里没有 {unknown[0]}")
        if each == (TITLE,):
            raise table.fail("identity", "只凭名称分不清两项成果，请加上编号")
    return sets


def _facts(table: Table, frame: Frame) -> Mapping[str, Fact]:
    facts: dict[str, Fact] = {}
    for each in table.tables("facts", needed=False):
        fact = _fact(each, facts, frame)
        if fact.key in facts or fact.name in {earlier.name for earlier in facts.values()}:
            raise each.fail("key", f"填写项 {fact.key} 写了两次，或两项同名")
        facts[fact.key] = fact
    return facts


def _fact(table: Table, earlier: Mapping[str, Fact], frame: Frame) -> Fact:
    kind = table.among("type", FACT_TYPES)
    needed_when = read_conditions(table, "needed_when", earlier)
    fact = Fact(
        key=table.text("key"),
        name=table.text("name"),
        type=kind,
        choices=_choices(table) if kind == "choice" else (),
        required=table.flag("required", default=not needed_when),
        unit=table.text("unit", frame.unit.word if kind == "hours" else ""),
        hint=table.text("hint", ""),
        needed_when=needed_when,
        least=table.number("min") if table.has("min") else None,
        most=table.number("max") if table.has("max") else None,
    )
    table.close()
    if kind == "hours" and fact.unit != frame.unit.word:
        raise table.fail("unit", f"这一项的单位就是 [hours] 的单位“{frame.unit.word}”，不用写")
    if needed_when and fact.required:
        raise table.fail("required", "required 与 needed_when 只能写一个")
    if (fact.least is not None or fact.most is not None) and kind not in NUMERIC:
        raise table.fail("min" if fact.least is not None else "max", f"{kind} 类型的填写项没有上下限")
    if fact.least is not None and fact.most is not None and fact.least > fact.most:
        raise table.fail("min", "大于 max，请核对")
    return fact


def _choices(table: Table) -> tuple[Choice, ...]:
    choices = table.table("choices")
    found = tuple(Choice(key, choices.text(key)) for key in choices.names())
    if len(found) < 2:
        raise table.fail("choices", "至少写两个选项")
    words = [choice.key for choice in found] + [choice.name for choice in found if choice.name != choice.key]
    if len(set(words)) != len(words):
        # People may give either, so one word must not mean two choices.
        raise table.fail("choices", "两个选项用了同一个词")
    return found


def _row(table: Table, facts: Mapping[str, Fact], frame: Frame) -> Row:
    row = Row(
        when=read_conditions(table, "when", facts),
        measure=read_measure(table, facts, frame),
        says=table.text("says"),
        first_year=table.integer("from_year") if table.has("from_year") else None,
        last_year=table.integer("to_year") if table.has("to_year") else None,
        adds=tuple(_add(each, facts, frame) for each in table.tables("adds", needed=False)),
        cap=table.number("cap") if table.has("cap") else None,
    )
    table.close()
    _check_row(table, row, facts, frame)
    return replace(row, says=row_sentence(table, row, frame.unit))


def _add(table: Table, facts: Mapping[str, Fact], frame: Frame) -> Measure:
    measure = read_measure(table, facts, frame)
    table.close()
    return measure


def _check_row(table: Table, row: Row, facts: Mapping[str, Fact], frame: Frame) -> None:
    for condition in row.when:
        _check_known(table, "when", facts[condition.fact], row.when)
    for name in row.measure.needs():
        _check_known(table, "measure", facts[name], row.when)
    summed = (row.measure, *row.adds)
    if row.adds and not all(isinstance(measure, Fixed | Rate) for measure in summed):
        raise table.fail("adds", "只有固定学时和按数量折算的可以另加")
    if any(isinstance(measure, Rate) and measure.sessions for measure in row.adds):
        raise table.fail("adds", "另加的部分不能按逐日日期分年")
    if row.cap is not None and isinstance(row.measure, Deemed | NotComputable):
        raise table.fail("cap", "视同完成的和不能折算的不能设限")
    if row.cap is not None and row.cap % frame.step:
        raise table.fail("cap", f"比最小单位 {frame.step} 还细")
    if row.first_year is not None and row.last_year is not None and row.first_year > row.last_year:
        raise table.fail("from_year", "晚于 to_year，请核对")


def _check_known(table: Table, key: str, fact: Fact, given: tuple[Condition, ...]) -> None:
    """A row may only rest on facts that are certain to be there when it is reached."""
    if fact.required or (fact.needed_when and implied(fact.needed_when, given)):
        return
    raise table.fail(key, f"依据的填写项 {fact.key} 到这一条时可能没有填，请改为必填")


def _check_year(table: Table, kind: Kind, facts: Mapping[str, Fact]) -> None:
    if kind.year_fact is None:
        return
    fact = facts.get(kind.year_fact)
    if fact is None or fact.type not in ("when", "date"):
        raise table.fail("year_fact", "须是一项 when 或 date 类型的填写项")


def _check_reachable(table: Table, kind: Kind) -> None:
    for place, row in enumerate(kind.rows):
        for earlier in kind.rows[:place]:
            if implied(earlier.when, row.when) and _covers(earlier, row):
                raise table.fail(f"rows[{place + 1}]", "永远轮不到：前面总有一条先符合，请调整次序或条件")


def _covers(wide: Row, narrow: Row) -> bool:
    starts = wide.first_year is None or (
        narrow.first_year is not None and narrow.first_year >= wide.first_year
    )
    ends = wide.last_year is None or (narrow.last_year is not None and narrow.last_year <= wide.last_year)
    return starts and ends
