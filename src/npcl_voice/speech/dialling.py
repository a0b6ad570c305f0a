"""Opens the way to a server: its name, its addresses, and the proxy in between.

A name may have several addresses of which some lead nowhere, and name service may be slow or gone while
the server itself is well. Neither may cost a call its engine.
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, zip_longest
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

from npcl_voice.speech.address import Address

__all__ = ["Dialler", "Proxies", "Resolve", "Target", "environment_proxy", "system_resolve"]

STAGGER_S: Final = 0.25
"""Head start of one address before the next is tried beside it (RFC 8305, 5: 250 ms)."""
SLOW_NAME_S: Final = 0.5
"""How long name service may take while we know where the host was a moment ago."""
MOST_ADDRESSES: Final = 8
"""A name with more of them is no better for it."""

Target = tuple[int, Any]
"""An address family, and the address of a socket in it."""
Connected = tuple[Target, socket.socket]
Resolve = Callable[[str, int], Awaitable[Sequence[Target]]]
"""Finds the addresses of a host. Raises OSError when it has none."""
Proxies = Callable[[Address], str | None]
"""The URL of the proxy to go through, if there is one."""


async def system_resolve(host: str, port: int) -> Sequence[Target]:
    """What this machine's name service says. Raises OSError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a label of the name is empty or too long
        raise socket.gaierror(socket.EAI_NONAME, "the name is none") from None
    return [(family, address) for family, _, _, _, address in found]


def environment_proxy(address: Address) -> str | None:
    """The proxy that the environment or the system names; never one for this machine itself."""
    if address.local or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    proxies = getproxies()
    kinds = ("wss", "https", "all") if address.secure else ("ws", "http", "all")
    named = next((proxies[kind] for kind in kinds if proxies.get(kind)), None)
    return named if named is None or "://" in named else f"http://{named}"


class Dialler:
    """Connects sockets, and remembers where each host answered last."""

    def __init__(self, resolve: Resolve = system_resolve) -> None:
        self._resolve = resolve
        self._good: dict[tuple[str, int], Target] = {}

    async def dial(self, host: str, port: int) -> socket.socket:
        """A connected socket. Raises OSError (`socket.gaierror` for the name) when there is no way."""
        targets = await self._targets(host, port)
        target, connected = await _race(_alternating(targets))
        self._good[host, port] = target
        return connected

    async def _targets(self, host: str, port: int) -> Sequence[Target]:
        known = self._good.get((host, port))
        try:
            async with asyncio.timeout(None if known is None else SLOW_NAME_S):
                found = await self._resolve(host, port)
        except OSError:  # a timeout is one, too
            if known is None:
                raise
            return [known]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        return found


def _alternating(targets: Sequence[Target]) -> Sequence[Target]:
    """The targets with their families taking turns, the first one's first."""
    first = [target for target in targets if target[0] == targets[0][0]]
    others = [target for target in targets if target[0] != targets[0][0]]
    turns = chain.from_iterable(zip_longest(first, others))
    return [target for target in turns if target is not None][:MOST_ADDRESSES]


async def _race(targets: Sequence[Target]) -> Connected:
    """The first target that answers; each gets a head start before the next. Raises the first one's OSError."""
    loop, waiting, running = (
        asyncio.get_running_loop(),
        deque(targets),
        set[asyncio.Task[Connected]](),
    )
    faults: list[OSError] = []
    try:
        while waiting or running:
            if waiting:
                running.add(loop.create_task(_connect(waiting.popleft()), name="dial"))
            done, _ = await asyncio.wait(
                running, timeout=STAGGER_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                running.discard(task)
                try:
                    winner = task.result()
                except OSError as fault:
                    faults.append(fault)
                else:
                    running |= done - {task}
                    return winner
        raise faults[0]
    finally:
        await _give_up(running)


async def _connect(target: Target) -> Connected:
    family, address = target
    trying = socket.socket(family, socket.SOCK_STREAM)
    try:
        trying.setblocking(False)
        await asyncio.get_running_loop().sock_connect(trying, address)
    except BaseException:
        trying.close()
        raise
    return target, trying


async def _give_up(running: set[asyncio.Task[Connected]]) -> None:
    """End attempts that nobody waits for, and close what they reached all the same."""
    for task in running:
        task.cancel()
    for result in await asyncio.gather(*running, return_exceptions=True):
        if not isinstance(result, BaseException):
            with contextlib.suppress(OSError):
                result[1].close()
