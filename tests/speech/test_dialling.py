"""The way to a server, over real sockets of the loopback: names, addresses, connections, TLS."""

import asyncio
import socket
from typing import Any

import pytest

from npcl_voice.errors import RefusedError, UnavailableError
from npcl_voice.realtime.events import SessionCreated
from tests.speech.certificates import certified
from tests.speech.opening import KEY, accepting, black_hole, closed_port, engine, opened, refusal
from tests.speech.raw_server import Client, error, event, serving


async def test_the_name_is_unknown() -> None:
    """`dns`: the next engine is asked."""

    async def resolve(host: str, port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    assert (await refusal(engine(80, host="realtime.test", resolve=resolve), UnavailableError)).reason == "dns"


async def test_the_name_has_no_address() -> None:
    """The same for a name service that finds nothing."""

    async def resolve(host: str, port: int) -> list[Any]:
        return []

    assert (await refusal(engine(80, host="realtime.test", resolve=resolve), UnavailableError)).reason == "dns"


async def test_a_name_that_cannot_be_one() -> None:
    """A label of 64 letters is in no name service."""
    host = "a" * 64 + ".test"
    assert (await refusal(engine(80, host=host, plain_hosts=host), UnavailableError)).reason == "dns"


async def test_the_name_service_is_slow() -> None:
    """Its time counts in the time of opening."""

    async def resolve(host: str, port: int) -> list[Any]:
        return await asyncio.get_running_loop().create_future()

    remote = engine(80, host="realtime.test", resolve=resolve, open_timeout_s=0.1)
    assert (await refusal(remote, UnavailableError)).reason == "timeout"


@pytest.mark.parametrize("slow", [True, False], ids=["slow", "gone"])
async def test_the_name_service_was_there_before(slow) -> None:
    """Where the host answered a moment ago it is looked for again."""
    answers: list[Any] = []

    async def resolve(host: str, port: int) -> list[Any]:
        if answers:
            return answers.pop()
        if slow:
            return await asyncio.get_running_loop().create_future()
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    async with serving(accepting) as server:
        answers.append([(socket.AF_INET, ("127.0.0.1", server.port))])
        remote = engine(server.port, host="realtime.test", resolve=resolve)
        async with opened(remote), opened(remote):
            assert len(server.clients) == 2


async def test_an_address_that_leads_nowhere() -> None:
    """The other addresses of the name are tried, one beside the other."""
    async with serving(accepting) as server, black_hole() as nowhere, closed_port() as refusing:

        async def resolve(host: str, port: int) -> list[Any]:
            targets = [nowhere, refusing, server.port]
            return [(socket.AF_INET, ("127.0.0.1", target)) for target in targets]

        async with opened(engine(80, host="realtime.test", resolve=resolve)):
            assert len(server.clients) == 1


async def test_nobody_listens() -> None:
    """`refused`."""
    async with closed_port() as port:
        assert (await refusal(engine(port), UnavailableError)).reason == "refused"


async def test_there_is_no_way() -> None:
    """`unreachable`: an address to which this machine has no route."""

    async def resolve(host: str, port: int) -> list[Any]:
        return [(socket.AF_INET, ("255.255.255.255", port))]

    remote = engine(80, host="realtime.test", resolve=resolve)
    assert (await refusal(remote, UnavailableError)).reason == "unreachable"


async def test_nobody_answers_the_connection() -> None:
    """`timeout`: packets vanish."""
    async with black_hole() as port:
        assert (await refusal(engine(port, open_timeout_s=0.2), UnavailableError)).reason == "timeout"


async def test_nobody_answers_the_upgrade() -> None:
    """`timeout`: connected, then silence; the connection is let go."""
    gone = asyncio.Event()

    async def script(client: Client) -> None:
        await client.until_gone()
        gone.set()

    async with serving(script) as server:
        assert (await refusal(engine(server.port, open_timeout_s=0.2), UnavailableError)).reason == "timeout"
        await gone.wait()


async def test_the_upgrade_is_no_admission() -> None:
    """`timeout`: upgraded, then no `session.created`, whatever else comes."""

    async def script(client: Client) -> None:
        await client.upgrade()
        await client.say(event("rate_limits.updated", rate_limits=[]))
        await client.say(error("a_new_one"))
        await client.until_gone()

    async with serving(script) as server:
        assert (await refusal(engine(server.port, open_timeout_s=0.3), UnavailableError)).reason == "timeout"


@pytest.mark.parametrize("upgraded", [True, False])
async def test_opening_is_given_up(upgraded) -> None:
    """A caller hangs up meanwhile: the connection is let go, and nothing is left."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def script(client: Client) -> None:
        if upgraded:
            await client.upgrade()
        asked.set()
        await client.until_gone()
        gone.set()

    async with serving(script) as server:
        opening = asyncio.get_running_loop().create_task(engine(server.port).open(""))
        await asked.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await gone.wait()


async def test_the_server_hangs_up_before_it_answers() -> None:
    """`close_1006`: the connection broke off."""

    async def script(client: Client) -> None:
        client.writer.close()

    async with serving(script) as server:
        assert (await refusal(engine(server.port), UnavailableError)).reason == "close_1006"


# TLS.


async def test_the_server_proves_who_it_is(tmp_path) -> None:
    """A certificate that leads to a known authority, for the name that was asked for."""
    server_side, client_side = certified(tmp_path, "localhost")
    async with (
        serving(accepting, server_side) as server,
        opened(engine(server.port, scheme="wss", host="localhost", tls=client_side)) as session,
    ):
        assert isinstance(await anext(session.events()), SessionCreated)


@pytest.mark.parametrize("wrong", ["authority", "name", "time"])
async def test_a_server_that_cannot_prove_it(tmp_path, wrong) -> None:
    """`tls`: no session, no second try, and no key has been sent."""
    server_side, client_side = certified(
        tmp_path, "other.test" if wrong == "name" else "localhost", expired=wrong == "time"
    )
    tls = None if wrong == "authority" else client_side
    async with serving(accepting, server_side) as server:
        refused = await refusal(engine(server.port, scheme="wss", host="localhost", tls=tls), RefusedError)
        assert refused.reason == "tls"
        assert server.clients == []


async def test_a_server_without_tls(tmp_path) -> None:
    """`tls`: something in between that speaks plainly gets nothing from us."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1_000))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with plain:
        port = plain.sockets[0].getsockname()[1]
        assert (await refusal(engine(port, scheme="wss", host="localhost"), RefusedError)).reason == "tls"
    assert KEY.encode() not in heard[0]


async def test_the_server_hangs_up_while_it_should_prove_itself() -> None:
    """`close_1006`: this is the network, not a certificate."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.close()

    plain = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with plain:
        port = plain.sockets[0].getsockname()[1]
        assert (await refusal(engine(port, scheme="wss", host="localhost"), UnavailableError)).reason == "close_1006"


async def test_nobody_proves_anything() -> None:
    """`timeout`: connected, then silence where TLS should begin; the connection is let go."""
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1_000):
            pass
        gone.set()
        writer.close()

    silent = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        remote = engine(port, scheme="wss", host="localhost", open_timeout_s=0.2)
        assert (await refusal(remote, UnavailableError)).reason == "timeout"
        await gone.wait()
