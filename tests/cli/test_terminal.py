"""The terminal while a call is shown on it: it is taken, drawn on, read, and given back as it was."""

import io
import signal
import termios

import pytest

from npcl_voice.cli.terminal import can_show, keys_in
from tests.cli.pseudo import PATIENCE_S, PTY_IS_THERE, WHY_NO_PTY, PseudoTerminal

pytestmark = pytest.mark.skipif(not PTY_IS_THERE, reason=WHY_NO_PTY)

ENTERS, LEAVES, SHOWS_CURSOR = r"\x1b\[\?1049h", r"\x1b\[\?1049l", r"\x1b\[\?25h"

SHOW = """
import sys, threading
from npcl_voice.cli.terminal import Screen

done, keys = threading.Event(), []

def draw(width, height):
    if "x" in keys:
        raise ValueError("no picture")
    return f"{width}x{height} keys: {''.join(keys)}."

def press(key):
    keys.append(key)
    if key in "qx":
        done.set()

with Screen(draw, press):
    print("written meanwhile", flush=True)
    done.wait()
print("afterwards")
"""

LIVE = """
import asyncio, types
from npcl_voice.cli.live import Controls, LiveView
from npcl_voice.conversation.context import Context

async def main():
    view, done = LiveView(), asyncio.Event()
    view.open(types.SimpleNamespace(context=Context(), on_air=lambda: ()), Controls(hang_up=done.set))
    try:
        await done.wait()
    finally:
        view.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"12#", ["1", "2", "#"]),
        (b" m", [" ", "m"]),
        (b"\x1b[A5\x1bOP6\x1b[15~7\x1b", ["5", "6", "7"]),
        (b"\r\n\t\x00", []),
        ("ü".encode() + b"\xff", ["ü"]),
    ],
)
def test_keys_are_single_and_arrows_are_none(data, keys) -> None:
    """What cannot be seen is no key."""
    assert keys_in(data) == keys


def test_only_a_terminal_can_show() -> None:
    """No pipe, no file that was closed."""
    assert not can_show("xterm", io.StringIO())
    closed = io.StringIO()
    closed.close()
    assert not can_show("xterm", closed)


def test_a_screen_follows_the_window_and_the_keys() -> None:
    """Keys do not echo; a resized window is drawn in its new size."""
    with PseudoTerminal("-c", SHOW) as terminal:
        at = terminal.until("80x24")
        assert not terminal.mode()[3] & (termios.ECHO | termios.ICANON)
        terminal.types("57")
        at = terminal.until("80x24 keys: 57", at)
        terminal.resize(100, 30)
        terminal.until("100x30 keys: 57", at)
        terminal.types("q")
        assert terminal.leaves() == 0
        assert terminal.mode() == terminal.before


def test_what_others_write_waits_until_the_screen_is_gone() -> None:
    """Nothing stands on the screen that was not drawn, and nothing is lost."""
    with PseudoTerminal("-c", SHOW) as terminal:
        terminal.until("80x24")
        terminal.types("q")
        assert terminal.leaves() == 0
        terminal.until(f"{ENTERS}.*{LEAVES}.*written meanwhile\\s+afterwards")
        terminal.until(SHOWS_CURSOR)
        assert terminal.shown.count("written meanwhile") == 1


def test_a_picture_that_cannot_be_drawn_ends_the_screen_and_nothing_else() -> None:
    """The program goes on, and says what happened."""
    with PseudoTerminal("-c", SHOW) as terminal:
        terminal.until("80x24")
        terminal.types("x")
        assert terminal.leaves() == 0
        terminal.until(f"{LEAVES}.*the live view stopped: ValueError: no picture\\s+afterwards")
        assert terminal.mode() == terminal.before


def test_an_exception_gives_the_terminal_back() -> None:
    """Even one that nobody catches."""
    with PseudoTerminal("-c", SHOW.replace("done.wait()", "done.wait(); raise RuntimeError")) as terminal:
        terminal.until("80x24")
        terminal.types("q")
        assert terminal.leaves() == 1
        terminal.until(f"{LEAVES}.*RuntimeError")
        assert terminal.mode() == terminal.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_the_process_gives_the_terminal_back_first(number) -> None:
    """It ends as it would have, and no half a screen is left behind."""
    with PseudoTerminal("-c", LIVE) as terminal:
        at = terminal.until(f"{ENTERS}.*hang up")
        terminal.process.send_signal(number)
        assert terminal.leaves() == -number
        terminal.until(LEAVES, at)
        assert terminal.mode() == terminal.before


def test_a_window_that_is_closed_ends_the_process() -> None:
    """There is nobody left to give anything back to."""
    with PseudoTerminal("-c", LIVE) as terminal:
        terminal.until(f"{ENTERS}.*hang up")
        terminal.vanishes()
        assert terminal.process.wait(PATIENCE_S) == -signal.SIGHUP


@pytest.mark.slow
def test_a_call_is_shown_and_leaves_its_summary(tmp_path) -> None:
    """Captions on the screen; afterwards all that was said, the summary, and the terminal as it was."""
    call = ("-m", "npcl_voice", "call", "--scenario", "outage", "--pace", "max")
    with PseudoTerminal(*call, NPCL_DATA_DIR=str(tmp_path), NO_COLOR="1") as terminal:
        at = terminal.until(f"{ENTERS}.*Assistant.*Namaste, this is.*Floor.*Known.*Latency.*keypad.*hang up")
        at = terminal.until("complaint, no supply", at)
        assert terminal.leaves() == 0
        terminal.until(f"{SHOWS_CURSOR}.*{LEAVES}", at)
        after = terminal.shown.rpartition("[?1049l")[2]
        assert "my power is" in after
        assert after.index("complaint:") < after.index("duration:") < after.index("replay:") < after.index("log:")
        assert "first sound" not in after
        assert not any(f"\x1b[{bold}3{colour}m" in terminal.shown for bold in ("", "1;") for colour in range(8))
        assert terminal.mode() == terminal.before


@pytest.mark.slow
def test_keys_and_ctrl_z_during_a_call(tmp_path) -> None:
    """Digits reach the call, Ctrl-Z gives the terminal back for as long as it takes, `q` ends the call properly."""
    with PseudoTerminal("-m", "npcl_voice", "call", "--scenario", "outage", NPCL_DATA_DIR=str(tmp_path)) as terminal:
        at = terminal.until(f"{ENTERS}.*Namaste")
        terminal.types("57")
        at = terminal.until("keys 57", at)
        terminal.process.send_signal(signal.SIGTSTP)  # nobody could wake it up here, so it goes on at once
        at = terminal.until(f"{LEAVES}.*{ENTERS}.*Namaste", at)
        terminal.types("q")
        assert terminal.leaves() == 0
        terminal.until(f"{LEAVES}.*outcome: +.*hung_up", at)
        assert terminal.mode() == terminal.before


@pytest.mark.slow
def test_lines_can_be_had_in_a_terminal_too(tmp_path) -> None:
    """For who wants them."""
    call = ("-m", "npcl_voice", "call", "--scenario", "outage", "--pace", "max", "--plain")
    with PseudoTerminal(*call, NPCL_DATA_DIR=str(tmp_path)) as terminal:
        assert terminal.leaves() == 0
        assert "[?1049h" not in terminal.shown
        terminal.until("Assistant: Namaste.*outcome: complaint_registered.*complaint: 000054324.*log: ")


@pytest.mark.parametrize(("kind", "can"), [("xterm", True), ("dumb", False), ("", False)])
def test_a_terminal_whose_cursor_cannot_be_moved_gets_lines(kind, can) -> None:
    """Its kind says so."""
    asks = "import sys; from npcl_voice.cli.terminal import can_show; print(can_show(sys.argv[1], sys.stdout))"
    with PseudoTerminal("-c", asks, kind) as terminal:
        assert terminal.leaves() == 0
        assert terminal.shown == f"{can}\r\n"
