"""Steps on a pipe and on a terminal."""

import io

import pytest

from cehours.embedded import console as module
from cehours.embedded.console import Console, fit
from tests.dev.processes_of import until


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_step_on_a_pipe_says_that_it_starts_and_how_long_it_took() -> None:
    stream = io.StringIO()

    with Console(stream).step("建表"):
        pass

    assert stream.getvalue() == "  建表 …\n✓ 建表  0.0 秒\n"


def test_a_failed_step_says_so_and_lets_the_error_through() -> None:
    stream = io.StringIO()

    with pytest.raises(ZeroDivisionError), Console(stream).step("建表"):
        _ = 1 / 0

    assert stream.getvalue().endswith("✗ 建表  0.0 秒\n")


def test_a_long_step_on_a_pipe_shows_that_it_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_ON_PIPE", 0.01)
    stream = io.StringIO()

    with Console(stream).step("安装") as step:
        step.note("Collecting\n django")
        assert until(lambda: "… 安装  0 秒 · Collecting django" in stream.getvalue(), 5)


def test_a_step_on_a_terminal_redraws_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_ON_TERMINAL", 0.01)
    stream = Terminal()

    with Console(stream).step("安装"):
        assert until(lambda: "⠙ 安装" in stream.getvalue(), 5)

    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("text", "columns", "cut"), [("abc", 2, "ab"), ("安装包", 4, "安装"), ("安装包", 5, "安装")]
)
def test_lines_are_cut_to_the_width_that_chinese_takes(text: str, columns: int, cut: str) -> None:
    assert fit(text, columns) == cut
