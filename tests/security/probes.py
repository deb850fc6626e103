"""What a hijacked parser would try; runs behind the fence, which imports this module by name."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = tuple[dict[str, Any], bytes]


def echo(facts: dict[str, Any], content: bytes) -> Answer:
    return facts, content


def surroundings(facts: dict[str, Any], content: bytes) -> Answer:
    """What a process can see of the one that started it."""
    limits = {name: resource.getrlimit(getattr(resource, name))[1] for name in facts["limits"]}
    return {
        "environment": sorted(os.environ),
        "open": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        "folder": os.listdir("."),
        "limits": limits,
    }, b""


def eat_memory(facts: dict[str, Any], content: bytes) -> Answer:
    return {}, bytes(bytearray(700 * 1024 * 1024)[:1])


def spin(facts: dict[str, Any], content: bytes) -> Answer:
    while True:
        pass


def hang(facts: dict[str, Any], content: bytes) -> Answer:
    Path(f"/proc/{os.getpid()}/comm").write_text(facts["name"])
    time.sleep(600)
    return {}, b""


def crash(facts: dict[str, Any], content: bytes) -> Answer:
    ctypes.string_at(0)
    return {}, b""


def half_an_answer(facts: dict[str, Any], content: bytes) -> Answer:
    os.write(3, b"\0\0\0\x10{")
    os._exit(0)


def flood(facts: dict[str, Any], content: bytes) -> Answer:
    while True:
        os.write(3, bytes(1024 * 1024))


def write_a_file(facts: dict[str, Any], content: bytes) -> Answer:
    tried = []
    for path in facts["paths"]:
        try:
            with open(path, "wb") as file:
                file.write(content)
        except OSError as error:
            tried.append(type(error).__name__)
    return {"tried": tried}, b""


def connect(facts: dict[str, Any], content: bytes) -> Answer:
    try:
        socket.create_connection(("127.0.0.1", facts["port"]), 2).close()
    except OSError as error:
        return {"refused": type(error).__name__}, b""
    return {"refused": ""}, b""


TASKS: dict[str, Callable[[dict[str, Any], bytes], Answer]] = {
    task.__name__: task
    for task in (
        echo,
        surroundings,
        eat_memory,
        spin,
        hang,
        crash,
        half_an_answer,
        flood,
        write_a_file,
        connect,
    )
}
TASKS["parse"] = TASKS["draw"] = crash  # stands in for a parser with a hole
