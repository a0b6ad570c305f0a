"""The doctor's check of the remote engine: a session of two seconds at most, with the settings of a call."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec
from msgspec import UNSET

from npcl_voice.app import session_from
from npcl_voice.audio.frame import PCM_24K
from npcl_voice.cli.findings import Finding, failure, ok, warning
from npcl_voice.config import Settings
from npcl_voice.conversation.phrases import load_book
from npcl_voice.conversation.session import asked_of
from npcl_voice.domain.company import Company
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.ports import Engine, Speech
from npcl_voice.realtime.events import ErrorDetail, ErrorEvent, SessionUpdate, SessionUpdated
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.speech.lineup import NO_KEY, SECOND, remote_engines, remote_traits

__all__ = ["GUIDE", "check_remote_engines", "examine_session"]

NAME: Final = "remote engine"

SESSION_S: Final = 2.0
"""How long the session may last: what a server needs for accepting our settings, several times over."""

EVENT_ID: Final = "doctor_1"
"""The id of our only event; an error that names another one is not about it."""

LONGEST_WORDS: Final = 200
"""So much of a server's own words is shown."""

GUIDE: Final = "docs/how-to/use-openai.md"

SETTINGS: Final[Mapping[str, str]] = {
    "invalid_api_key": "enter a valid key with `npcl-voice key set`, or correct OPENAI_API_KEY",
    "close_3000": "enter a valid key with `npcl-voice key set`, or correct OPENAI_API_KEY",
    "quota": "pay, or raise the limit, in the provider's billing page",
    "account": "ask the provider",
    "forbidden": "ask the provider which region, project or policy forbids it",
    "model": "set NPCL_REALTIME_MODEL to a model that this account may use",
    "close_4004": "set NPCL_REALTIME_MODEL to a model that this account may use",
    "bad_request": "correct NPCL_REALTIME_URL",
    "redirect": "correct NPCL_REALTIME_URL",
    "protocol": "correct NPCL_REALTIME_URL: it must lead to a server of the GA Realtime API",
    "close_4000": "correct NPCL_REALTIME_URL and NPCL_REALTIME_MODEL",
    "dns": "correct the host in NPCL_REALTIME_URL, or see to this machine's name service",
    "refused": "correct NPCL_REALTIME_URL, start the server, or open the firewall",
    "unreachable": "see to this machine's network",
    "tls": "see to the server's certificate and to this machine's authorities",
    "proxy": "correct https_proxy and no_proxy",
    "timeout": "see to the network and to the provider's status; NPCL_ENGINE=local does without",
}
"""What to set or to do about a reason, where that is more than to wait."""

OF_THE_SECOND: Final[Mapping[str, str]] = {
    SETTINGS["invalid_api_key"]: "correct NPCL_REALTIME_FALLBACK_KEY",
    "NPCL_REALTIME_URL": "NPCL_REALTIME_FALLBACK_URL",
    "NPCL_REALTIME_MODEL": "NPCL_REALTIME_FALLBACK_MODEL",
}
"""What the same is called for the second server."""

WAIT: Final = f"see the provider's status and {GUIDE}; calls go on at the embedded engine"


def check_remote_engines(settings: Settings, company: Company) -> Iterator[Finding]:
    """Whether a call could be held at each of the remote engines; without any there is nothing to check.

    Raises SettingsError for an address or a key that must not be used.
    """
    book = load_book(settings.call.language, company)
    asked = asked_of(session_from(settings.turns, book)(PCM_24K, True), remote_traits(settings.realtime))
    ready_ms = settings.call.engine_ready_ms
    engines = remote_engines(settings.engine, settings.realtime, ready_ms=ready_ms, wall=partial(datetime.now, UTC))
    if not engines:
        why = "NPCL_ENGINE is local" if settings.engine.name == "local" else NO_KEY
        yield ok(NAME, f"{why}: the embedded one answers")
    for engine, model in engines:
        try:
            finding = asyncio.run(examine_session(engine, asked, model, deadline_s=ready_ms / 1000))
            yield finding if engine.name != SECOND else finding._replace(remedy=_of_the_second(finding.remedy))
        finally:
            engine.forget()


def _of_the_second(remedy: str) -> str:
    for first, second in OF_THE_SECOND.items():
        remedy = remedy.replace(first, second)
    return remedy


async def examine_session(
    engine: Engine,
    asked: SessionConfig,
    model: str,
    *,
    deadline_s: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Finding:
    """Open a session, ask for the settings of a call, and see whether the server takes them as they are.

    `asked` are those settings, with the voice; `model` is what the engine was told to use. `deadline_s`
    is how long opening, and then accepting, may take. `clock` gives seconds.
    """
    began = clock()
    try:
        async with asyncio.timeout(deadline_s):
            speech = await engine.open("")
    except TimeoutError:
        return failure(NAME, f"{engine.name} did not open a session within {deadline_s:g} s", SETTINGS["timeout"])
    except (UnavailableError, RefusedError) as error:
        return _broken(engine.name, error)
    opened_ms = (clock() - began) * 1000
    accept_s = min(SESSION_S, deadline_s)
    try:
        async with asyncio.timeout(accept_s):
            return await _accepted(engine.name, speech, asked, model, opened_ms, clock)
    except TimeoutError:
        found = f"{engine.name} opened a session and did not accept our settings within {accept_s:g} s"
        return failure(NAME, found, WAIT)
    except (UnavailableError, RefusedError) as error:
        return _broken(engine.name, error)
    finally:
        await speech.close()


async def _accepted(
    name: str, speech: Speech, asked: SessionConfig, model: str, opened_ms: float, clock: Callable[[], float]
) -> Finding:
    """Send the settings, and judge what comes back."""
    sent = clock()
    speech.send(SessionUpdate(session=asked, event_id=EVENT_ID))
    async for event in speech.events():
        match event:
            case SessionUpdated(session=got):
                trip_ms = (clock() - sent) * 1000
                return _judged(name, asked, got, model, _times(opened_ms, trip_ms, speech.lasts_s))
            case ErrorEvent(error=error) if error.event_id in (None, EVENT_ID):
                return _refused(name, error)
            case _:  # what else a server says at the start does not matter here
                pass
    return failure(NAME, f"{name} ended the session before it accepted our settings", WAIT)


def _judged(name: str, asked: SessionConfig, got: SessionConfig, model: str, times: str) -> Finding:
    """Whether the server took what we asked for."""
    wanted, given = _heard_and_said(asked), _heard_and_said(got)
    other = [
        f"{what} {given[what]} instead of {value}" for what, value in wanted.items() if given.get(what, value) != value
    ]
    silent = [what for what in wanted if what not in given]
    if other:
        remedy = "set what this server offers (NPCL_REALTIME_VOICE, NPCL_REALTIME_MODEL), or another NPCL_REALTIME_URL"
        return failure(NAME, f"{name} goes on with {', '.join(other)}", remedy)
    answers = model if got.model in (UNSET, None) else str(got.model)
    shown = [f"model {answers}", *(f"{what} {wanted[what]}" for what in SHOWN if what in wanted)]
    found = f"{name}: {', '.join(shown)}; {times}"
    if not (answers == model or answers.startswith(f"{model}-")):
        remedy = f"nothing, if that is what {model} stands for there; else correct NPCL_REALTIME_MODEL"
        return warning(NAME, f"{found}; {model} was asked for", remedy)
    if silent:
        remedy = f"listen to a call: a server that does not tell may have taken them or not; {GUIDE}"
        return warning(NAME, f"{found}; it does not confirm: {', '.join(silent)}", remedy)
    return ok(NAME, found)


SHOWN: Final = ("voice", "format")
"""What a finding that is well names, beside the model."""


def _heard_and_said(session: SessionConfig) -> dict[str, str]:
    """What must be as we ask for it, in words; what was not asked for, or not told, is left out."""
    audio = None if session.audio is UNSET else session.audio
    heard = None if audio is None or audio.input is UNSET else audio.input
    said = None if audio is None or audio.output is UNSET else audio.output
    turns = None if heard is None or heard.turn_detection is UNSET else heard.turn_detection
    voice = _plain(said.voice) if said else None
    found = {
        "voice": voice.get("id") if isinstance(voice, dict) else voice,
        "format": _type(said.format) if said else None,
        "format of the caller": _type(heard.format) if heard else None,
        "modality": "+".join(session.output_modalities) if session.output_modalities else None,
        "answers of its own": _plain(turns.create_response) if turns else None,
        "interruptions of its own": _plain(turns.interrupt_response) if turns else None,
    }
    return {what: str(value).lower() for what, value in found.items() if value is not None}


def _plain(value: Any) -> Any:
    return None if value is UNSET else msgspec.to_builtins(value)


def _type(value: Any) -> str | None:
    found = _plain(value)
    return found.get("type") if isinstance(found, dict) else None


def _times(opened_ms: float, trip_ms: float, lasts_s: float | None) -> str:
    ends = "it does not say how long a session lasts" if lasts_s is None else f"a session lasts {lasts_s / 60:.0f} min"
    return f"opened in {opened_ms:.0f} ms, there and back in {trip_ms:.0f} ms, {ends}"


def _refused(name: str, error: ErrorDetail) -> Finding:
    """The server does not take the settings; its own words may be long."""
    where = f" ({error.param})" if error.param else ""
    found = f"{name} refuses our settings: {error.code or error.type}{where}: {_brief(error.message)}"
    if "voice" in (error.param or "") or "voice" in (error.code or ""):
        return failure(NAME, found, "set NPCL_REALTIME_VOICE to a voice that this server has")
    if "transcription" in (error.param or ""):
        return failure(NAME, found, "set NPCL_REALTIME_TRANSCRIBER to a recogniser that this server has")
    return failure(NAME, found, f"see that the server speaks the GA Realtime API and has this model; {GUIDE}")


def _brief(message: str) -> str:
    """A server's own words, cut between two of them: half a key would not be known for one, and be shown."""
    return message if len(message) <= LONGEST_WORDS else message[:LONGEST_WORDS].rpartition(" ")[0] + " …"


def _broken(name: str, error: UnavailableError | RefusedError) -> Finding:
    return failure(NAME, f"{name}: {error} [{error.reason}]", SETTINGS.get(error.reason, WAIT))
