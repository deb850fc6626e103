"""Whatever becomes of the database server, a number is given once and each lost one is named."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.certificates.clusters import Clerk, Servers, pool, servers

pytestmark = pytest.mark.long


@pytest.fixture
def here() -> Iterator[Path]:
    """A short path that the servers' user can reach: their sockets stand in it."""
    folder = Path(tempfile.mkdtemp(prefix="ceh"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def field(template_database: str, here: Path) -> Iterator[Servers]:
    with servers(template_database, here, here / "s") as running:
        yield running


@pytest.fixture(params=["each time a new connection", "one connection to a pool, which never breaks"])
def clerk(field: Servers, here: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Clerk]:
    with ExitStack() as stack:
        pooled = request.param.startswith("one")
        process = Clerk(field, tmp_path, stack.enter_context(pool(field, here / "b")) if pooled else None)
        yield process
        process.leave()


def serials(numbers: list[str]) -> list[int]:
    return [int(number[4:]) for number in numbers]


def test_a_promoted_standby_that_lagged_gives_no_number_again(field: Servers, clerk: Clerk) -> None:
    given = [clerk.approves("one")]
    field.replica("second")
    given += [clerk.approves("two"), clerk.approves("three", act="only")]
    field.kill()
    field.promote("second")

    given.append(clerk.approves("four"))

    assert serials(given) == [1, 2, 3, 4]
    year = given[0][:4]
    assert f"恢复时丢失：{year}000002—{year}000003" in clerk.register()


def test_two_standbys_of_one_ancestor_promoted_one_after_the_other_give_no_number_again(
    field: Servers, clerk: Clerk
) -> None:
    given = [clerk.approves("one")]
    field.replica("second")
    field.replica("third")
    field.kill()
    field.promote("second")
    given.append(clerk.approves("two", act="only"))
    field.kill()
    field.promote("third")

    given.append(clerk.approves("three"))

    assert serials(given) == [1, 2, 3]
    assert "丢失 1" in clerk.register()


def test_a_disk_rolled_back_to_its_snapshot_gives_no_number_again(field: Servers, clerk: Clerk) -> None:
    given = [clerk.approves("one")]
    field.stop()
    field.snapshot("first", "earlier")
    field.start("first")
    given.append(clerk.approves("two", act="only"))
    field.stop()
    field.start("earlier")

    given.append(clerk.approves("three"))

    assert serials(given) == [1, 2, 3]
    assert "丢失 1" in clerk.register()


def test_a_dump_restored_into_the_running_server_gives_no_number_again(
    field: Servers, clerk: Clerk, tmp_path: Path
) -> None:
    given = [clerk.approves("one")]
    field.dump(tmp_path / "dump")
    given.append(clerk.approves("two", act="only"))
    field.restore(tmp_path / "dump")

    given.append(clerk.approves("three"))

    assert serials(given) == [1, 2, 3]
    assert "丢失 1" in clerk.register()
