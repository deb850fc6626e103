"""PostgreSQL and Redis of one profile, together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded import environment, instance, leftovers, postgres, processes, redis, venv
from cehours.embedded.console import Console
from cehours.embedded.places import Places
from cehours.embedded.processes import Child


def start(
    console: Console, places: Places, *, options: Sequence[str] = postgres.DURABLE, outlives_us: bool = False
) -> list[Child]:
    """Start both, in the order in which to stop them: Redis first, PostgreSQL last."""
    packages: Path = venv.site_packages()
    env = environment.inherited()
    cluster = postgres.cluster(places, packages, options=options)
    started: list[Child] = []
    try:
        known = places.cluster.exists()
        with console.step("启动 PostgreSQL 和 Redis" if known else "建立数据库，启动 PostgreSQL 和 Redis"):
            cluster.make()
            started.append(cluster.start(env, outlives_us=outlives_us))
            started.insert(0, redis.start(places, packages, env, outlives_us=outlives_us))
            cluster.provision()
    except BaseException:
        stop(started)
        raise
    return started


def stop(children: Sequence[Child]) -> None:
    for child in children:
        processes.stop([child], patience=20)


@contextmanager
def running(
    console: Console, places: Places, *, options: Sequence[str] = postgres.DURABLE
) -> Iterator[list[Child]]:
    """Both run while the body does. Raises instance.Busy when the profile is already held."""
    with instance.held(places):
        children = start(console, places, options=options)
        try:
            leftovers.write_record(places, children)
            yield children
        finally:
            stop(children)
            leftovers.clear_sockets(places)
            places.record.unlink(missing_ok=True)
