"""What every Engine does, and every Speech that it opens: the remote one over a socket, and the embedded one."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache

import pytest

from npcl_voice.call import RealClock
from npcl_voice.config import Turns
from npcl_voice.conversation.phrases import PhraseBook, load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.ports import Engine, Speech
from npcl_voice.realtime.codec import decode_client, encode
from npcl_voice.realtime.events import ResponseCreate, SessionCreated, SessionUpdate, SessionUpdated
from npcl_voice.realtime.orders import Order
from npcl_voice.realtime.server import ServerSession
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.secret import Secret
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.larger import EarsChoice, speaker_of
from npcl_voice.speech.local.workers import InlineWorkers
from npcl_voice.speech.remote import RemoteEngine
from tests.speech.raw_server import CLOSE, TEXT, Client, closing, frame, serving

LATER = 2**31


class Embedded:
    """The embedded engine, with ears and mouth on the spot."""

    name = "local"
    embedded = True

    async def open(self, caller: str) -> Speech:
        return local_engine().session(RealClock(), "sess_1", LATER)


@cache
def local_engine() -> LocalEngine:
    """What all embedded sessions of this file share."""
    phrases = load_phrases("en")
    workers = InlineWorkers(EarsChoice(hear=phrases.hear, places=()), speaker_of("rms", 1.0, ""))
    return LocalEngine(PhraseBook.of(phrases), packaged_areas(), Turns(), workers)


async def protocol(client: Client) -> None:
    """The server's side of the protocol, without anybody who answers."""
    server = ServerSession("sess_1", "m", LATER)
    await client.upgrade()
    out = server.open()
    while True:
        for one in out:
            if not isinstance(one, Order):
                await client.say(frame(TEXT, encode(one)))
        kind, payload = await client.hear()
        if kind == CLOSE:
            await client.say(closing(1000))
            return
        out = server.receive(decode_client(payload)) if kind == TEXT else []


@pytest.fixture(params=["remote", "embedded"])
async def engine(request) -> AsyncIterator[Engine]:
    """Each engine there is; none leaves a task behind."""
    async with serving(protocol) as server:
        url = f"ws://127.0.0.1:{server.port}/v1/realtime"
        yield (
            Embedded()
            if request.param == "embedded"
            else RemoteEngine("openai", url, "m", Secret("k"), open_timeout_s=5, keepalive_s=5, wall=lambda: LATER - 60)
        )
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert [task for task in left if "accept" not in repr(task)] == []  # the server's own


async def test_a_session_begins(engine) -> None:
    """Its first event is `session.created`; it bears its engine's name, and says how long it lasts or nothing."""
    session = await engine.open("c4f3")
    assert session.name == engine.name
    assert session.lasts_s is None or session.lasts_s > 0
    events = session.events()
    assert isinstance(await anext(events), SessionCreated)
    await session.close()
    assert await rest(events) == []


async def test_settings_are_accepted(engine) -> None:
    """What is sent is answered, in order."""
    session = await engine.open("")
    events = session.events()
    session.send(SessionUpdate(SessionConfig(instructions="Be brief.")))
    session.send(SessionUpdate(SessionConfig(instructions="Be kind.")))
    assert isinstance(await anext(events), SessionCreated)
    found = [await anext(events), await anext(events)]
    assert [type(one) for one in found] == [SessionUpdated] * 2
    assert [one.session.instructions for one in found] == ["Be brief.", "Be kind."]
    await session.close()
    assert await rest(events) == []


async def test_two_sessions_at_once(engine) -> None:
    """One call knows nothing of another."""
    first, second = await engine.open("a"), await engine.open("b")
    await first.close()
    events = second.events()
    assert isinstance(await anext(events), SessionCreated)
    second.send(SessionUpdate(SessionConfig(instructions="Be brief.")))
    assert isinstance(await anext(events), SessionUpdated)
    await second.close()
    assert await rest(events) == []


async def test_it_is_closed_while_somebody_listens(engine) -> None:
    """The events end; that is no failure."""
    session = await engine.open("")
    events = session.events()
    await anext(events)
    listening = asyncio.get_running_loop().create_task(rest(events))
    await session.close()
    assert await listening == []


async def test_after_the_end(engine) -> None:
    """Closing twice and sending to nobody are harmless, whether anybody listened or not."""
    session = await engine.open("")
    await session.close()
    session.send(ResponseCreate())
    await session.close()
    session.send(SessionUpdate(SessionConfig()))


async def rest(events) -> list[object]:
    """All that still comes."""
    return [one async for one in events]
