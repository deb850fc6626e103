from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """WeasyPrint leaves closing its colour profile to the garbage collector; all else stays an error."""
    tolerated = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(tolerated)
