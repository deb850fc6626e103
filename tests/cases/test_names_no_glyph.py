"""Case 42a: names that no font of the certificate had were registered, approved, and then 正在生成 for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from applications.models import Application
from cehours.my_data.forms import CorrectionForm
from certificates.paper.render import render
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import RegisterForm
from tests.applications.typing_in import text_of, url
from tests.certificates.sheets import SHEET
from tests.certificates.test_render import characters_with_an_outline
from tests.world import World

PRIVATE, POLISH = (Path(__file__).parent / "names" / "42a-names-no-glyph.txt").read_text().splitlines()


def test_42a_a_name_with_a_private_character_is_refused_while_registering() -> None:
    (says,) = RegisterForm({"name": PRIVATE}).errors["name"]
    assert f"（第 3 个字，U+{ord(PRIVATE[2]):04X}）认定单打印不出来" in says


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")
def test_42a_a_polish_name_registers_and_prints() -> None:
    assert "name" not in RegisterForm({"name": POLISH}).errors
    assert set(POLISH) - {" "} <= characters_with_an_outline(render(replace(SHEET, name=POLISH)))


def test_42a_a_name_that_came_from_elsewhere_is_said_in_the_header_and_not_filed(world: World) -> None:
    case = world.draft(years=(2024,), span_exception="late_entry")
    with world.acting("applicant"):
        Application.objects.filter(pk=case.pk).update(name=PRIVATE)

    page = text_of(world.browser("applicant").get(url("header", case)))
    assert "姓名打印不出来" in page
    assert "更正姓名请到“我的数据”提出；更正以后请点“删除这份申报”" in page
    with pytest.raises(NotAllowed, match="认定单打印不出来"):
        world.submit(world.see("applicant", case.pk))


def test_a_corrected_name_can_be_printed_too() -> None:
    form = CorrectionForm({"name": PRIVATE, "id_kind": "resident", "reason": "姓名有误"})
    assert any("认定单打印不出来" in says for says in form.errors["name"])


def test_a_speciality_with_a_private_character_is_not_filed(world: World) -> None:
    case = world.draft(years=(2024,), span_exception="late_entry", specialty=f"建筑{PRIVATE[2]}学")
    with pytest.raises(NotAllowed, match=r"“子专业名称”中的.*认定单打印不出来"):
        world.submit(case)
