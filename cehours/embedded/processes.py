"""Child processes that end with us, however we end."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cehours.embedded.console import Step

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PR_SET_PDEATHSIG = 1
# Loaded here: after dropping root, the child may no longer read the interpreter's own modules.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failure(Exception):
    """Something that stops the command; its text is what the person reads."""


class Terminated(KeyboardInterrupt):
    """We were asked to end by a signal to us alone, not by Ctrl-C at the terminal."""


@dataclass
class Child:
    """A running program of ours, its own session leader, with its log and the signal that stops it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


def spawn(
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    death_signal: signal.Signals | None = None,
    user: str | None = None,
    executable: Path | None = None,
    outlives_us: bool = False,
    keeps_terminal: bool = False,
) -> Child:
    """Start `argv` in its own session, so that Ctrl-C reaches only us and we decide the order of stopping.

    `death_signal` is what it gets when we die without stopping it (default: `stop_signal`).
    `keeps_terminal` leaves it in ours, for what may ask for a password. Call this from the main thread:
    Linux ties the death signal to the thread that forked.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(argv),
            executable=str(executable or _found(argv[0], env)),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=not keeps_terminal,
            user=user,
            group=group_of(user),
            extra_groups=[] if user else None,
            preexec_fn=None if outlives_us else _die_with_parent(death_signal or stop_signal),
        )
    return Child(name, process, log, stop_signal)


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    step: Step | None = None,
    keeps_terminal: bool = False,
) -> None:
    """Run `argv` to its end, showing the last line it printed.

    Raises Failure with the end of its output when it exits non-zero.
    """
    log.unlink(missing_ok=True)
    child = spawn(Path(argv[0]).name, argv, env=env, log=log, cwd=cwd, keeps_terminal=keeps_terminal)
    try:
        wait_for([child], step)
    finally:
        stop([child], patience=2)
    refuse_failed(child)


def foreground(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, interactive: bool = False) -> int:
    """Run `argv` on our own terminal and return its exit code; it dies with us.

    Ctrl-C reaches it by itself. An interactive one decides what that means; of others we wait for the end.
    """
    process = subprocess.Popen(
        list(argv),
        executable=_found(argv[0], env),
        env=dict(env),
        cwd=cwd,
        preexec_fn=_die_with_parent(signal.SIGTERM),
    )
    former = signal.getsignal(signal.SIGINT)
    try:
        if interactive:
            signal.signal(signal.SIGINT, lambda number, frame: None)
        return process.wait()
    except Terminated:
        process.terminate()
        raise
    finally:
        signal.signal(signal.SIGINT, former)
        _outwait(process)


def _outwait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(children: Sequence[Child], step: Step | None = None) -> None:
    """Wait until all have ended."""
    while any(child.alive for child in children):
        if step is not None:
            step.note(last_lines(children[0].log, 1))
        time.sleep(0.05)


def refuse_failed(child: Child) -> None:
    code = child.process.returncode
    if code != 0:
        raise Failure(
            f"{child.name} 没有成功（退出码 {code}），日志 {child.log}：\n{last_lines(child.log, 20)}"
        )


def stop(children: Sequence[Child], *, patience: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all at once, wait up to `patience` seconds, then kill whatever is left of their sessions."""
    running = [child for child in children if child.alive]
    for child in running:
        child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + patience
    while any(child.alive for child in running) and time.monotonic() < deadline and not hurry():
        time.sleep(0.02)
    for child in running:
        kill_session(child.process.pid)
        child.process.wait()


def kill_session(leader: int) -> None:
    """Kill the process group that `leader` started as; nothing happens when it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def birth(pid: int) -> str | None:
    """A mark that tells a process from a later one with the same number; None when there is none alive.

    Linux reads the start time in clock ticks; elsewhere `ps` gives it to the second.
    """
    stat = Path(f"/proc/{pid}/stat")
    if sys.platform == "linux":
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            return None
        return None if fields[0] in "ZX" else fields[19]
    listed = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip() or None


def last_lines(log: Path, count: int) -> str:
    """The last lines of a log, at most the final 8 kB of it; empty when there is no log."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 8192))
            text = COLOURS.sub("", stream.read().decode(errors="replace"))
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-count:])


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if LIBC is None:
        return None
    parent = os.getpid()

    def before_exec() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return before_exec


def _found(program: str, env: Mapping[str, str]) -> str:
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder, program)
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise Failure(f"找不到程序 {program}。")


def group_of(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd  # noqa: PLC0415 -- Unix only, and only root gets here

    return pwd.getpwnam(user).pw_gid
