"""Engines that fail on purpose: the scripted twin, and any other with faults on its way."""

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import assert_never

from npcl_voice.audio.frame import Frame
from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.ports import Clock, Engine, Speech
from npcl_voice.realtime.events import ErrorDetail, ErrorEvent, SessionCreated
from npcl_voice.rehearsal.twin import faults as f
from npcl_voice.rehearsal.twin.endings import PLACE, End, failure_of_end, failure_of_http
from npcl_voice.rehearsal.twin.faulty import FaultySpeech
from npcl_voice.rehearsal.twin.recordings import Recordings
from npcl_voice.rehearsal.twin.records import Entry, SessionRecord
from npcl_voice.rehearsal.twin.script import Script
from npcl_voice.rehearsal.twin.session import ScriptedSession
from npcl_voice.rehearsal.twin.striking import Strikes
from npcl_voice.rehearsal.twin.voice import TwinVoice, voice_of
from npcl_voice.speech.connection import failure

__all__ = ["MODEL", "FaultyEngine", "ScriptedEngine", "TwinEngine"]

MODEL = "npcl-twin"
OPEN_S = 3.0
"""How long a connection of ours waits for a session before it gives up."""
ROUND_TRIPS = 3
"""TCP, TLS and the upgrade."""
MAX_SESSIONS = 4_096
"""Records that are kept; the oldest go first."""

Told = Callable[[str], None]
Follow = Callable[[int, Entry], None]


class ScriptedEngine:
    """A Realtime server whose model is a script. Nothing of it fails."""

    embedded = False

    def __init__(
        self,
        script: Script,
        clock: Clock,
        recordings: Recordings,
        *,
        name: str = "twin",
        model: str = MODEL,
        voice: TwinVoice | None = None,
        wall: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`wall` is unix seconds, for what clients are told of a session's end."""
        self.name = name
        self._script = script
        self._clock = clock
        self._recordings = recordings
        self._model = model
        self._voice = voice or voice_of(script.voice)
        self._wall = wall
        self._sessions = 0

    async def open(self, caller: str) -> Speech:
        """A new session."""
        self._sessions += 1
        return ScriptedSession(
            self.name,
            self._script,
            self._recordings,
            self._voice,
            self._clock,
            session_id=f"sess_{self.name}_{self._sessions}",
            expires_at=int(self._wall() + self._script.timing.lasts_s),
            model=self._model,
        )


class FaultyEngine:
    """Any engine, with faults on its way and a record of each session."""

    def __init__(
        self,
        inner: Engine,
        faults: f.Faults,
        clock: Clock,
        *,
        network_ms: float = 0,
        open_s: float = OPEN_S,
        told: Told = lambda _line: None,
        follow: Follow = lambda _number, _entry: None,
    ) -> None:
        """Outages count from now.

        `told` hears of each session and each fault in a line for people, `follow` of all that goes over a
        session's wire.
        """
        self.name = inner.name
        self.embedded = inner.embedded
        self.sessions: list[SessionRecord] = []
        """All sessions that were asked for, refused ones too."""
        self.strikes = Strikes(faults)
        """What is still to come; more may be added."""
        self._inner = inner
        self.faults = faults
        self._clock = clock
        self._began = clock.now()
        self._network_ms = network_ms
        self._open_s = open_s
        self._told = told
        self._follow = follow
        self._asked = 0
        self._live: dict[int, FaultySpeech] = {}
        self._down = False

    @property
    def live(self) -> int:
        """How many sessions there are now."""
        return len(self._live)

    @property
    def is_down(self) -> bool:
        """Whether nobody can join."""
        now = self._clock.now() - self._began
        return self._down or any(outage.from_s <= now < outage.to_s for outage in self.faults.outage)

    def down(self) -> None:
        """From now on all sessions are cut, and none can be had."""
        self._down = True
        self._told("down: all sessions are cut")
        for session in list(self._live.values()):
            session.end(End("reset"))

    def up(self) -> None:
        """Sessions can be had again."""
        self._down = False
        self._told("up again")

    async def open(self, caller: str) -> Speech:
        """A session of which `session.created` has come. Raises UnavailableError or RefusedError."""
        number, fault = self.begin()
        refused = self._refusal(fault)
        await self._wait(2 * ROUND_TRIPS * self._network_ms)
        if fault is not None and refused is not None:
            self.refused(number, fault, caller)
            if refused.reason == "timeout":
                await self._wait(self._open_s * 1000)
            raise refused
        session = await self.join(number, fault, caller)
        try:
            await self._admitted(session)
        except BaseException:
            await session.close()
            raise
        return session

    def begin(self) -> tuple[int, f.ConnectFault | None]:
        """Somebody asks for a session: its number, and what goes wrong with it."""
        self._asked += 1
        number = self._asked
        if self.is_down:
            return number, f.Refuse()
        found = (fault for fault in self.faults.connect if fault.session in (None, number))
        return number, next(found, None)

    async def join(self, number: int, fault: f.ConnectFault | None, caller: str) -> FaultySpeech:
        """The session of that number, which its server has not admitted yet."""
        inner = await self._inner.open(caller)
        dies_at = self._next_outage()
        match fault:
            case f.NoSessionCreated():
                self.strikes.add(f.Stall(at=1, session=number))
            case f.NoSessionUpdated():
                self.strikes.add(f.Stall(on="session.updated", session=number))
            case f.DieAfter():
                dies_at = min(dies_at, self._clock.now() + fault.ms / 1000)
            case _:
                pass
        record = self._record(number, caller)
        self._told(f"session {number} begins")
        session = self._live[number] = FaultySpeech(
            inner,
            self.strikes.session(number),
            self._clock,
            record,
            network_ms=self._network_ms,
            dies_at=dies_at,
            struck=lambda strike: self._told(f"session {number}: {_line(strike)}"),
            over=lambda: self._over(number),
        )
        return session

    def refused(self, number: int, fault: f.ConnectFault, caller: str) -> None:
        """A session was refused."""
        self._record(number, caller)
        self._told(f"session {number} refused: {_line(fault)}")

    def _record(self, number: int, caller: str) -> SessionRecord:
        record = SessionRecord(number, caller, self._clock.now(), self._follow)
        self.sessions.append(record)
        del self.sessions[:-MAX_SESSIONS]
        return record

    def _over(self, number: int) -> None:
        self._live.pop(number, None)
        self._told(f"session {number} is over")

    def _next_outage(self) -> float:
        """When the next outage begins, on the clock."""
        starts = (self._began + outage.from_s for outage in self.faults.outage)
        return min((start for start in starts if start > self._clock.now()), default=math.inf)

    async def _wait(self, ms: float) -> None:
        await self._clock.sleep_until(self._clock.now() + ms / 1000)

    async def _admitted(self, session: FaultySpeech) -> None:
        """Wait until the session is admitted. Raises UnavailableError or RefusedError when it is not."""
        loop = asyncio.get_running_loop()
        first = loop.create_task(_first_of(session), name="twin admission")
        patience = loop.create_task(self._wait(self._open_s * 1000), name="twin patience")
        try:
            await asyncio.wait({first, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (first, patience):
                task.cancel()
            await asyncio.wait({first, patience})
        if first.cancelled():
            raise failure(PLACE, "timeout")
        first.result()

    def _refusal(self, fault: f.ConnectFault | None) -> UnavailableError | RefusedError | None:
        """What the client's connection raises, if the fault lets no session begin."""
        match fault:
            case None | f.NoSessionCreated() | f.NoSessionUpdated() | f.DieAfter():
                return None
            case f.Refuse():
                return failure(PLACE, "refused")
            case f.Timeout():
                return failure(PLACE, "timeout")
            case f.Dns():
                return failure(PLACE, "dns")
            case f.Tls():
                return failure(PLACE, "tls")
            case f.Http():
                return failure_of_http(fault.status, fault.retry_after_s)
            case f.CloseAtOnce():
                error = ErrorDetail(fault.type, fault.text, fault.error)
                return failure_of_end(End("close", fault.code, fault.reason), error)
            case _:
                assert_never(fault)


class TwinEngine(FaultyEngine):
    """The scripted twin in memory: an engine of the house that fails as it is told to."""

    def __init__(
        self,
        name: str,
        script: Script,
        faults: f.Faults,
        clock: Clock,
        recordings: Mapping[str, Frame] | Recordings,
        *,
        voice: TwinVoice | None = None,
        open_s: float = OPEN_S,
        told: Told = lambda _line: None,
        follow: Follow = lambda _number, _entry: None,
        wall: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`recordings` is what callers may say: sound in the line's format by its words."""
        self.recordings = recordings if isinstance(recordings, Recordings) else Recordings(recordings)
        inner = ScriptedEngine(script, clock, self.recordings, name=name, voice=voice, wall=wall)
        network_ms = script.timing.network_ms
        super().__init__(inner, faults, clock, network_ms=network_ms, open_s=open_s, told=told, follow=follow)


async def _first_of(session: FaultySpeech) -> None:
    """Read up to `session.created`, which the client reads again."""
    told: ErrorDetail | None = None
    while True:
        match await session.next():
            case SessionCreated() as created:
                session.put_back(created)
                return
            case ErrorEvent() as event:
                told = event.error
            case End() as end:
                raise failure_of_end(end, told)
            case None:
                raise failure(PLACE, "gone")
            case _:
                pass  # a client drops what it cannot read, and what comes before its time


def _line(fault: f.Fault | f.ConnectFault) -> str:
    """A fault as a person reads it."""
    values = {
        field: value
        for field in fault.__struct_fields__
        if (value := getattr(fault, field)) not in (None, "", False) and field not in ("when", "nth")
    }
    shown = " ".join(f"{field}={value}" for field, value in values.items())
    return f"{fault.__struct_config__.tag} {shown}".rstrip()
