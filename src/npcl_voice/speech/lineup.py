"""The engines in their order, as the settings name them: remote ones, the embedded one, the recorded voice."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from npcl_voice.config import OPENAI_URL, Realtime, Secret
from npcl_voice.config import Engine as EngineChoice
from npcl_voice.conversation.events import Traits
from npcl_voice.errors import SettingsError
from npcl_voice.ports import Engine
from npcl_voice.realtime.backoff import Breaker
from npcl_voice.speech.budget import Budget
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.purse import Purse
from npcl_voice.speech.remote import RemoteEngine
from npcl_voice.speech.switch import Seat

__all__ = ["NO_KEY", "SECOND", "embedded_seats", "remote_engines", "remote_seats", "remote_traits"]

NO_KEY = "there is no key for a remote engine (`npcl-voice key set`)"
SECOND = "fallback"
"""The name of the engine at the second server."""


class _Server(msgspec.Struct, frozen=True):
    """One remote server, as it is set."""

    name: str
    url: str
    model: str
    key: Secret
    setting: str
    key_setting: str


def _servers(choice: EngineChoice, realtime: Realtime) -> list[_Server]:
    if choice.name == "local":
        return []
    servers = []
    key, url = choice.openai_api_key, realtime.realtime_url
    if key or url != OPENAI_URL:
        servers.append(_Server("openai", url, realtime.realtime_model, key, "NPCL_REALTIME_URL", "OPENAI_API_KEY"))
    if realtime.realtime_fallback_url:
        model = realtime.realtime_fallback_model or realtime.realtime_model
        setting = "NPCL_REALTIME_FALLBACK_URL"
        key_setting = "NPCL_REALTIME_FALLBACK_KEY"
        servers.append(
            _Server(SECOND, realtime.realtime_fallback_url, model, realtime.realtime_fallback_key, setting, key_setting)
        )
    if choice.name == "openai" and not servers:
        raise SettingsError("NPCL_ENGINE", f"'openai' is wanted, and {NO_KEY}")
    return servers


def remote_engines(
    choice: EngineChoice, realtime: Realtime, *, ready_ms: int, wall: Callable[[], datetime]
) -> list[tuple[RemoteEngine, str]]:
    """The remote engines, each with its model; none without a key or a server of one's own.

    `ready_ms` is how long a session may take to open. Raises SettingsError for an address or a key that
    must not be used, and where a remote engine is wanted and none is set.
    """
    return [
        (
            RemoteEngine(
                one.name,
                one.url,
                one.model,
                one.key,
                open_timeout_s=ready_ms / 1000,
                keepalive_s=realtime.realtime_keepalive_s,
                wall=lambda: wall().timestamp(),
                plain_hosts=realtime.realtime_plain_hosts,
                setting=one.setting,
                key_setting=one.key_setting,
            ),
            one.model,
        )
        for one in _servers(choice, realtime)
    ]


def remote_traits(realtime: Realtime) -> Traits:
    """What a call asks for of a remote engine's own: its voice, and who writes the caller's words down."""
    return Traits(voice=realtime.realtime_voice, transcriber=realtime.realtime_transcriber)


def remote_seats(
    engines: Sequence[tuple[Engine, str]], realtime: Realtime, purse: Purse, chance: Callable[[], float]
) -> list[Seat]:
    """Seats for the remote engines, which share one purse."""
    traits = remote_traits(realtime)
    return [
        Seat(
            engine,
            traits,
            f"{engine.name} is the engine of choice",
            Breaker(chance),
            Budget(model, realtime.realtime_transcriber, purse),
        )
        for engine, model in engines
    ]


def embedded_seats(
    local: Engine, recorded: Engine, places: Capacity, why: str, chance: Callable[[], float]
) -> list[Seat]:
    """Seats for the embedded engine, which has few places, and for the recorded voice, which has enough."""
    return [
        Seat(local, Traits(embedded=True), why, Breaker(chance), capacity=places),
        Seat(recorded, Traits(embedded=True, opens=True), "there is no other engine", Breaker(chance)),
    ]
