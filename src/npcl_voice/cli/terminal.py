"""The terminal while a call is shown on it: its own screen, single keys, and all of it given back.

A thread of its own draws and reads keys. So drawing never holds the call up, and a call on a clock
that runs fast is drawn as often as any other. Whatever happens to the thread, the call does not hear
of it.
"""

import contextlib
import os
import re
import select
import signal
import sys
import tempfile
import termios
import threading
from collections.abc import Callable
from types import TracebackType
from typing import IO, Any, Self, TextIO

from rich.console import Console, RenderableType
from rich.live import Live

from npcl_voice.cli.cells import Settled

__all__ = ["Screen", "can_show", "keys_in"]

PER_SECOND = 8
"""Pictures a second: a meter lives, and a slow line to a far terminal keeps up."""
PATIENCE_S = 1.0
"""How long the thread is waited for; a terminal that was stopped (Ctrl-S) takes no more."""
LONGEST_READ = 1024
"""Bytes of keys that are read at once."""
CUTS, WRAPS = "\x1b[?7l", "\x1b[?7h"
"""DEC's private mode 7, autowrap: a line that a terminal finds too long is cut, and moves no other line."""
DUMB = {"", "dumb", "unknown"}
"""Kinds of terminal that cannot move their cursor."""

_ESCAPED = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.|$)", re.DOTALL)


def can_show(kind: str, output: TextIO) -> bool:
    """Whether a screen can be shown: a terminal (its `kind` is `TERM`) of our own, and in the foreground."""
    try:
        return output.isatty() and kind not in DUMB and os.tcgetpgrp(output.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def keys_in(data: bytes) -> list[str]:
    """The keys that somebody pressed; arrows and other keys that send sequences are none of ours."""
    return [key for key in _ESCAPED.sub("", data.decode(errors="ignore")) if key.isprintable()]


class Screen:
    """Shows `draw` on the terminal, and hands over the keys that are pressed; `open` and `close` as often as needed."""

    def __init__(
        self,
        draw: Callable[[int, int], RenderableType],
        press: Callable[[str], None],
        *,
        read_keys: bool = True,
    ) -> None:
        """`draw` is given columns and lines; it and `press` are called on the screen's own thread."""
        self._draw = draw
        self._press = press
        self._read_keys = read_keys
        self._open: _Opened | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Take the terminal; without effect when it is taken already."""
        if self._open is None:
            self._open = _Opened(self._draw, self._press, read_keys=self._read_keys)

    def close(self) -> None:
        """Give the terminal back as it was; without effect when it was given back."""
        opened, self._open = self._open, None
        if opened is not None:
            opened.close()

    def stop_process(self, number: int = signal.SIGTSTP) -> None:
        """Do what a signal does to a process by itself, with the terminal given back meanwhile.

        Returns when a stopped process goes on; a signal that ends the process does not return.
        """
        self.close()
        before = signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, before)
        if can_show("any", sys.stdout):  # it may go on in the background, where nobody looks
            self.open()


class _Opened:
    """The terminal while it is ours."""

    def __init__(
        self, draw: Callable[[int, int], RenderableType], press: Callable[[str], None], *, read_keys: bool
    ) -> None:
        self._draw = draw
        self._press = press
        with contextlib.ExitStack() as stack:
            self._output = stack.enter_context(_copy_of(sys.stdout))
            self._console = Console(file=self._output, force_terminal=True, highlight=False)
            self._keys = stack.enter_context(_Keyboard()) if read_keys and sys.stdin.isatty() else None
            stack.enter_context(_Aside())
            self._wake, waker = os.pipe()
            stack.callback(os.close, self._wake)
            stack.callback(os.close, waker)
            self._waker = waker
            self._live = Live(
                get_renderable=self._picture,
                console=self._console,
                screen=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            stack.callback(self._leave)
            self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
            self._thread.start()
            self._stack = stack.pop_all()

    def close(self) -> None:
        os.write(self._waker, b"\0")
        self._thread.join(PATIENCE_S)
        with contextlib.suppress(OSError):  # a window that was closed takes nothing back
            self._stack.close()

    def _leave(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may have gone
            self._output.write(WRAPS)
            self._live.stop()

    def _picture(self) -> RenderableType:
        return Settled(self._draw(*self._console.size))

    def _run(self) -> None:
        try:
            self._follow_size()
            self._output.write(CUTS)
            self._live.start(refresh=True)
            while not self._pressed():
                self._follow_size()
                self._live.refresh()
        except Exception as error:  # noqa: BLE001 - the edge of the screen: the call goes on without it
            sys.stderr.write(f"the live view stopped: {type(error).__name__}: {error}\n")

    def _follow_size(self) -> None:
        """The terminal may be resized at any time; standard output stands for something else meanwhile."""
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self._output.fileno())
            if size.columns and size.lines:
                self._console.size = size

    def _pressed(self) -> bool:
        """Wait for the next picture's time, handing keys over; whether it is time to go."""
        waited = [self._wake, *([self._keys.fd] if self._keys is not None else [])]
        ready, _, _ = select.select(waited, [], [], 1 / PER_SECOND)
        if self._wake in ready:
            return True
        if ready:
            data = os.read(ready[0], LONGEST_READ)
            if not data:
                self._keys = None  # nobody is there any more
            for key in keys_in(data):
                self._press(key)
        return False


class _Keyboard:
    """Standard input, key by key and without an echo; Ctrl-C and Ctrl-Z stay what they are."""

    def __enter__(self) -> Self:
        self.fd = sys.stdin.fileno()
        self._before: list[Any] = termios.tcgetattr(self.fd)
        mode = termios.tcgetattr(self.fd)
        mode[3] &= ~(termios.ICANON | termios.ECHO)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self.fd, termios.TCSADRAIN, mode)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with contextlib.suppress(termios.error):  # keys that nobody read are not the shell's
            termios.tcsetattr(self.fd, termios.TCSAFLUSH, self._before)


class _Aside:
    """What anybody writes to standard output and error waits until the screen is gone."""

    def __enter__(self) -> Self:
        self._waits: IO[bytes] = tempfile.TemporaryFile()
        self._before = {}
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            fd = stream.fileno()
            self._before[fd] = os.dup(fd)
            os.dup2(self._waits.fileno(), fd)
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for fd, before in self._before.items():
            os.dup2(before, fd)
            os.close(before)
        self._waits.seek(0)
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), self._waits.read())
        self._waits.close()


def _copy_of(stream: TextIO) -> TextIO:
    """The same place under a number of its own; signs that it cannot write become question marks."""
    stream.flush()
    encoding = stream.encoding or "utf-8"
    return os.fdopen(os.dup(stream.fileno()), "w", encoding=encoding, errors="replace")
