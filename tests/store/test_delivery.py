"""The outbox against a receiver that fails, stalls, breaks off, disappears and comes back."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from npcl_voice.config import Outbox, SigningSecret, WebhookUrl
from npcl_voice.domain.complaints import CallbackDraft, Draft
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.handover import Packet
from npcl_voice.errors import UnavailableError
from npcl_voice.store import Store, open_store
from npcl_voice.store.delivery import SILENT, Delivery, Drained, opened_receiver, wait_s
from npcl_voice.store.outbox import Job, Owed
from npcl_voice.store.receiver import Answer, Receiver
from npcl_voice.store.tables import outbox
from tests.fakes import MORNING
from tests.store.conftest import Wall
from tests.store.postgres import emptied_postgres
from tests.store.receiving import KEY, SECRET, Receiving, verified

POSTGRES = os.environ.get("NPCL_TEST_POSTGRES_URL")
SETTINGS = Outbox(webhook_secret=SigningSecret(SECRET), webhook_timeout_s=0.2)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres",
            marks=pytest.mark.skipif(POSTGRES is None, reason="NPCL_TEST_POSTGRES_URL names no PostgreSQL database"),
        ),
    ]
)
async def database_url(request, tmp_path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'npcl.db'}"
    return await emptied_postgres(POSTGRES)


@pytest.fixture
async def company(database_url, wall) -> AsyncIterator[Store]:
    async with await open_store(database_url, wall=wall) as store:
        yield store


async def happen(store: Store, count: int, *, alert: bool) -> None:
    """Something happens that others must hear of."""
    draft = Draft(
        idempotency_key=f"k{count}",
        kind="fire" if alert else "no_supply",
        priority="emergency" if alert else "high",
        premises=Premises(f"call/{count}", area="") if alert else await store.desk.premises("Alpha 2", str(count)),
        call_id=f"call-{count}",
    )
    await store.desk.register(draft)


async def on_record(store: Store) -> dict[str, Job]:
    """Every job by its key."""
    return {job.job_key: job for job in await store.records.outbox()}


class Runner:
    """A runner that sends to a receiver, and checks after each pass what must always hold."""

    def __init__(self, store: Store, receiving: Receiving, receiver: Receiver, chance: random.Random) -> None:
        self.store = store
        self.receiving = receiving
        self.delivery: Delivery = store.delivery(receiver, SETTINGS, chance.random, log=Silence())

    async def run(self, *, due_only: bool = False) -> Drained:
        seen = len(self.receiving.requests)
        drained = await self.delivery.drain(due_only=due_only)
        jobs = await on_record(self.store)
        batch = self.receiving.requests[seen:]
        order = [(not request.alert, jobs[request.key].job_id) for request in batch]
        assert order == sorted(order), "alerts first, then in the order of making"
        assert len({request.key for request in batch}) == len(batch), "each once in a pass"
        for request in batch:
            assert verified(request)
            assert request.headers["idempotency-key"] == request.key
            assert json.loads(request.body)["data"] == jobs[request.key].payload
            assert b"9810012345" not in request.body
        taken = set(self.receiving.taken)
        done = {key for key, job in jobs.items() if job.done_at is not None}
        assert done <= taken, "nothing counts as delivered that the receiver has not got"
        return drained


class Silence:
    """A log that nobody reads."""

    def warning(self, *_: object, **__: object) -> None:
        """Say nothing."""


MODES = ["ok"] * 4 + ["chatty", "500", "500", "404", "302", "429", "reset", "swallow", "half", "stall", "nonsense"]


async def hard_times(store: Store, wall: Wall, seed: int) -> tuple[int, int]:
    """Forty random steps with a receiver in every sort of trouble; then it is well: jobs, and requests."""
    dice = random.Random(seed)
    mood = ["mixed"]
    async with Receiving(lambda: dice.choice(MODES) if mood[0] == "mixed" else mood[0]) as receiving:
        settings = Outbox(
            webhook_url=WebhookUrl(receiving.url), webhook_secret=SigningSecret(SECRET), webhook_timeout_s=0.05
        )
        async with opened_receiver(settings, None) as receiver:
            runners = [Runner(store, receiving, receiver, dice) for _ in range(2)]
            for count in range(40):
                match dice.choice(("happen", "happen", "happen", "run", "run", "due", "mood", "gone", "back", "time")):
                    case "happen":
                        await happen(store, count, alert=dice.random() < 0.3)
                    case "run":
                        await dice.choice(runners).run()
                    case "due":
                        await dice.choice(runners).run(due_only=True)
                    case "mood":
                        mood[0] = dice.choice(["mixed", "mixed", "ok", "500", "reset"])
                    case "gone":
                        await receiving.disappear()
                    case "back":
                        await receiving.come()
                    case "time":
                        wall.turn(seconds=dice.choice((0.5, 5, 120)))
            mood[0] = "ok"
            await receiving.come()
            wall.turn(hours=1)
            last = await runners[0].run()
        jobs = await on_record(store)
        assert last.failed == 0
        assert all(job.done_at is not None for job in jobs.values())
        assert set(receiving.taken) == set(jobs), "nothing lost, nothing without its key"
        return len(jobs), len(receiving.requests)


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_is_lost_in_hard_times(company, wall, seed):
    """Each job arrives at least once under its one key, signed, alerts first in every batch."""
    jobs, requests = await hard_times(company, wall, seed)
    assert requests >= jobs > 0


@pytest.mark.soak
async def test_nothing_is_lost_in_very_many_hard_times(tmp_path):
    """The same on three hundred schedules."""
    jobs = requests = 0
    for seed in range(1000, 1300):
        wall = Wall()
        async with await open_store(f"sqlite+aiosqlite:///{tmp_path / f'{seed}.db'}", wall=wall) as store:
            more = await hard_times(store, wall, seed)
        jobs, requests = jobs + more[0], requests + more[1]
    print(f"{jobs} jobs, {requests} requests")


class Scripted:
    """A receiver in memory that answers as it is told, and may do something first."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []
        self.kinds: list[str] = []
        self.before = None

    async def deliver(self, job: Job, at) -> Answer:
        self.keys.append(job.job_key)
        self.kinds.append(job.kind)
        if self.before is not None:
            await self.before()
        await asyncio.sleep(0)
        return self.answers.pop(0) if self.answers else Answer()


def runner_of(store: Store, receiver: Receiver, chance: float = 1.0) -> Delivery:
    return store.delivery(receiver, SETTINGS, lambda: chance, log=Silence())


async def test_two_runners_never_have_the_same_job_in_hand(company, database_url, wall):
    """Beside each other, in one process or over one database, they share the work."""
    for count in range(30):
        await happen(company, count, alert=count % 3 == 0)
    async with await open_store(database_url, wall=wall) as other:
        receivers = [Scripted() for _ in range(4)]
        runners = [
            runner_of(store, one) for store, one in zip((company, company, other, other), receivers, strict=True)
        ]
        await asyncio.gather(*(runner.drain() for runner in runners))
    sent = [key for receiver in receivers for key in receiver.keys]
    assert len(sent) == 30
    assert set(sent) == set(await on_record(company))


async def test_an_alert_overtakes_what_waits(company):
    """Even one that is made while others are being delivered."""
    for count in range(4):
        await happen(company, count, alert=False)
    receiver = Scripted()

    async def fire_breaks_out() -> None:
        if len(receiver.keys) == 2:
            await happen(company, 9, alert=True)

    receiver.before = fire_breaks_out
    assert (await runner_of(company, receiver).drain()).delivered == 5
    assert [kind.partition(".")[0] for kind in receiver.kinds] == [
        "complaint",
        "complaint",
        "hazard",
        *["complaint"] * 2,
    ]


async def test_a_job_that_fails_waits_longer_each_time(company, wall):
    """And is neither dropped nor tried early; after some attempts it is shown as stuck."""
    await happen(company, 1, alert=False)
    receiver = Scripted(*[Answer("it answered 500")] * 12)
    runner = runner_of(company, receiver)
    waits = []
    for _ in range(12):
        assert (await runner.drain(due_only=True)).failed == 1
        assert (await runner.drain(due_only=True)).failed == 0
        (job,) = await company.records.outbox(pending_only=True)
        waits.append((job.next_attempt_at - wall()).total_seconds())
        wall.turn(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert (job.attempts, job.last_error) == (12, "it answered 500")
    assert await runner.owed() == Owed(jobs=1, alerts=0, stuck=1, in_hand=0)
    assert [one.job_id for one in await company.records.outbox(stuck_after=12)] == [job.job_id]
    assert await company.records.outbox(stuck_after=13) == []
    assert (await runner.drain(due_only=True)).delivered == 1
    (job,) = await company.records.outbox()
    assert (job.done_at, job.last_error, job.leased_by) == (wall(), None, None)


async def test_an_alert_is_never_left_alone_for_long(company, wall):
    """Its waits are short, even if the receiver asks for more."""
    await happen(company, 1, alert=True)
    await happen(company, 2, alert=False)
    receiver = Scripted(*[Answer("it answered 429", retry_after_s=3600)] * 2)
    await runner_of(company, receiver, chance=0.0).drain()
    other, alert = await company.records.outbox()
    assert (alert.next_attempt_at - wall()).total_seconds() == SETTINGS.outbox_alert_retry_max_s
    assert (other.next_attempt_at - wall()).total_seconds() == SETTINGS.outbox_retry_max_s


def test_chance_spreads_the_waits():
    """From nearly nothing to the longest, which doubles up to its limit."""
    assert [wait_s(1, 2, 300, chance) for chance in (0, 0.25, 1)] == [0.1, 0.5, 2]
    assert wait_s(3, 2, 300, 0.5) == 4
    assert wait_s(10**9, 2, 300, 1) == 300


async def test_a_receiver_that_is_away_is_not_asked_for_each_job(company):
    """After some requests without any answer the pass ends; an answer of any sort counts as one."""
    for count in range(2 * SILENT):
        await happen(company, count, alert=False)
    nothing = Answer("it cannot be reached", heard=False)
    receiver = Scripted(*[nothing] * (SILENT - 1), Answer("it answered 500"), *[nothing] * SILENT)
    drained = await runner_of(company, receiver).drain()
    assert drained == Drained(0, 2 * SILENT, silent=True, last_error="it cannot be reached")
    receiver = Scripted(*[nothing] * SILENT)
    assert (await runner_of(company, receiver).drain()).failed == SILENT
    assert (await runner_of(company, Scripted()).drain()).delivered == 2 * SILENT


async def test_a_lease_runs_out(company, wall):
    """What a dead runner had in hand is sent by the next one, under the same key, and stays delivered."""
    await happen(company, 1, alert=False)
    asleep, taken = asyncio.Event(), asyncio.Event()

    class Stopped(Scripted):
        async def deliver(self, job: Job, at) -> Answer:
            taken.set()
            await asleep.wait()
            return await super().deliver(job, at)

    first, second = Stopped(Answer("it answered 500")), Scripted()
    slow = asyncio.create_task(runner_of(company, first).drain())
    await taken.wait()
    assert (await runner_of(company, second).owed()).in_hand == 1
    assert (await runner_of(company, second).drain()).delivered == 0
    wall.turn(seconds=31)
    assert (await runner_of(company, second).drain()).delivered == 1
    asleep.set()  # the first one wakes up, fails, and must not undo what the second one did
    await slow
    assert first.keys == second.keys
    (job,) = await company.records.outbox()
    assert (job.done_at, job.attempts) == (wall(), 2)


async def test_a_late_failure_leaves_anothers_lease_alone(company, wall):
    """Two runners of which the first has overslept: the second one keeps the job in hand."""
    await happen(company, 1, alert=False)

    async def lease_of(store: Store) -> str | None:
        async with store._database.read() as connection:
            return (await connection.execute(select(outbox.c.leased_by))).scalar_one()

    async def oversleep() -> None:
        first.before = None
        wall.turn(seconds=31)
        second.before = fall_asleep
        tasks.append(asyncio.create_task(runner_of(company, second).drain()))
        await taken.wait()

    woken, taken, tasks = asyncio.Event(), asyncio.Event(), []

    async def fall_asleep() -> None:
        taken.set()
        await woken.wait()

    first, second = Scripted(Answer("it answered 500")), Scripted()
    first.before = oversleep
    await runner_of(company, first).drain()
    assert await lease_of(company) is not None
    woken.set()
    await asyncio.gather(*tasks)
    assert (await runner_of(company, first).owed()).jobs == 0


async def test_following_delivers_what_comes(company):
    """Until it is stopped; a database that is away for a moment does not end it."""
    stop, receiver = asyncio.Event(), Scripted()
    await happen(company, 1, alert=False)

    async def stop_then() -> None:
        stop.set()

    receiver.before = stop_then
    assert await runner_of(company, receiver).follow(stop) == Drained(1, 0, silent=False, last_error=None)

    class Away:
        """A database that does not answer, and then is not asked again."""

        def read(self):
            stop.set()
            raise UnavailableError("away")

    stop.clear()
    delivery = Delivery(Away(), receiver, SETTINGS, wall=lambda: MORNING, chance=lambda: 0, log=Silence())
    assert (await delivery.follow(stop)).delivered == 0


async def test_the_service_delivers_in_the_background(company):
    """As long as it is open, and only where a webhook is set."""
    await happen(company, 1, alert=True)
    arrived = asyncio.Event()

    def behave() -> str:
        arrived.set()
        return "ok"

    async with company.delivering(Outbox()):
        pass
    assert (await company.health()).outbox_pending == 1
    async with Receiving(behave) as receiving:
        settings = Outbox(webhook_url=WebhookUrl(receiving.url), webhook_secret=SigningSecret(SECRET))
        async with company.delivering(settings):
            await arrived.wait()
        assert receiving.taken == list(await on_record(company))
    assert (await company.health()).outbox_pending == 0


async def test_what_happens_to_records_is_told(company):
    """Every change by an operator leaves its job; those of an emergency are alerts."""
    records = company.records
    for count, alert in enumerate((True, False)):
        await happen(company, count, alert=alert)
    for number in ("000054324", "000054325"):
        await records.assign_complaint(number, "crew 4")
        await records.close_complaint(number, "a fuse")
        await records.reopen_complaint(number, "dark again")
    await records.add_outage("Alpha 2")
    await company.desk.locate("000054324", "near the school of 9810012345")
    await company.desk.book_callback(CallbackDraft("b1:9810012345", "9810012345", "today", "asked", "call-1"))
    await company.desk.book_callback(CallbackDraft("b2:9810012345", "9810012345", "tomorrow", "asked", "call-1"))
    await records.settle_callback(1, "reached")
    mine = Draft("k9", "no_supply", "high", Premises("p", "Alpha 2", "9"), "call-9", caller_number="9810012345")
    await company.desk.register(mine)
    await company.desk.flag_need("P-1001", key="n1", call_id="call-9")
    await company.desk.report_theft("Alpha 2", "a hook, says 9810012345", key="call-9:9810012345")
    packet = Packet(
        idempotency_key="h1", call_id="call-9", reason="asked", summary="9810012345", caller_number="9810012345"
    )
    await company.desk.hand_over(packet)
    await company.desk.hand_over(msgspec.structs.replace(packet, idempotency_key="h2", hazard="fire"))
    steps = ["registered", "assigned", "closed", "reopened"]
    told = [(job.kind, job.urgent) for job in reversed(await records.outbox())]
    assert sorted(told) == sorted(
        [(f"hazard.{step}", True) for step in [*steps, "located", "handed_over"]]
        + [(f"complaint.{step}", False) for step in [*steps, "registered", "registered"]]
        + [("outage.added", False), ("callback.booked", False), ("callback.changed", False)]
        + [("callback.settled", False), ("closing_code.due", False), ("need.flagged", False)]
        + [("call.handed_over", False)]
    )
    page = (Path(__file__).parents[2] / "docs/how-to/deliver-complaints-to-another-system.md").read_text("utf-8")
    undocumented = {kind for kind, _ in told if f"`{kind}`" not in page and not kind.startswith("hazard.")}
    assert undocumented == set()
    assert "9810012345" not in str([(job.job_key, job.payload) for job in await records.outbox()])


def test_the_key_of_these_tests_is_the_secrets():
    """Else no signature above would say anything."""
    assert SigningSecret(SECRET).key() == KEY
    assert SigningSecret("sixteen characters").key() == b"sixteen characters"
