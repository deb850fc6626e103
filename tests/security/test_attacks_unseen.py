"""Characters nobody sees: a pasted or planted one spoils the printed paper and the search for a name."""

from __future__ import annotations

import pytest

from applications.states import State
from certificates import services
from organizations.acting.errors import NotAllowed
from organizations.forms.accounts import RegisterForm
from organizations.forms.units import UnitForm
from tests.certificates.approving import approved
from tests.world import World

UNSEEN = ["\u200b", "\u202e", "\ufeff", "\u2028", "\u0007", "\u00ad", "😀"]


@pytest.mark.parametrize("character", UNSEEN)
def test_a_speciality_that_cannot_be_printed_is_refused_before_it_is_filed(
    world: World, character: str
) -> None:
    """Approved with it, the certificate could never be made: what is filed is frozen."""
    case = world.draft(years=(2024,), span_exception="late_entry", specialty=f"建筑{character}学")

    with pytest.raises(NotAllowed, match="看不见或不能打印的字符"):
        world.submit(case)


@pytest.mark.parametrize("character", UNSEEN)
def test_a_name_with_a_hidden_character_opens_no_account_and_enters_no_unit(
    world: World, character: str
) -> None:
    registering = RegisterForm({"name": f"张{character}三"})
    entering = UnitForm({"name": f"星城第二{character}中学"}, actor=world.city_bureau)

    assert any("看不见或不能打印的字符" in says for says in registering.errors["name"])
    assert any("看不见或不能打印的字符" in says for says in entering.errors["name"])


@pytest.mark.parametrize(
    "name", ["阿卜杜·热西提", "䶮㛃𬭎", "\U00020000", "Müller-Lüdenscheidt", "葛\U000e0100城", "张三\u3000"]
)
def test_rare_and_foreign_names_are_names(name: str) -> None:
    assert "name" not in RegisterForm({"name": name}).errors


@pytest.mark.parametrize(
    "reason", ["\u200b" * 9, "\u2028\ufeff\u00ad" * 3, "好\u200b\u200b\u200b\u200b\u200b"]
)
def test_a_reason_that_nobody_can_read_is_none(world: World, reason: str) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)

    with pytest.raises(NotAllowed, match="请写明原因"):
        world.return_(case, by="employer", reason=reason)


def test_the_public_never_reads_an_empty_reason_of_a_revocation(world: World) -> None:
    certificate = approved(world)

    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="请填写撤销原因"):
        services.request_revocation(actor=actor, certificate_id=certificate.pk, reason="\u200b\u202e")
