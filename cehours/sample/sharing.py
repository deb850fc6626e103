"""The same work for many, shared among processes: Python and PostgreSQL then use both cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from typing import TypeVar

from django.db import connections

Item = TypeVar("Item")
MOST_PROCESSES = 4
FEWEST_EACH = 20  # below that, starting a process takes longer than it saves


def side_by_side(work: Callable[[Item], None], items: Sequence[Item], *, processes: int) -> Iterator[str]:
    """Does `work` for each item and yields progress in words. Raises RuntimeError when a share failed."""
    shares = max(1, min(processes, MOST_PROCESSES, len(items) // FEWEST_EACH))
    if shares == 1:
        for item in items:
            work(item)
        return
    connections.close_all()  # an open connection must not be used from two processes
    context = get_context("fork")
    done = context.Value("i", 0)
    parent = os.getpid()

    def share(first: int) -> None:
        for item in items[first::shares]:
            if os.getppid() != parent:
                return  # whoever started us is gone; what is done stays done
            work(item)
            with done.get_lock():
                done.value += 1

    children = [context.Process(target=share, args=(first,)) for first in range(shares)]
    for child in children:
        child.start()
    for child in children:
        while child.is_alive():
            child.join(timeout=1)
            yield f"已载入 {done.value} / {len(items)} 名。"
    if any(child.exitcode for child in children):
        raise RuntimeError("载入演示数据时有一个进程没有完成，原因见上面的输出。再次运行会从中断处继续。")
