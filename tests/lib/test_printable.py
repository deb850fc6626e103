"""What forms say about characters that no certificate can print."""

from __future__ import annotations

from cehours.lib import printable


def test_names_of_every_kind_are_accepted() -> None:
    for name in (
        "秦舒窈",
        "王𠀀",
        "阿卜杜·热西提",
        "KOWALSKA ŁUCJA",
        "Nguyễn Thị Ánh",
        "Əliyev",
        "葛\U000e0100城",
    ):
        assert printable.refusal("姓名", name) == ""


def test_a_character_of_private_use_is_named_with_its_place_and_what_to_do() -> None:
    says = printable.refusal("姓名", "欧阳\ue863")

    assert says.startswith("“姓名”中的“\ue863”（第 3 个字，U+E863）认定单打印不出来。这是某台电脑上的自造字")
    assert "请改用输入法打出的标准字" in says


def test_an_unassigned_one_is_named_too_and_each_only_once() -> None:
    says = printable.refusal("子专业名称", "\U0003fffd学\U0003fffd")

    assert says.count("U+3FFFD") == 1
    assert "自造字" not in says
