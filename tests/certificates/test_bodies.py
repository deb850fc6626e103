"""The province's administrators admit assessment bodies; a key is shown once and can be ended."""

import re

import pytest
from django.urls import reverse

from certificates.models import AssessmentBody
from certificates.verification import bodies
from organizations.acting.errors import NotYours
from organizations.models import Event, Membership

pytestmark = pytest.mark.django_db

NAME = "省工程系列高级职称评审委员会"
KEY = re.compile(r"cv_[\w-]{43}")


def admitted(world, name=NAME):
    """The page that answers an admission."""
    return world.browser("bureau").post(reverse("certificates:bodies"), {"name": name})


def key_on(page):
    return KEY.findall(page.content.decode())


def acts(world):
    with world.acting("bureau") as actor:
        found = Event.objects.filter(subject="unit", subject_id=actor.unit_id, act__startswith="body_")
        return [*found.order_by("seq").values_list("act", flat=True)]


def test_the_key_is_shown_once_and_opens(world):
    page = admitted(world)

    [key] = key_on(page)
    assert bodies.with_key(key).name == NAME
    assert "no-store" in page["Cache-Control"]
    assert not key_on(world.browser("bureau").get(reverse("certificates:bodies")))
    assert acts(world) == ["body_admitted"]


def test_a_new_key_ends_the_old_one_and_an_ended_one_opens_nothing(world):
    [old] = key_on(admitted(world))
    number = AssessmentBody.objects.get().pk

    [new] = key_on(world.browser("bureau").post(reverse("certificates:body_renew", args=[number])))
    assert bodies.with_key(old) is None
    assert bodies.with_key(new) is not None

    answer = world.browser("bureau").post(reverse("certificates:body_end", args=[number]), follow=True)
    assert f"“{NAME}”的核验密钥已停用。" in answer.content.decode()
    assert bodies.with_key(new) is None
    assert acts(world) == ["body_admitted", "body_key_renewed", "body_dismissed"]


def test_a_known_name_is_refused_and_stays_typed(world):
    admitted(world)

    again = admitted(world, f" {NAME} ")

    assert again.status_code == 422
    assert "已经登记过" in again.content.decode()
    assert f'value=" {NAME} "' in again.content.decode()
    assert AssessmentBody.objects.count() == 1


@pytest.mark.parametrize("act", [bodies.admit, bodies.renew, bodies.dismiss])
@pytest.mark.parametrize("who", ["other_bureau", "employer", "applicant", "clerk"])
def test_nobody_else_admits_renews_or_ends(world, act, who):
    admitted(world)
    if who == "clerk":
        Membership.objects.filter(unit=world.bureau.unit).update(role="reviewer")
        who = "bureau"
        world.bureau.membership.refresh_from_db()

    with world.acting(who) as actor, pytest.raises(NotYours):
        act(actor, NAME if act is not bodies.admit else "另一评委会")
    assert acts(world) == ["body_admitted"]
