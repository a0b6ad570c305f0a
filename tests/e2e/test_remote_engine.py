"""The remote engine and our own `/v1/realtime`: one product at both ends of a real socket."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from npcl_voice.errors import RefusedError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.session import Audio, AudioInput, FunctionTool, SessionConfig
from npcl_voice.secret import Secret
from npcl_voice.speech.remote import RemoteEngine
from tests.e2e.service import running, settings_in

pytestmark = pytest.mark.slow

KEY = "only-for-tests-key"
NO_SUPPLY = FunctionTool("no_supply", "A power cut", {"type": "object", "properties": {}})
WRITTEN = SessionConfig(
    tools=(NO_SUPPLY,), output_modalities=("text",), audio=Audio(input=AudioInput(turn_detection=None))
)


@pytest.fixture
async def address(tmp_path) -> AsyncIterator[str]:
    """A running service that wants a key."""
    async with running(settings_in(tmp_path, NPCL_API_KEYS=KEY)) as found:
        yield found.replace("http:", "ws:") + "/v1/realtime"


def remote(address: str, key: str) -> RemoteEngine:
    """The engine that it is to us."""
    return RemoteEngine("own", address, "npcl-local", Secret(key), open_timeout_s=20, keepalive_s=5, wall=time.time)


async def test_a_turn_and_a_wrong_key(address) -> None:
    """Typed words get an answer, the session says how long it lasts, and a wrong key is told as one."""
    session = await remote(address, KEY).open("c4f3")
    assert session.lasts_s is not None
    assert 3_500 < session.lasts_s <= 3_600
    client, said = ClientSession("t"), ""
    for one in [*client.configure(WRITTEN), *client.user_text("my power is out"), *client.request_response()]:
        session.send(one)
    async with asyncio.timeout(60):
        async for event in session.events():
            assert not isinstance(event, e.ErrorEvent)
            happened, answers = client.receive(event)
            for answer in answers:
                session.send(answer)
            said += "".join(one.delta for one in happened if isinstance(one, h.AssistantText))
            if any(isinstance(one, h.ResponseEnded) for one in happened):
                break
    await session.close()
    assert "consumer number" in said
    with pytest.raises(RefusedError) as refused:
        await remote(address, "another-key").open("")
    assert refused.value.reason == "invalid_api_key"
