"""The wire that is listened to changes nothing and keeps everything but the sound."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosedError

from tests.conformance.tap import Passed, tapped


async def test_events_pass_both_ways_and_are_written_down() -> None:
    """A server behind it sees the path, the key and each event; so does whoever reads what passed."""
    asked = []

    async def answer(connection) -> None:
        asked.append((connection.request.path, connection.request.headers["Authorization"]))
        async for message in connection:
            await connection.send(json.dumps({"type": "answer", "to": json.loads(message)["type"]}))
            if json.loads(message)["type"] == "session.update":
                await connection.close(4000, "enough")
                return

    passed = Passed()
    async with serve(answer, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with tapped(f"http://127.0.0.1:{port}", passed) as address:
            url = f"{address.replace('http', 'ws')}/v1/realtime?model=m"
            async with connect(url, additional_headers={"Authorization": "Bearer key"}) as client:
                got = []
                for event in ('{"type": "input_audio_buffer.append", "audio": "AAAA"}', '{"type": "session.update"}'):
                    await client.send(event)
                    got.append(json.loads(await client.recv())["to"])
                with pytest.raises(ConnectionClosedError, match=r"4000.*enough"):
                    await client.recv()
    assert asked == [("/v1/realtime?model=m", "Bearer key")]
    assert got == ["input_audio_buffer.append", "session.update"]
    assert passed.last(3) == ["server answer", "client session.update", "server answer"]
    assert passed.before("server", "answer") == "nothing"
    assert passed.closed[0] == "server 4000 enough"
