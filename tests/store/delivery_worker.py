"""A runner that is killed: reads one request a line, and delivers the outbox in a child of its own.

Run as a program, like `crash_worker.py`. In the child the runner sends itself SIGKILL at the
fail-point of the request's index. After each child comes `ended <status>`.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import msgspec

from npcl_voice.config import Outbox, SigningSecret, WebhookUrl
from npcl_voice.store import open_store
from npcl_voice.store.delivery import opened_receiver
from npcl_voice.store.failpoints import install
from npcl_voice.store.webhook import Webhook  # loaded before the first fork
from tests.store.receiving import SECRET

__all__ = ["Order", "Webhook", "deliver"]


class Order(msgspec.Struct):
    """One pass over the outbox that may be the runner's last."""

    url: str
    webhook: str
    later_s: float
    """How much later than noon the runner's clock stands."""
    kill: int | None = None


async def deliver(order: Order) -> None:
    """Deliver what is owed, up to the point at which this process is to die; tell each point."""
    reached = 0

    async def hook(point: str) -> None:
        nonlocal reached
        os.write(1, f"point {point}\n".encode())
        if reached == order.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    settings = Outbox(webhook_url=WebhookUrl(order.webhook), webhook_secret=SigningSecret(SECRET))
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    wall = noon + timedelta(seconds=order.later_s)
    async with (
        await open_store(order.url, wall=lambda: wall) as store,
        opened_receiver(settings, None) as receiver,
    ):
        install(hook)
        await store.delivery(receiver, settings, lambda: 0.5).drain()


def main() -> None:
    """Serve orders until standard input ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(deliver(msgspec.json.decode(line, type=Order)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
