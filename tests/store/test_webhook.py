"""One request to a receiver: what is sent, what counts as delivered, and what is told of a failure."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from npcl_voice.config import Outbox, SigningSecret, WebhookUrl
from npcl_voice.store.outbox import Job
from npcl_voice.store.receiver import Answer
from npcl_voice.store.webhook import Webhook, sign
from tests.fakes import MORNING
from tests.store.receiving import KEY, SECRET, Receiving, verified

JOB = Job(
    job_id=7,
    job_key="job_0123456789abcdef",
    kind="hazard.registered",
    payload={"complaint_number": "000054324", "area": "Alpha 2"},
    made_at=MORNING,
    attempts=1,
    done_at=None,
    last_error=None,
    urgent=True,
)


async def attempt(mode: str, *, timeout_s: float = 5.0) -> tuple[Answer, Receiving]:
    async with (
        Receiving(lambda: mode) as receiving,
        Webhook(WebhookUrl(receiving.url), SigningSecret(SECRET), timeout_s=timeout_s) as webhook,
    ):
        return await webhook.deliver(JOB, MORNING), receiving


def test_a_signature_is_the_standards():
    """The example of the Standard Webhooks specification's own libraries."""
    key = SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").key()
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_the_page_says_how_a_receiver_verifies():
    """The function in the documentation accepts what is sent, and nothing that was changed or is old."""
    page = (Path(__file__).parents[2] / "docs/how-to/deliver-complaints-to-another-system.md").read_text("utf-8")
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    async with (
        Receiving() as receiving,
        Webhook(WebhookUrl(receiving.url), SigningSecret(SECRET), timeout_s=5) as webhook,
    ):
        await webhook.deliver(JOB, datetime.now(UTC))
        await webhook.deliver(JOB, MORNING - timedelta(days=9))
    fresh, old = receiving.requests
    assert names["is_ours"](SECRET, fresh.headers, fresh.body)
    assert not names["is_ours"](SECRET, fresh.headers, fresh.body + b" ")
    assert not names["is_ours"]("whsec_" + SECRET[-20:] + SECRET[6:-20], fresh.headers, fresh.body)
    assert verified(old)
    assert not names["is_ours"](SECRET, old.headers, old.body)


async def test_what_is_sent():
    """Key, time, signature, and a body that says what happened, and when, and to what."""
    answer, receiving = await attempt("ok")
    (request,) = receiving.requests
    assert answer == Answer()
    assert verified(request)
    assert not verified(request._replace(body=request.body + b" "))
    assert not verified(request, KEY[::-1])
    assert request.path == "/hook?token=canary-in-the-address"
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == JOB.job_key
    assert datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC) == MORNING
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "type": "hazard.registered",
        "timestamp": "2026-11-22T04:30:00Z",
        "data": {"complaint_number": "000054324", "area": "Alpha 2"},
    }


@pytest.mark.parametrize("mode", ["ok", "chatty", "endless"])
async def test_what_counts_as_delivered(mode):
    """Any status of success; a long answer is not read to its end."""
    assert (await attempt(mode))[0] == Answer()


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        ("500", Answer("it answered 500")),
        ("404", Answer("it answered 404")),
        ("302", Answer("it answered 302; redirects are not followed")),
        ("429", Answer("it answered 429", retry_after_s=7.0)),
        ("reset", Answer("it broke off before it answered", heard=False)),
        ("half", Answer("it broke off before it answered", heard=False)),
        ("nonsense", Answer("it broke off before it answered", heard=False)),
    ],
)
async def test_what_does_not(mode, answer):
    """Anything else, in words that hold no address; one request each, and none elsewhere."""
    found, receiving = await attempt(mode)
    assert found == answer
    assert len(receiving.requests) == 1


@pytest.mark.parametrize("mode", ["stall", "drip"])
async def test_a_receiver_that_takes_its_time(mode):
    """The limit holds for the whole request, however busily nothing is said."""
    answer, _ = await attempt(mode, timeout_s=0.1)
    assert answer == Answer("no answer within 0.1 s", heard=False)


async def test_a_receiver_that_is_not_there():
    """A closed port, and a name that nobody has."""
    async with Receiving() as receiving:
        url = receiving.url
    for address, error in ((url, "it cannot be reached"), ("http://no-such-host.invalid/", "its name is not known")):
        async with Webhook(WebhookUrl(address), SigningSecret(SECRET), timeout_s=5) as webhook:
            assert await webhook.deliver(JOB, MORNING) == Answer(error, heard=False)


async def test_neither_secret_nor_address_is_shown(caplog):
    """Not in the log of the HTTP client, not in what is printed of the settings."""
    caplog.set_level(logging.DEBUG)
    await attempt("500")
    settings = Outbox(webhook_url=WebhookUrl("https://x.example:8443/key-canary"), webhook_secret=SigningSecret(SECRET))
    shown = f"{caplog.text} {settings} {settings!r} {settings.webhook_url}"
    assert "canary" not in shown
    assert SECRET not in shown
    assert str(settings.webhook_url) == "https://x.example:8443/…"
