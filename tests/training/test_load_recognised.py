"""Hours on record from a file: found by identity number, all or nothing, twice without doubling, withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from organizations.acting.actor import Actor
from organizations.models import Person
from organizations.registry import identity
from tests.world import World
from training import queries
from training.models import RecognisedHours
from training.records.csv_file import COLUMNS, WORDS


def line(world: World, **changes: Any) -> str:
    with world.acting("applicant") as actor:
        person = Person.objects.get(pk=actor.person_id or "")
        number = identity.number_of(person)
    row = {
        "id_kind": "居民身份证",
        "id_number": number,
        "name": person.name,
        "year": "2022",
        "category": "public",
        "hours": "32.5",
        "source": "platform",
        "number": "PT-1",
        "title": "公需科目培训",
        "valid": "",
    }
    return ",".join(str(value) for value in {**row, **changes}.values())


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def run(*lines: str) -> None:
        file = tmp_path / "recognised.csv"
        file.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
        call_command("load_recognised", str(file), verbosity=0)

    return run


def on_record(world: World, who: str = "applicant") -> list[tuple[Any, ...]]:
    with world.acting(who) as actor:
        return [
            (row.year, row.category, str(row.hours), row.source, row.number, row.title)
            for row in queries.on_record(actor)
        ]


def test_a_line_finds_its_person_by_the_identity_number(world: World, load: Any) -> None:
    load(line(world))
    assert on_record(world) == [(2022, "public", "32.5", "platform", "PT-1", "公需科目培训")]
    assert on_record(world, "other_applicant") == []


def test_words_are_understood_as_well_as_keys(world: World, load: Any) -> None:
    load(line(world, category="专业科目", source="继续教育基地", hours="60学时"))
    assert on_record(world) == [(2022, "professional", "60.0", "base", "PT-1", "公需科目培训")]


def test_the_same_file_twice_doubles_nothing_and_a_change_is_taken_over(world: World, load: Any) -> None:
    load(line(world))
    load(line(world))
    load(line(world, hours="30"))
    assert [row[2] for row in on_record(world)] == ["30.0"]


def test_a_withdrawn_line_is_no_longer_valid_and_can_come_back(world: World, load: Any) -> None:
    load(line(world))
    load(line(world, valid="0"))
    assert on_record(world) == []
    load(line(world, valid="是"))
    assert len(on_record(world)) == 1


BAD = {
    "a wrong check digit": ({"id_number": "43010219800101001X"}, "号码有误"),
    "an unknown person": ({"id_kind": "护照", "id_number": "E12345678"}, "尚未在本系统登记"),
    "another name": ({"name": "别的名字"}, "姓名与该证件号码登记的姓名不一致"),
    "no year": ({"year": ""}, "year 为空"),
    "a year in words": ({"year": "去年"}, "应为四位年份"),
    "an unknown category": ({"category": "选修"}, "应为以下之一"),
    "a fine figure": ({"hours": "30.25"}, "学时最小单位为 0.5"),
    "an unknown source": ({"source": "听说"}, "应为以下之一"),
    "a doubtful valid": ({"valid": "也许"}, "应为以下之一"),
    "a long number": ({"number": "9" * 41}, "number 过长"),
    "too many columns": ({"valid": "1,2"}, "列数与列名一行不一致"),
}


@pytest.mark.parametrize(("changes", "says"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_and_nothing_at_all_is_loaded(
    world: World, load: Any, changes: dict[str, str], says: str, capsys: Any
) -> None:
    with pytest.raises(CommandError, match="1 行有误，没有载入任何记录"):
        load(line(world), line(world, **{"number": "PT-2", **changes}))
    told = capsys.readouterr().err
    assert "第 3 行" in told
    assert says in told
    assert on_record(world) == []


def test_the_same_record_twice_in_one_file_is_refused(world: World, load: Any, capsys: Any) -> None:
    with pytest.raises(CommandError):
        load(line(world), line(world, hours="30"))
    assert "与第 2 行是同一条记录" in capsys.readouterr().err


def test_a_file_without_the_columns_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("姓名,学时\n张三,30\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"没有找到列名“id_kind”.*没有载入任何记录"):
        call_command("load_recognised", str(file))


def test_a_list_with_chinese_headings_in_another_order_and_encoding_is_loaded(
    world: World, tmp_path: Path
) -> None:
    values = dict(zip(COLUMNS, line(world).split(","), strict=True))
    heads = [WORDS[key][0] for key in reversed(COLUMNS)]
    cells = [values[key] for key in reversed(COLUMNS)]
    file = tmp_path / "gb.csv"
    file.write_bytes(f"某平台学时\n序号,{','.join(heads)}\n1,{','.join(cells)}\n".encode("gb18030"))

    call_command("load_recognised", str(file), verbosity=0)

    assert on_record(world) == [(2022, "public", "32.5", "platform", "PT-1", "公需科目培训")]


def test_a_fault_is_told_in_the_words_of_the_file(world: World, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "words.csv"
    heads = ",".join(WORDS[key][0] for key in COLUMNS)
    file.write_text(f"{heads}\n{line(world, year='去年')}\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 行有误"):
        call_command("load_recognised", str(file))
    assert "第 2 行：年度 为“去年”" in capsys.readouterr().err


def test_a_file_that_is_no_list_is_refused_with_what_to_do(db: None, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="这是PDF"):
        call_command("load_recognised", str(file))


@pytest.mark.parametrize("who", ["applicant", "employer", "bureau"])
def test_the_database_lets_nobody_enter_hours_for_themselves(world: World, who: str) -> None:
    with (
        world.acting(who) as actor,
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        RecognisedHours.objects.create(
            person_id=world.applicant.person_id, year=2022, category="public", hours=30, source="platform",
            number=str(actor.user_id),
        )  # fmt: skip


def test_a_unit_on_whose_desk_nothing_lies_sees_no_hours(world: World, load: Any) -> None:
    load(line(world))
    with world.acting("employer") as actor:
        assert not queries.on_record(actor).exists()
        assert not RecognisedHours.objects.exists()
    assert not queries.on_record(Actor.public()).exists()
