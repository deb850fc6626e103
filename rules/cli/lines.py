"""JSON lines in, JSON lines out: every line gets its answer, a bad one an error instead of a number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, NoReturn, TextIO

from rules.cli.asks import Ask
from rules.errors import RuleInputError
from rules.policy import Policy

Json = dict[str, object]
# A line of this length, whatever it holds, is read and answered in less than 50 ms and 50 MB.
LONGEST_LINE = 64 * 1024


def answer_lines(policy: Policy, ask: Ask, lines: Iterable[bytes], out: TextIO) -> None:
    """Answer each line at once, so that a program can hold a conversation. Blank lines are skipped.

    Answers under a draft carry `draft`, so that nobody takes them for answers under a policy.
    """
    mark = {"draft": True} if policy.draft else {}
    policy = replace(policy, draft=False)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            told = {**answer(policy, ask, line, number), **mark}
            print(json.dumps(told, ensure_ascii=False), file=out, flush=True)


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of the stream; of one too long to be a question, only enough to refuse it is kept."""
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line


def answer(policy: Policy, ask: Ask, line: bytes, number: int) -> Json:
    """The answer to one line; an `id` given in the line is given back."""
    given: object = None
    try:
        given = _parse(line)
        if not isinstance(given, dict):
            raise RuleInputError("line", "每行应为一个 JSON 对象。")
        ask.check_names(given)
        answered = ask.answer(policy, given)
    except RuleInputError as problem:
        answered = {"error": problem.says, "key": problem.key, "line": number}
    except (ValueError, InvalidOperation, RecursionError):
        answered = {"error": "这一行不是有效的 JSON。", "key": "line", "line": number}
    if isinstance(given, dict) and isinstance(given.get("id"), str | int):
        answered = {"id": given["id"], **answered}
    return answered


def _parse(line: bytes) -> object:
    if len(line) > LONGEST_LINE:
        raise RuleInputError("line", "这一行太长，每行不超过 64 KiB。")
    # Decimals stay what was typed; NaN, Infinity and a key given twice are refused, not guessed at.
    return json.loads(
        line.decode("utf-8-sig"),
        parse_float=Decimal,
        parse_constant=_no_constant,
        object_pairs_hook=_once,
    )


def _no_constant(name: str) -> NoReturn:
    raise RuleInputError("line", f"{name} 不是有效的数字。")


def _once(pairs: list[tuple[str, object]]) -> Json:
    if len({key for key, _ in pairs}) != len(pairs):
        raise RuleInputError("line", "同一项写了两次。")
    return dict(pairs)
