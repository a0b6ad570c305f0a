"""Each kind of fault once on a real socket and in real time: the product as it runs, the twin in another process."""

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from npcl_voice.app import open_house
from npcl_voice.call import RealClock
from npcl_voice.rehearsal.twin import Faults
from tests.e2e.failing import Rehearsal, Rehearsed
from tests.e2e.fault_rows import MOMENTS
from tests.e2e.judging import misses
from tests.e2e.service import settings_in
from tests.e2e.twin_process import running_twin
from tests.speech.certificates import certified

pytestmark = pytest.mark.soak

BUSY_S = 1.5
"""What is allowed beyond the budget for each core's worth of work that waits: real time waits for nobody."""
UNREADABLE = range(40, 70)
"""Events that come as garbage: more in a row than our connection takes for an accident."""


class Wire(NamedTuple):
    """One fault."""

    faults: str
    engines: list[str]
    """Who answers, as far as it is told here: a server that is well again may come after them."""
    reasons: tuple[str, ...]
    asked: int | None = None
    """How many sessions at most the twin is asked for."""


def at(moment: str, text: str) -> str:
    """A fault after a moment's event."""
    on, nth = MOMENTS[moment]
    return f'[[fault]]\n{text}\nwhen = "after"\non = "{on}"\nnth = {nth}\n'


def first(text: str) -> str:
    """A fault of the first session's opening."""
    return f"[[connect]]\nsession = 1\n{text}\n"


WIRES = {
    "reset": Wire(at("answering", 'does = "cut"'), ["openai", "openai"], ("close_1006",)),
    "close code": Wire(at("speaking", 'does = "close"\ncode = 1011'), ["openai", "openai"], ("close_1011",)),
    "fatal close code": Wire(at("tool", 'does = "close"\ncode = 3000'), ["openai", "local"], ("close_3000",), 1),
    "garbage": Wire(
        "".join(f'[[fault]]\ndoes = "corrupt"\nat = {number}\n' for number in UNREADABLE),
        ["openai", "local"],
        ("protocol", "stall"),
    ),
    "black hole": Wire(first('does = "timeout"'), ["local"], ("timeout", "not_ready")),
    "HTTP 401": Wire(first('does = "http"\nstatus = 401'), ["local"], ("invalid_api_key",), 1),
    "HTTP 429": Wire(first('does = "http"\nstatus = 429\nretry_after_s = 20'), ["local"], ("http_429",)),
    "HTTP 503": Wire(first('does = "http"\nstatus = 503'), ["local"], ("http_5xx",)),
    "stall": Wire(at("turn over", 'does = "stall"'), ["openai", "local"], ("stall",)),
    "stall without pings": Wire(at("telling", 'does = "stall"\ndeaf = true'), ["openai", "local"], ("stall", "ping")),
    "never ready": Wire(first('does = "no_session_updated"'), ["openai", "local"], ("not_ready",)),
    "quota": Wire(first('does = "close"\ncode = 1013\nerror = "insufficient_quota"'), ["local"], ("quota",), 1),
}


@asynccontextmanager
async def house_at(url: str, folder: Path) -> AsyncIterator[Rehearsal]:
    """The product with that remote engine."""
    settings = settings_in(folder, NPCL_REALTIME_URL=url, OPENAI_API_KEY="only-for-tests", NPCL_LOCAL_CAPACITY="2")
    async with open_house(settings, lambda: datetime.now(UTC)) as house:
        yield Rehearsal(house, RealClock())


async def call_at(url: str, folder: Path) -> Rehearsed:
    """One call there."""
    async with house_at(url, folder) as rehearsal:
        return await rehearsal.hold(rehearsal.house.switch, rehearsal.twin(Faults()))


def judge(name: str, wire: Wire, call: Rehearsed, asked: int, table: Callable[[str, object], None]) -> None:
    """As on the rehearsal's clock, with more patience where the machine has none."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    found = misses(call, allowed_s=BUSY_S * max(0.0, load - 1))
    waits = f"heard {max(0.0, call.heard_within):4.2f} s, goes on {max(0.0, call.resumed_within):4.2f} s"
    ran = f"{'>'.join(call.engines)}, {asked} sessions asked for, load {load:.1f} a core"
    table("line", f"on the wire: {name:20} {waits}, {ran}{'' if not found else '  BUT ' + '; '.join(found)}")
    assert found == []
    assert call.engines[: len(wire.engines)] == wire.engines
    assert set(call.failures()) & set(wire.reasons)
    assert wire.asked is None or asked <= wire.asked


@pytest.mark.parametrize("name", WIRES)
async def test_a_fault_on_the_wire(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """The call goes on, in time, with all that it knew."""
    wire = WIRES[name]
    faults = tmp_path / "faults.toml"
    faults.write_text(wire.faults)
    async with running_twin(faults) as twin:
        call = await call_at(twin.url, tmp_path / "data")
    judge(name, wire, call, twin.sessions, record_property)


async def test_a_certificate_that_nobody_vouches_for(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The key is not shown to such a server, and the embedded engine answers."""
    certified(tmp_path, "localhost")
    (tmp_path / "faults.toml").write_text("")
    async with running_twin(tmp_path / "faults.toml", tmp_path / "certificate.pem") as twin:
        call = await call_at(twin.url, tmp_path / "data")
    judge("self-signed", Wire("", ["local"], ("tls",)), call, twin.sessions, record_property)


async def test_a_port_where_nobody_listens(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """The connection is refused at once, and the embedded engine answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = await call_at(f"ws://127.0.0.1:{port}/v1/realtime", tmp_path / "data")
    judge("wrong port", Wire("", ["local"], ("refused",)), call, 0, record_property)
