"""PostgreSQL and Redis of one profile, through clean ends and hard ones."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest
import redis

from cehours.embedded import datastores, environment, instance, postgres, venv
from cehours.embedded.console import Console
from cehours.embedded.places import REPO, Places
from tests.dev.processes_of import mentioning, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")


@contextmanager
def holder(here: Places) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs the data stores, as ./dev does."""
    command = [sys.executable, "-m", "tests.dev.holder", here.profile]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()
    until(lambda: not leftovers(here), 10)


def leftovers(here: Places) -> list[str]:
    return mentioning(here.cluster, here.redis_socket)


def query(here: Places, sql: str, role: str = environment.OWNER_ROLE) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(host=str(here.postgres_sockets), dbname=environment.DATABASE, user=role)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@contextmanager
def running(here: Places) -> Iterator[None]:
    with datastores.running(Console(sys.stderr), here, options=postgres.FAST):
        yield


def test_a_killed_owner_leaves_no_process_no_socket_and_no_lock(here: Places) -> None:
    with holder(here) as process:
        assert leftovers(here)
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert until(lambda: not leftovers(here), 10), leftovers(here)
    with instance.held(here):
        assert not list(here.sockets.rglob("*"))
        assert not here.record.exists()
        assert not (here.cluster / "postmaster.pid").exists()


def test_data_stays_over_a_kill_and_a_second_start(here: Places) -> None:
    with holder(here) as process:
        query(here, "CREATE TABLE kept AS SELECT 42 AS answer")
        process.send_signal(signal.SIGKILL)
        process.wait()

    with running(here):
        assert query(here, "SELECT answer FROM kept") == [(42,)]


def test_a_start_right_after_a_kill_takes_over_from_what_is_still_stopping(here: Places) -> None:
    with holder(here) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with running(here):
            assert query(here, "SELECT 1") == [(1,)]


def test_a_clean_end_leaves_nothing(here: Places) -> None:
    with running(here):
        assert redis.Redis(unix_socket_path=str(here.redis_socket)).ping()

    assert not leftovers(here)
    assert not here.redis_socket.exists()
    assert not here.record.exists()


def test_stale_sockets_and_a_stale_pid_file_do_not_hinder_a_start(here: Places) -> None:
    with running(here):
        pass
    here.postgres_sockets.mkdir(parents=True, exist_ok=True)
    (here.postgres_sockets / ".s.PGSQL.5432").touch()
    (here.postgres_sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    here.redis_socket.touch()
    (here.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{here.cluster}\n0\n5432\n")

    with running(here):
        assert query(here, "SELECT 1") == [(1,)]


def test_a_profile_that_runs_cannot_be_started_twice(here: Places) -> None:
    with running(here), pytest.raises(instance.Busy), running(here):
        pass


def test_an_interrupted_initdb_leaves_no_half_cluster(here: Places) -> None:
    here.prepare()
    (here.root / "postgres.new").mkdir()
    (here.root / "postgres.new" / "PG_VERSION").write_text("18\n")

    with running(here):
        assert query(here, "SELECT 1") == [(1,)]


def test_text_is_ordered_alike_on_every_machine(here: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")

    with running(here):
        provider = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
        assert set(query(here, provider)) == {("b", "C.UTF-8", "UTF8")}


def test_databases_of_former_test_runs_are_dropped_and_no_others(here: Places) -> None:
    with running(here):
        query(here, "CREATE DATABASE test_template_of_yesterday")

        postgres.cluster(here, venv.site_packages()).drop_test_databases()

        names = {name for (name,) in query(here, "SELECT datname FROM pg_database")}
        assert names == {"postgres", "cehours", "template0", "template1"}


def test_the_runtime_role_owns_nothing_and_bypasses_nothing(here: Places) -> None:
    strength = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = "
    with running(here):
        assert query(here, f"{strength}'cehours_app'") == [(False, False, False, False)]
        assert query(here, f"{strength}'cehours_owner'") == [(False, True, True, False)]


def test_the_runtime_role_uses_what_the_owner_creates_but_creates_nothing(here: Places) -> None:
    with running(here):
        query(here, "CREATE TABLE made_by_owner (id bigint GENERATED BY DEFAULT AS IDENTITY, said text)")
        query(here, "INSERT INTO made_by_owner (said) VALUES ('in')", environment.APP_ROLE)

        assert query(here, "SELECT said FROM made_by_owner", environment.APP_ROLE) == [("in",)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(here, "CREATE TABLE mine (id int)", environment.APP_ROLE)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(here, "ALTER TABLE made_by_owner DISABLE ROW LEVEL SECURITY", environment.APP_ROLE)


def test_the_servers_log_says_nothing_of_a_row_that_it_refused_to_the_runtime_role(here: Places) -> None:
    with running(here):
        query(here, "CREATE TABLE held (phone text CONSTRAINT eleven_digits CHECK (length(phone) = 11))")
        with pytest.raises(psycopg2.errors.CheckViolation):
            query(here, "INSERT INTO held (phone) VALUES ('1390731000')", environment.APP_ROLE)

    log = (here.logs / "postgres.log").read_text()
    assert "eleven_digits" in log, "what was broken is said"
    assert "1390731000" not in log, "by whom is not"


def test_no_role_that_serves_people_writes_values_into_the_servers_log(here: Places) -> None:
    with running(here):
        roles = query(
            here,
            "SELECT rolname, coalesce(rolconfig, '{}') FROM pg_roles "
            "WHERE rolname LIKE 'cehours%' AND rolname <> 'cehours_owner'",
        )
    assert roles
    for name, settings in roles:
        assert {"log_error_verbosity=terse", "log_min_error_statement=panic"} <= set(settings), name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_binaries_that_the_system_user_cannot_reach_are_copied_for_it(here: Places, tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    (closed / "site-packages").symlink_to(venv.site_packages())
    here.prepare()

    cluster = postgres.cluster(here, closed / "site-packages")

    assert str(cluster.binaries).startswith(str(here.root.parent))
    cluster.make()
    assert (here.cluster / "PG_VERSION").read_text() == "18\n"
    assert closed.stat().st_mode & 0o777 == 0o700
