"""A service of processes that are really killed: reads a group of requests a line, and forks a child for each.

Run as a program. The parent has loaded everything and holds no thread, so a child is a fresh process
in milliseconds. A child opens the store, does what is wanted and writes `N answer <JSON>` to standard
output, N being the request's place in the group; with `kill` it sends itself SIGKILL at the fail-point
of that index. After each child comes `N ended <status>`, and after the group `-`.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime

import msgspec

from npcl_voice.errors import UnavailableError
from npcl_voice.store import open_store
from npcl_voice.store.failpoints import install
from tests.store.faults.wishes import Answer, Wish, perform

__all__ = ["Request", "serve"]


class Request(msgspec.Struct):
    """One asking of a process that may die."""

    url: str
    secret: str
    at: datetime
    wish: Wish
    call_id: str
    known: str
    kill: int | None = None
    lost: int | None = None
    """The fail-point at which the database does not answer."""


def say(line: str) -> None:
    """Straight into the pipe: what was said cannot be taken back."""
    os.write(1, f"{line}\n".encode())


async def serve(request: Request) -> Answer:
    """Do what is wanted, up to the point at which this process is to die."""
    reached = 0

    async def hook(_point: str) -> None:
        nonlocal reached
        if reached == request.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1
        if reached - 1 == request.lost:
            raise UnavailableError("the database does not answer")

    wall = lambda: request.at  # noqa: E731 - it is one word
    async with await open_store(request.url, wall=wall, secret=request.secret, wait_s=30) as store:
        install(hook)
        try:
            return await perform(store.desk, store.records, store.keys, request.wish, request.call_id, request.known)
        except UnavailableError:
            return Answer("unavailable")


def main() -> None:
    """Serve groups until standard input ends."""
    for line in sys.stdin:
        children = {}
        for place, request in enumerate(msgspec.json.decode(line, type=list[Request])):
            child = os.fork()
            if child == 0:
                answer = asyncio.run(serve(request))
                say(f"{place} answer {msgspec.json.encode(answer).decode()}")
                os._exit(0)
            children[child] = place
        while children:
            child, status = os.wait()
            say(f"{children.pop(child)} ended {os.waitstatus_to_exitcode(status)}")
        say("-")


if __name__ == "__main__":
    main()
