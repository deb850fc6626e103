"""Every category of file comes out as listed, and what is refused leaves nothing behind."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from applications import services
from applications.files import store
from applications.models import Application, Evidence
from cehours.lib import limits
from cehours.lib.uploads import Refused
from tests.applications.typing_in import url
from tests.security.corpus.photos import picture
from tests.security.corpus.table import ACTS, SAMPLES, Sample
from tests.world import World

TESTS = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.filterwarnings(
    "ignore::PIL.Image.DecompressionBombWarning"
)  # of those who make them


def params(outcomes: str) -> list[Any]:
    return [
        pytest.param(sample, id=str(sample), marks=[pytest.mark.long] if sample.heavy else [])
        for sample in SAMPLES
        if sample.outcome in outcomes
    ]


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def attach(world: World, case: Application, content: bytes, name: str) -> Evidence:
    with world.acting("applicant") as actor:
        return services.attach(
            actor=actor,
            application_id=case.pk,
            year=2020,
            file=io.BytesIO(content),
            filename=name,
            kind="completion",
        )


def test_every_category_has_a_sample_or_a_test_of_its_own() -> None:
    assert {sample.number for sample in SAMPLES} | ACTS.keys() == set(range(1, 81))
    for place in ACTS.values():
        path, _, name = place.partition("::")
        assert f"def {name}(" in (TESTS / path).read_text()
    assert len(SAMPLES) >= 70
    assert len({str(sample) for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", params("R"))
def test_a_refused_file_is_answered_in_words_and_leaves_no_row_no_object_and_no_temporary_file(
    world: World, case: Application, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = sample.make()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()

    with pytest.raises(Refused) as refused:
        attach(world, case, content, sample.name)

    assert sample.says in refused.value.says
    assert "请" in refused.value.says or "只能上传" in refused.value.says
    with world.acting("applicant"):
        assert not case.evidence.exists()
    assert not default_storage.exists("evidence")
    assert os.listdir(tmp_path / "scratch") == []
    assert attach(world, case, picture("PNG"), "next.png").pk


@pytest.mark.parametrize("sample", params("AS"))
def test_an_accepted_file_is_kept_as_it_is_or_made_anew(
    world: World, case: Application, sample: Sample
) -> None:
    content = sample.make()

    paper = attach(world, case, content, sample.name)

    kept = store.get(paper.storage_key)
    page = world.browser("applicant").get(url("evidence_page", case, paper.pk, paper.pages))
    assert (page.status_code, page["Content-Type"][:6]) == (200, "image/")
    assert paper.storage_key == f"evidence/{paper.sha256[:2]}/{paper.sha256}"
    assert len(paper.filename.encode()) <= 255
    assert not set(paper.filename) & set('\0\r\n\u202e\u200b/\\<>"')
    if sample.outcome == "A":
        assert kept == content
        assert paper.content_type == "application/pdf"
    else:
        assert b"CANARY" not in kept
        with Image.open(io.BytesIO(kept), formats=["JPEG", "PNG"]) as written:
            written.load()
            assert not written.getexif()
            assert set(written.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "transparency"}


def test_the_limits_are_those_of_the_policy_decision() -> None:
    assert limits.MOST_BYTES_A_FILE == 20 * 1024**2
    assert limits.MOST_BYTES_AN_APPLICATION == 300 * 1024**2
    assert (limits.MOST_FILES_A_YEAR, limits.MOST_PAGES, limits.MOST_PIXELS) == (30, 200, 40_000_000)
    assert limits.MEMORY == 512 * 1024**2
    assert limits.CPU_SECONDS == 20
    assert limits.MOST_DECODED_IMAGE <= 256 * 1024**2
