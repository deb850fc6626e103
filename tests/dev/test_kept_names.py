"""Names that an installation's rows, papers and programs hold on to stay as they are, whatever moves around them."""

from __future__ import annotations

from pathlib import Path

from tests.dev.kept_names import RETIRED, names

KEPT = Path(__file__).with_name("kept_names.txt")


def test_no_name_that_an_installation_refers_to_has_gone() -> None:
    kept = {line for line in KEPT.read_text().splitlines() if line and not line.startswith("#")}

    assert sorted(kept - names()) == sorted(RETIRED)
