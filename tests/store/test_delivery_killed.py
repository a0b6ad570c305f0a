"""A runner that is killed at each of its awaits: what it had in hand is delivered all the same."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from npcl_voice.store import open_store
from tests.store.delivery_worker import Order
from tests.store.receiving import Receiving, verified

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE_S = 60
"""Longer than any lease."""


class Worker:
    """The process that is killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, order: Order) -> tuple[list[str], int]:
        """The fail-points that were reached, and how the runner ended."""
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        points: list[str] = []
        while True:
            word, _, rest = (await self._process.stdout.readline()).decode().strip().partition(" ")
            if word == "ended":
                return points, int(rest)
            assert word == "point"
            points.append(rest)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("delivery_worker.py")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}", OPENBLAS_NUM_THREADS="1"),
    )
    yield Worker(process)
    process.stdin.close()
    await process.wait()


@pytest.mark.slow
async def test_killed_at_each_point(worker, url):
    """The next runner waits for the lease to run out, then sends again under the same key; nothing is lost."""
    async with Receiving() as receiving, await open_store(url, wall=lambda: NOON) as store:
        await store.records.add_outage("Alpha 2")
        points, status = await worker.run(Order(url, receiving.url, 0.0))
        assert status == 0
        assert points[-1] == "commit: after"
        later = 0.0
        for kill in range(len(points)):
            seen = len(receiving.requests)
            await store.records.add_outage("Alpha 2")
            later += LEASE_S
            assert (await worker.run(Order(url, receiving.url, later, kill)))[1] == -signal.SIGKILL
            killed_after_sending = len(receiving.requests) > seen
            await worker.run(Order(url, receiving.url, later + 1))
            pending = (await store.health()).outbox_pending
            in_hand = points.index("commit: after") <= kill < len(points) - 1
            assert pending == in_hand, "only a runner's own death leaves a job in hand"
            later += LEASE_S
            await worker.run(Order(url, receiving.url, later))
            assert (await store.health()).outbox_pending == 0
            keys = Counter(request.key for request in receiving.requests[seen:])
            marked = kill == len(points) - 1
            assert list(keys.values()) == [2 if killed_after_sending and not marked else 1], points[kill]
        assert all(verified(request) for request in receiving.requests)
        doubled = [key for key, count in Counter(receiving.taken).items() if count > 1]
        assert doubled, "some runner died between sending and noting"
        assert set(receiving.taken) == {job.job_key for job in await store.records.outbox()}
