"""The rows of the fault matrix: every failure and every error code, each at telling moments of one call.

A fault strikes in the outage story: the caller says that the power is out, dictates a number, confirms
it, is told a complaint's number, and leaves. Counts are of the whole call: the second turn is the number.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Literal

import msgspec
import pytest

from npcl_voice.ports import Engine, Speech
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.failures import FAILURES, action_of, reason_of_code, reason_of_leaving
from npcl_voice.realtime.faults import ACTIONS, Action
from npcl_voice.rehearsal.twin import Faults, parse_faults
from npcl_voice.rehearsal.twin.endings import name_of
from npcl_voice.speech.connection import failure

__all__ = [
    "EACH_MOMENT",
    "ELSEWHERE",
    "ERRORS",
    "MOMENTS",
    "ROWS",
    "Case",
    "ending_cases",
    "error_cases",
    "row_cases",
    "struck",
    "telling_cases",
]

Goes = Literal["stays", "again", "over", "stop"]
"""Where the call goes on: in the same session, in another one there, at the next engine, or there for good."""

OPENING = "opening"
ANSWER = "response.output_item.added"
MOMENTS = {
    OPENING: ("session.created", 1),
    "speaking": ("input_audio_buffer.speech_started", 2),
    "turn over": ("input_audio_buffer.committed", 2),
    "answering": ("response.output_audio.delta", 9),
    "calling": ("response.function_call_arguments.done", 1),
    "tool": ("response.done", 3),
    "telling": ("response.output_audio_transcript.delta", 4),
}
"""After which event a fault strikes: before the settings are taken; while the number is dictated; between
the turn's end and its answer; in the middle of an answer's sound; when a tool is asked for; while it runs;
as the complaint's number is about to be heard."""

EACH_MOMENT = [
    moment if moment in (OPENING, "answering", "tool") else pytest.param(moment, marks=pytest.mark.soak)
    for moment in MOMENTS
]
"""For tests that hold a whole call for each: three of them tell at once when something is broken."""

CLOSES: dict[str, tuple[int, str]] = {
    "quota": (1013, "insufficient_quota.insufficient_quota"),
    "invalid_api_key": (3000, "invalid_request_error.invalid_api_key"),
    "account": (3000, "invalid_request_error.account_deactivated"),
    "model": (4000, "invalid_request_error.invalid_model"),
    "beta": (4000, "invalid_request_error.beta_api_shape_disabled"),
    "session_expired": (1001, "invalid_request_error.session_expired"),
    "protocol": (1002, ""),
    "too_big": (1009, ""),
    "close_1000": (1000, ""),
    "close_1001": (1001, "going away"),
    "close_1005": (1005, ""),
    "close_1008": (1008, "policy"),
    "close_1011": (1011, "keepalive ping timeout"),
    "close_1012": (1012, "restart"),
    "close_1013": (1013, "try again later"),
    "close_3000": (3000, ""),
    "close_3xxx": (3001, ""),
    "close_4000": (4000, ""),
    "close_4004": (4004, ""),
    "close_4xxx": (4999, ""),
    "close_other": (1014, ""),
}
"""The close frame by which a session in progress ends for each reason."""

REFUSALS: dict[str, tuple[str, ...]] = {
    "quota": ('does = "close"\ncode = 1013\nerror = "insufficient_quota"',),
    "invalid_api_key": ('does = "http"\nstatus = 401', 'does = "close"\ncode = 3000\nerror = "invalid_api_key"'),
    "account": ('does = "close"\ncode = 3000\nerror = "account_deactivated"',),
    "forbidden": ('does = "http"\nstatus = 403',),
    "bad_request": ('does = "http"\nstatus = 404', 'does = "http"\nstatus = 400'),
    "model": ('does = "close"\ncode = 4000\nerror = "invalid_model"',),
    "beta": ('does = "close"\ncode = 4000\nerror = "beta_api_shape_disabled"',),
    "dns": ('does = "dns"',),
    "refused": ('does = "refuse"',),
    "timeout": ('does = "timeout"', 'does = "no_session_created"'),
    "tls": ('does = "tls"',),
    "http_408": ('does = "http"\nstatus = 408',),
    "http_429": (
        'does = "http"\nstatus = 429',
        'does = "http"\nstatus = 429\nretry_after_s = 0.5',
        'does = "http"\nstatus = 429\nretry_after_s = 30',
    ),
    "http_5xx": ('does = "http"\nstatus = 503', 'does = "http"\nstatus = 500\nretry_after_s = 3'),
    "not_ready": ('does = "no_session_updated"',),
    "close_1008": ('does = "close"\ncode = 1008\nerror = "policy"',),
    "close_1011": ('does = "close"\ncode = 1011\nerror = "server_error"',),
    "close_1013": ('does = "close"\ncode = 1013\nerror = "server_error"',),
    "close_1006": ('does = "die_after"\nms = 20',),
}
"""What stands in place of the first session, or at its beginning, for each reason."""

NOTICED = ("redirect", "unreachable", "proxy")
"""Reasons that our own connection finds when it opens a session; no server sends them."""
NOTICED_LATER = ("ping", "unsendable", "ears_died")
"""The same in a session."""

STALLS = ("turn over", "answering", "calling", "tool", "telling")
DEAF = (1, 2, 3)
"""The caller's turns of which nothing is said any more."""
TWICE = {"server_error": "server_error", "no_answer": "failed"}
"""Reasons of answers that fail, and again when they are asked for again; and the code of both."""

ELSEWHERE = {
    "limits": "test_limits",
    "spend_call": "test_spend_call",
    "spend_day": "test_spend_day",
    "full": "test_a_call_that_nobody_can_hear_is_held_by_keys[full]",
    "gone": "test_a_call_that_nobody_can_hear_is_held_by_keys[gone]",
}
"""Rows that are no server's doing, and their tests in `test_last_resort.py`."""

ROWS = tuple(reason for reason in FAILURES if reason not in ELSEWHERE)
ERRORS = (*ACTIONS, "something_new")

HINTS: dict[str, Goes] = {"850ms": "stays", "6.232s": "over", "1m26.4s": "over"}
"""How long a server wants to be left alone, in its own words: a caller waits for a second, and no longer."""

TELLING = (
    ("refused", "", OPENING),
    ("not_ready", "", OPENING),
    ("http_429", "retry_after_s = 30", OPENING),
    ("quota", "1013", "speaking"),
    ("protocol", "1002", "answering"),
    ("session_expired", "1001", "telling"),
    ("close_1001", "1001", "speaking"),
    ("close_1006", "reset", "answering"),
    ("close_1006", "reset", "tool"),
    ("close_1011", "1011", "turn over"),
    ("close_3000", "3000", "telling"),
    ("stall", "stall", "calling"),
    ("deaf", "stall", "turn 2 begins"),
    ("ping", "noticed", "speaking"),
    ("server_error", "failed answer", "answering"),
    ("insufficient_quota", "error event", "calling"),
    ("unknown_parameter", "error event", "turn over"),
    ("something_new", "error event", "answering"),
)
"""One case of each kind: row or code, a part of the case's name, and the moment."""


class Case(msgspec.Struct, frozen=True):
    """One fault at one moment, and what is expected of the call."""

    name: str
    moment: str
    faults: Faults
    goes: Goes
    reason: str | None = None
    """The one that is counted, where the session is left."""
    first: Callable[[Engine], Engine] = lambda engine: engine
    """What stands between the call and the twin."""
    apart_s: float = 0.0
    """How long at least the server is left alone."""


class Breaking:
    """A connection that finds out by itself, once, that it is no good."""

    embedded = False

    def __init__(self, inner: Engine, reason: str, on: str = "", nth: int = 1) -> None:
        """It breaks after the `nth` event named `on`, all sessions counted through; without one it does not open."""
        self.name = inner.name
        self._inner = inner
        self._reason = reason
        self._on = on
        self._left = nth

    async def open(self, caller: str) -> Speech:
        """A session, unless that is what fails."""
        if not self._on and self._strikes(self._on):
            raise failure(self.name, self._reason)
        return _BreakingSpeech(await self._inner.open(caller), self)

    def check(self, event: ServerEvent) -> None:
        """Raises UnavailableError or RefusedError when the time has come."""
        if self._on and self._strikes(name_of(event)):
            raise failure(self.name, self._reason)

    def _strikes(self, name: str) -> bool:
        if name == self._on:
            self._left -= 1
            return self._left == 0
        return False


class _BreakingSpeech:
    """One of its sessions."""

    def __init__(self, inner: Speech, connection: Breaking) -> None:
        self.lasts_s = inner.lasts_s
        self._inner = inner
        self._connection = connection

    def send(self, event: ClientEvent) -> None:
        """As it is."""
        self._inner.send(event)

    async def events(self) -> AsyncIterator[ServerEvent]:
        """As they are, until the connection breaks."""
        async for event in self._inner.events():
            yield event
            self._connection.check(event)

    async def close(self) -> None:
        """Both ends."""
        await self._inner.close()


def row_cases(reason: str) -> Iterator[Case]:
    """How a session fails for that reason, and when."""
    action = action_of(reason)
    later: Goes = "stop" if action is Action.STOP else "again" if action is Action.RETRY else "over"
    at_once: Goes = "stop" if action is Action.STOP else "over"
    for text in REFUSALS.get(reason, ()):
        # The call leaves an engine that does not open; later it sees for itself that it still does not.
        which = "" if reason == "timeout" else "session = 1\n"
        faults = parse_faults(f"[[connect]]\n{which}{text}\n", reason)
        apart_s = getattr(faults.connect[0], "retry_after_s", None) or 0.0
        goes = later if reason == "close_1006" else at_once
        yield Case(text.replace("\n", " "), OPENING, faults, goes, reason, apart_s=apart_s)
    if reason in NOTICED:
        yield Case("noticed", OPENING, Faults(), at_once, reason, lambda engine: Breaking(engine, reason))
    for moment, (on, nth) in MOMENTS.items():
        if reason in CLOSES:
            code, text = CLOSES[reason]
            close = f'does = "close"\ncode = {code}\ntext = "{text}"'
            yield Case(f"{code} {text}".rstrip(), moment, struck(close, on, nth), later, reason)
        if reason == "close_1006":
            yield Case("reset", moment, struck('does = "cut"', on, nth), later, reason)
        if reason == "stall" and moment in STALLS:
            yield Case("stall", moment, struck('does = "stall"', on, nth), later, reason)
        if reason in NOTICED_LATER:
            breaking = _breaking(reason, on, nth)
            yield Case("noticed", moment, Faults(), later, reason, breaking)
    if reason == "deaf":
        for turn in DEAF:
            stall = struck('does = "stall"\nwhen = "before"', MOMENTS["speaking"][0], turn)
            yield Case("stall", f"turn {turn} begins", stall, later, reason)
        yield Case("stall", "speaking", struck('does = "stall"', *MOMENTS["speaking"]), later, reason)
    if reason in TWICE:
        for nth in (1, 2, 3):
            failed = _failed_twice(TWICE[reason], nth)
            yield Case("failed twice", f"answer {nth} begins", failed, later, reason)


def error_cases(code: str) -> Iterator[Case]:
    """An error of that code in an event of its own, and as the end of an answer."""
    action = ACTIONS.get(code, Action.IGNORE)
    reason = reason_of_code(code) or code
    fatal = action is Action.STOP or code == "session_expired"
    goes: Goes = "stop" if action is Action.STOP else "again" if fatal else "stays"
    for moment, (on, nth) in MOMENTS.items():
        error = struck(f'does = "error"\ncode = "{code}"\ntype = "invalid_request_error"', on, nth)
        yield Case("error event", moment, error, goes, reason if fatal else None)
    if action not in (Action.STOP, Action.RETRY) and code != "something_new":
        return  # it refuses one event, and so never ends an answer
    for moment in ("answering", "calling"):
        on, nth = MOMENTS[moment]
        failed = struck(f'does = "fail_response"\ncode = "{code}"', on, nth)
        yield Case("failed answer", moment, failed, "stop" if action is Action.STOP else "stays", None)
    if action is Action.RETRY and not fatal:
        yield from _passing_cases(code)


def _passing_cases(code: str) -> Iterator[Case]:
    """What passes when one waits, or does not pass."""
    reason = reason_of_leaving(code)
    for hint, goes in HINTS.items():
        failed = struck(f'does = "fail_response"\ncode = "{code}"\ntext = "Please try again in {hint}."', ANSWER, 2)
        yield Case(f"failed, {hint}", "answer begins", failed, goes, reason if goes == "over" else None)
    yield Case("failed twice", "answer begins", _failed_twice(code, 2), "again", reason)
    twice = [struck(f'does = "error"\ncode = "{code}"', MOMENTS["turn over"][0], nth).fault[0] for nth in (2, 3)]
    yield Case("error event twice", "turn over", Faults(tuple(twice)), "again", reason)


def ending_cases() -> Iterator[tuple[str, Case]]:
    """Answers that end before they are whole, and nothing failed."""
    for code in ("content_filter", "max_output_tokens"):
        for moment in ("answering", "telling"):
            cut = struck(f'does = "fail_response"\nstatus = "incomplete"\ncode = "{code}"', *MOMENTS[moment])
            yield code, Case("incomplete", moment, cut, "stays")


def telling_cases() -> Iterator[tuple[str, Case]]:
    """One of each kind."""
    for row, name, moment in TELLING:
        cases = error_cases(row) if row in ERRORS and name in ("failed answer", "error event") else row_cases(row)
        yield row, next(case for case in cases if name in case.name and case.moment == moment)


def struck(text: str, on: str, nth: int) -> Faults:
    """A fault that strikes after an event."""
    when = "" if "when" in text else 'when = "after"\n'
    return parse_faults(f'[[fault]]\n{text}\n{when}on = "{on}"\nnth = {nth}\n', on)


def _failed_twice(code: str, nth: int) -> Faults:
    """The `nth` answer of the call and the one after it fail."""
    return Faults(
        tuple(struck(f'does = "fail_response"\ncode = "{code}"', ANSWER, one).fault[0] for one in (nth, nth + 1))
    )


def _breaking(reason: str, on: str, nth: int) -> Callable[[Engine], Engine]:
    return lambda engine: Breaking(engine, reason, on, nth)
