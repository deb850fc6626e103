"""Nothing in a line stops the stream, and none costs more than 50 ms and 50 MB."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

import rules
from rules.cli.asks import ASKS, MOST_ENTRIES
from rules.cli.lines import LONGEST_LINE, answer

ROOT = Path(__file__).parent.parent.parent
HUNAN = rules.load_policy("hunan-2025")
MEMORY = 50 * 1024 * 1024
SECONDS = 0.05


def filled_up(start: str, piece: str, end: str) -> bytes:
    """A line as long as a line may be, of as many pieces as fit."""
    room = LONGEST_LINE - len(start) - len(end)
    return (start + piece * (room // len(piece)) + end).encode()


def of_training(start: str, piece: str, end: str) -> bytes:
    return filled_up('{"kind":"training","year":2024,"facts":{' + start, piece, end + "}}")


def entry(count: int) -> bytes:
    facts = {"serial": "cn", "author": "first", "published_on": "2024", "serial_number": "1"}
    item = {"kind": "paper", "title": "题名", "facts": facts}
    return json.dumps({"year": 2024, "items": [item] * count}).encode()


COSTLY: list[tuple[str, str, bytes]] = [
    *(
        (f"a figure with the exponent {exponent}", name, line.encode())
        for exponent in (99, 999_999, 999_999_999, 9_999_999_999, -999_999_999)
        for name, line in (
            ("credit", f'{{"kind":"training","year":2024,"facts":{{"days":1e{exponent}}}}}'),
            ("credit", f'{{"kind":"distance","year":2024,"facts":{{"stated_hours":-1e{exponent}}}}}'),
            ("assess-year", f'{{"year":2024,"items":[{{"category":"public","hours":1e{exponent}}}]}}'),
        )
    ),
    ("as many decimals as fit", "credit", of_training('"days":1.', "1", "")),
    ("as many zeros as fit", "credit", of_training('"days":"', "0", '"')),
    ("one ligature after another", "credit", of_training('"days":"', "\\ufdfa", '"')),
    ("as many days as fit", "credit", of_training('"days":1,"sessions":"', "2024-1-1 ", '"')),
    ("a list of days", "credit", of_training('"days":1,"sessions":["a"', ',"a"', "]")),
    ("as many entries as fit", "assess-year", filled_up('{"year":2024,"items":[{}', ",{}", "]}")),
    ("as many entries as are allowed", "assess-year", entry(MOST_ENTRIES)),
    ("as many papers as fit", "evidence", filled_up('{"form":"01","documents":[{}', ",{}", "]}")),
    ("names", "span", filled_up('{"a":1', ',"b":1', "}")),
    ("empty lists", "route", filled_up('{"unit":[[]', ",[]", "]}")),
]


@pytest.mark.parametrize(("name", "line"), [each[1:] for each in COSTLY], ids=[each[0] for each in COSTLY])
def test_a_costly_line_is_answered_at_once(name: str, line: bytes) -> None:
    answer(HUNAN, ASKS[name], b"{}", 1)  # what is made once is not this line's cost
    spent = []
    for _ in range(3):  # the processor's own time; the least of three is free of what else it did meanwhile
        began = time.process_time()
        answered = answer(HUNAN, ASKS[name], line, 1)
        spent.append(time.process_time() - began)
    tracemalloc.start()
    answer(HUNAN, ASKS[name], line, 1)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answered
    assert min(spent) < SECONDS
    assert peak < MEMORY


def credits_of(lines: bytes) -> list[Any]:
    run = subprocess.run(
        [sys.executable, "-m", "rules", "credit", "--policy", "hunan-2025"],
        input=lines,
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def test_the_line_after_a_figure_beyond_all_bounds_gets_its_answer() -> None:
    endless, minus_nothing, good = credits_of(
        b'{"kind":"training","year":2024,"facts":{"days":1e9999999999}}\n'
        b'{"kind":"distance","year":2024,"facts":{"stated_hours":"-0"}}\n'
        b'{"kind":"training","year":2024,"facts":{"days":1}}\n'
    )

    assert endless["error"] == "培训天数应为数字，例如 8 或 3.5。"
    assert (minus_nothing["hours"], minus_nothing["sum"]) == ("0", "证明载明 0 学时")
    assert good["hours"] == "8"


@pytest.mark.parametrize(("name", "key"), [("assess-year", "items"), ("evidence", "documents")])
def test_a_list_has_as_many_entries_as_a_person_could_mean(name: str, key: str) -> None:
    asked = (
        {"year": 2024, "items": [{"category": "public", "hours": 1}]} if key == "items" else {"form": "01"}
    )
    entry = {"category": "public", "hours": 1} if key == "items" else {"kind": "notice"}

    most = answer(HUNAN, ASKS[name], json.dumps({**asked, key: [entry] * MOST_ENTRIES}).encode(), 1)
    more = answer(HUNAN, ASKS[name], json.dumps({**asked, key: [entry] * (MOST_ENTRIES + 1)}).encode(), 1)

    assert "error" not in most
    assert (more["key"], more["error"]) == (key, f"“{key}”最多列 100 项，请分成几行。")


def test_a_line_nested_deeper_than_the_parser_follows_is_answered_like_any_other() -> None:
    nested, usual = b"[" * 60 + b"]" * 60, sys.getrecursionlimit()

    sys.setrecursionlimit(len(inspect.stack(0)) + 40)
    try:
        answered = answer(HUNAN, ASKS["credit"], nested, 1)
    finally:
        sys.setrecursionlimit(usual)

    assert answered["key"] == "line"
