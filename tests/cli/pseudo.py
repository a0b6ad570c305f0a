"""A pseudo-terminal with a program in it, as somebody at a keyboard has it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import Any, Self


def _can_open() -> bool:
    try:
        pair = os.openpty()
    except OSError:
        return False
    for end in pair:
        os.close(end)
    return True


PTY_IS_THERE = _can_open()
WHY_NO_PTY = "this system has no pseudo-terminals (/dev/pts is not mounted)"

PATIENCE_S = 120.0
"""How long anything is waited for before the test fails; a machine that is busy loads models slowly."""
CONTROLLING = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.executable, sys.argv[1:])"
)
"""Makes standard input the terminal of its session, as a shell does, and becomes the program."""


class PseudoTerminal:
    """Runs `python ARGUMENTS` in a terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 80, lines: int = 24, **environment: str) -> None:
        self._fd, self._inside = pty.openpty()
        self._open: tuple[int, ...] = (self._inside, self._fd)
        self.resize(columns, lines)
        self.before = self.mode()
        self.shown = ""
        """All that was written so far, as it came."""
        command = [sys.executable, "-c", CONTROLLING, sys.executable, *arguments]
        surroundings = {**os.environ, "TERM": "xterm-256color", **environment}
        self.process = subprocess.Popen(
            command,
            stdin=self._inside,
            stdout=self._inside,
            stderr=self._inside,
            start_new_session=True,
            env=surroundings,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.vanishes()

    def vanishes(self) -> None:
        """The window is closed."""
        for fd in self._open:
            os.close(fd)
        self._open = ()

    def mode(self) -> list[Any]:
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self._inside)

    def resize(self, columns: int, lines: int) -> None:
        """The window is another size now."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def types(self, keys: str) -> None:
        """Somebody types."""
        os.write(self._fd, keys.encode())

    def until(self, pattern: str, since: int = 0) -> int:
        """Read until this is shown after `since`; where it ends."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := re.search(pattern, self.shown[since:], re.DOTALL)) is None:
            assert time.monotonic() < deadline, f"never shown: {pattern!r}, but {self.shown[since:][-3_000:]!r}"
            assert self._read() or self.process.poll() is None, f"left without {pattern!r}: {self.shown[-3_000:]!r}"
        return since + found.end()

    def leaves(self) -> int:
        """Read to the end of the program; its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.shown[-500:]!r}"
            self._read()
        while self._read():
            pass
        return self.process.returncode

    def _read(self) -> bool:
        ready, _, _ = select.select([self._fd], [], [], 0.1)
        if ready:
            self.shown += os.read(self._fd, 65_536).decode(errors="replace")
        return bool(ready)
