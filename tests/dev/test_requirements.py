"""`./dev requirements`: what is traced, what is refused, and that it writes the same thing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cehours.traceability import trace

LIST = """id,area,anchor,requirement,acceptance
R001,rules,每天折算 8 学时,8 hours a day,3 days
R002,employer,初审,The employer decides first,see
"""
Repo = Callable[..., Path]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A folder with the list and some tests: file name, then text."""

    def build(waiting: str = "", **files: str) -> Path:
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs/requirements.csv").write_text(LIST, "utf-8")
        if waiting:
            (tmp_path / "docs/requirements-waiting.csv").write_text(f"id,waits_for\n{waiting}\n", "utf-8")
        for name, text in files.items():
            folder = tmp_path / ("tests/vectors" if name == "vectors" else "tests/some")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.{'csv' if name == 'vectors' else 'py'}").write_text(text, "utf-8")
        return tmp_path

    return build


def places(root: Path, identity: str) -> dict[str, tuple[str, ...]]:
    return dict(trace(root).tested.get(identity, {}))


def test_a_marked_test_shows_its_requirement(repo: Repo) -> None:
    root = repo(test_a='@pytest.mark.requirement("R001", "R002")\ndef test_x() -> None: ...\n')
    assert places(root, "R001") == {"tests/some/test_a.py": ("test_x",)}
    assert places(root, "R002") == {"tests/some/test_a.py": ("test_x",)}


def test_the_mark_of_one_parameter_belongs_to_its_test(repo: Repo) -> None:
    marked = '@pytest.mark.parametrize("a", [pytest.param(1, marks=pytest.mark.requirement("R001"))])\n'
    root = repo(test_a=f"{marked}def test_x(a: int) -> None: ...\n")
    assert places(root, "R001") == {"tests/some/test_a.py": ("test_x",)}


def test_a_marked_module_shows_its_requirement(repo: Repo) -> None:
    assert places(repo(test_a='pytestmark = pytest.mark.requirement("R001")\n'), "R001") == {
        "tests/some/test_a.py": ("",)
    }


def test_a_row_of_vectors_shows_its_requirements(repo: Repo) -> None:
    root = repo(vectors="id,requirements,note\nC1,R001 R002,a\nC2,R001,b\nC3,,c\n")
    assert places(root, "R001") == {"tests/vectors/vectors.csv": ("C1", "C2")}


def test_an_id_in_a_comment_or_a_string_shows_nothing(repo: Repo) -> None:
    assert places(repo(test_a='# R001\nNAME = "R001"\n'), "R001") == {}


def test_an_id_that_does_not_exist_is_refused(repo: Repo) -> None:
    root = repo(test_a='@pytest.mark.requirement("R001", "R999")\ndef test_x() -> None: ...\n')
    with pytest.raises(CommandError, match=r"R999 不在 .*tests/some/test_a\.py"):
        call_command("requirements", root=root)


def test_a_rule_without_a_test_is_refused(repo: Repo) -> None:
    with pytest.raises(CommandError, match=r"R001.*没有测试") as refusal:
        call_command("requirements", root=repo())
    assert "R002" not in str(refusal.value)


def test_a_rule_that_says_what_it_waits_for_passes(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    root = repo(waiting="R001,平台接口")
    call_command("requirements", root=root)
    assert "等待：平台接口" in (root / "docs/requirements.md").read_text("utf-8")
    assert "2 项要求，已验证 0 项" in capsys.readouterr().out


def test_something_unknown_cannot_be_waited_for(repo: Repo) -> None:
    with pytest.raises(CommandError, match="R777"):
        call_command("requirements", root=repo(waiting="R001,平台\nR777,什么"))


def test_a_requirement_may_be_tested_in_part_and_wait_for_the_rest(repo: Repo) -> None:
    root = repo(waiting="R001,平台接口", vectors="id,requirements\nC1,R001\n")
    call_command("requirements", root=root)
    assert "| 已验证；还等待：平台接口 |" in (root / "docs/requirements.md").read_text("utf-8")


def test_the_same_tests_write_the_same_file(repo: Repo) -> None:
    root = repo(vectors="id,requirements\nC1,R001\n", test_a='pytestmark = pytest.mark.requirement("R002")\n')
    written = []
    for _ in range(2):
        call_command("requirements", root=root)
        written.append((root / "docs/requirements.md").read_bytes())
    assert written[0] == written[1]


def test_check_refuses_a_file_that_is_not_up_to_date_and_leaves_it_alone(repo: Repo) -> None:
    root = repo(vectors="id,requirements\nC1,R001\n")
    call_command("requirements", root=root)
    call_command("requirements", root=root, check=True)
    page = root / "docs/requirements.md"
    page.write_text("old", "utf-8")
    with pytest.raises(CommandError, match="不是最新"):
        call_command("requirements", root=root, check=True)
    assert page.read_text("utf-8") == "old"


def test_check_refuses_when_there_is_no_file_yet(repo: Repo) -> None:
    with pytest.raises(CommandError, match="不是最新"):
        call_command("requirements", root=repo(waiting="R001,平台"), check=True)
