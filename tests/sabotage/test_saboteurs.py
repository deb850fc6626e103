"""The register of saboteurs still fits the code, and a few of them are run with --long."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from cehours.lib import clock
from tests.sabotage.__main__ import ROOT, survivors
from tests.sabotage.saboteurs import ALL, Saboteur

SLICE = 3


@pytest.mark.parametrize("saboteur", ALL, ids=lambda each: each.name)
def test_every_saboteur_still_applies_and_names_a_test(saboteur: Saboteur, tmp_path: Path) -> None:
    copy = tmp_path / saboteur.path
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / saboteur.path, copy)

    saboteur.apply(tmp_path)

    compile(copy.read_text("utf-8"), saboteur.path, "exec")
    file, _, test = saboteur.test.partition("::")
    assert re.search(rf"^def {test or 'test_'}", (ROOT / file).read_text("utf-8"), re.MULTILINE)


def test_there_are_two_for_each_guarantee_and_forty_in_all() -> None:
    assert len({each.name for each in ALL}) == len(ALL) >= 40
    assert min(Counter(each.guarantee for each in ALL).values()) >= 2


@pytest.mark.long
def test_saboteurs_of_the_day_are_noticed() -> None:
    chosen = random.Random(f"{clock.now():%F}").sample(ALL, SLICE)

    assert survivors(chosen) == []
