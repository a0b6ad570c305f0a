"""The live view of a call: what the person who holds it sees, and the keys in their hands."""

import asyncio
import signal
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec
from rich.console import RenderableType

from npcl_voice.cli.drawing import Hands, draw
from npcl_voice.cli.levels import Levels
from npcl_voice.cli.picture import Picture, step
from npcl_voice.cli.terminal import Screen
from npcl_voice.conversation.commands import Command
from npcl_voice.conversation.events import CallEvent
from npcl_voice.conversation.machine import Conversation

__all__ = ["Controls", "LiveView", "help_of"]

HELD_S = 0.15
"""Presses closer to each other are one key held down: terminals repeat it thirty times a second."""
DIGITS = frozenset("0123456789*#")


Draw = Callable[[int, int], RenderableType]
Press = Callable[[str], None]


class Shown(Protocol):
    """Where the view is shown; `terminal.Screen` is the one there is."""

    def open(self) -> None:
        """Take the terminal."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...

    def stop_process(self, number: int) -> None:
        """Do what a signal does to a process, with the terminal given back meanwhile."""
        ...


class Controls(msgspec.Struct, frozen=True):
    """What the person who watches may do; what is None cannot be done on this line, and is not offered."""

    press: Callable[[str], None] | None = None
    """Press a key of the telephone."""
    hang_up: Callable[[], None] | None = None
    mute: Callable[[bool], None] | None = None
    """Turn the microphone off (True) and on."""
    talk: Callable[[bool], None] | None = None
    """Take the floor at the microphone (True), or give it back. A terminal tells of no key that is let go, so the
    key turns it on and off."""
    talking: Callable[[], bool] | None = None
    """Whether the caller has the floor by that key now; our answer gives it back as well."""
    push_to_talk: bool = False
    """Whether the caller is heard only then."""
    language: Callable[[str], None] | None = None
    """Go on in this language."""
    languages: tuple[str, ...] = ()
    """The languages that have phrases; fewer than two leave nothing to choose."""


class LiveView:
    """Shows one call on the terminal. It never raises into the call, and holds nothing of it up."""

    def __init__(self, *, paced: bool = True, screen: Callable[[Draw, Press], Shown] = Screen) -> None:
        """`paced`: whether time is real, so that what is measured means something."""
        self.picture = Picture()
        self._paced = paced
        self._conversation: Conversation | None = None
        self._controls = Controls()
        self._levels: Callable[[], Levels] = lambda: (None, None)
        self._hands = Hands()
        self._language = self._spoken = ""
        """The language that `l` asked for last, or that the call went over to since; and that it is held in."""
        self._space_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._screen = screen(self.render, self._key_came)

    def open(self, conversation: Conversation, controls: Controls, levels: Callable[[], Levels] | None = None) -> bool:
        """The call begins: take the terminal; whether that could be done. Called on the call's loop."""
        self._conversation = conversation
        self._controls = controls
        self._levels = levels or self._levels
        self._hands = Hands(help=help_of(controls))
        self._language = self._spoken = conversation.context.language
        self._loop = asyncio.get_running_loop()
        self._watch_signals(self._loop)  # first, so that no signal finds the terminal taken and nobody to give it back
        try:
            self._screen.open()
        except (OSError, ValueError, termios.error):
            self._forget_signals()
            return False
        return True

    def close(self) -> None:
        """Give the terminal back, whatever happened; safe to call twice."""
        self._forget_signals()
        self._screen.close()

    def note(self, text: str) -> None:
        """One line to the person, in place of the keys."""
        self._hands = msgspec.structs.replace(self._hands, note=text)

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """One step of the call."""
        if self._conversation is None:
            return
        context, on_air = self._conversation.context, self._conversation.on_air()
        if context.language != self._spoken:
            self._language = self._spoken = context.language
        try:
            self.picture = step(self.picture, now, event, commands, context=context, on_air=on_air)
        except Exception as error:  # noqa: BLE001 - the edge of the view: a call is not lost for its picture
            self._conversation = None
            self.note(f"The picture stopped here, the call goes on: {type(error).__name__}")

    def render(self, width: int, height: int) -> RenderableType:
        """The screen as it should be now."""
        talking = None
        if self._controls.talking is not None:
            talking = self._controls.talking() or (False if self._controls.push_to_talk else None)
        hands = msgspec.structs.replace(self._hands, talking=talking)
        return draw(self.picture, self._levels(), hands, width, height, paced=self._paced)

    def key(self, key: str) -> None:
        """The person pressed a key."""
        controls, hands = self._controls, self._hands
        self._hands = hands = msgspec.structs.replace(hands, note="")
        if key in DIGITS and controls.press is not None:
            controls.press(key)
        elif key == "m" and controls.mute is not None:
            self._hands = msgspec.structs.replace(hands, muted=not hands.muted)
            controls.mute(self._hands.muted)
        elif key == " " and controls.talk is not None and controls.talking is not None:
            now = time.monotonic()
            if now - self._space_at > HELD_S:  # a key that is held down comes again and again
                controls.talk(not controls.talking())
            self._space_at = now
        elif key == "l" and controls.language is not None and len(controls.languages) > 1:
            at = controls.languages.index(self._language) if self._language in controls.languages else -1
            self._language = controls.languages[(at + 1) % len(controls.languages)]
            controls.language(self._language)
            self.note(f"Language: {self._language}")
        elif key == "q" and controls.hang_up is not None:
            self.note("Hanging up.")
            controls.hang_up()

    def _key_came(self, key: str) -> None:
        """On the screen's thread: hand the key to the call's loop."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the call ended first, and its loop with it
                loop.call_soon_threadsafe(self.key, key)

    def _watch_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ctrl-Z and what ends a process must not leave the terminal as it is while we show a call."""
        for number in (signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
                loop.add_signal_handler(number, self._signalled, number)

    def _forget_signals(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            for number in (signal.SIGTSTP, signal.SIGTERM, signal.SIGHUP):
                with suppress(ValueError, RuntimeError):
                    loop.remove_signal_handler(number)

    def _signalled(self, number: int) -> None:
        loop = self._loop
        assert loop is not None
        loop.remove_signal_handler(number)
        self._screen.stop_process(number)
        self._watch_signals(loop)


def help_of(controls: Controls) -> tuple[tuple[str, str], ...]:
    """The keys that do something on this line."""
    keys = [
        ("0-9 * #", "keypad", controls.press is not None),
        ("space", "talk" if controls.push_to_talk else "interrupt", controls.talk is not None),
        ("m", "microphone", controls.mute is not None),
        ("l", "language", controls.language is not None and len(controls.languages) > 1),
        ("q", "hang up", controls.hang_up is not None),
    ]
    return tuple((key, what) for key, what, there in keys if there)
