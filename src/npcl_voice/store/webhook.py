"""Delivering a job to another system: one signed request each, as Standard Webhooks has it."""

import base64
import hashlib
import hmac
import logging
import socket
import ssl
from asyncio import timeout
from contextlib import suppress
from datetime import datetime
from typing import Self

import httpx2
import msgspec

from npcl_voice import __version__
from npcl_voice.config import SigningSecret, WebhookUrl
from npcl_voice.store.outbox import Job
from npcl_voice.store.receiver import Answer

__all__ = ["Webhook", "sign"]

MAX_ANSWER_BYTES = 65_536
"""More of an answer is not read: nothing depends on it, and the connection is given up instead."""

LONGEST_RETRY_AFTER_DIGITS = 6


class Webhook:
    """One receiver over HTTP. Use it as an async context: connections are kept between requests."""

    def __init__(self, url: WebhookUrl, secret: SigningSecret, *, timeout_s: float) -> None:
        """`timeout_s` is how long one request may take, from connecting to the answer. Connects to nothing yet."""
        self._url = url
        self._secret = secret
        self._timeout_s = timeout_s
        for name in ("httpx2", "httpcore2"):  # they would log each address, and with it a key that may stand there
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx2.AsyncClient(
            follow_redirects=False,  # signed words go to the receiver that was named, and to no other
            trust_env=False,
            timeout=timeout_s,
            headers={"user-agent": f"npcl-voice/{__version__}", "accept-encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def deliver(self, job: Job, at: datetime) -> Answer:
        """Send one request. Delivered is what was answered with a status of 200 to 299."""
        body = msgspec.json.encode({"type": job.kind, "timestamp": job.made_at, "data": job.payload})
        second = str(int(at.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": job.job_key,
            "webhook-timestamp": second,
            "webhook-signature": sign(self._secret.key(), job.job_key, second, body),
            "idempotency-key": job.job_key,
        }
        answer: Answer | None = None
        try:
            async with (
                timeout(self._timeout_s),
                self._client.stream("POST", self._url.reveal(), content=body, headers=headers) as response,
            ):
                answer = _judge(response)
                with suppress(httpx2.HTTPError):  # the answer was given; its text only frees the connection
                    await _read_off(response)
        except TimeoutError:
            return answer or Answer(f"no answer within {self._timeout_s:g} s", heard=False)
        except httpx2.TimeoutException:
            return answer or Answer(f"no answer within {self._timeout_s:g} s", heard=False)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return answer or Answer(_reason(error), heard=False)
        return answer


def sign(key: bytes, message_id: str, second: str, body: bytes) -> str:
    """The header `webhook-signature`: version, and HMAC-SHA256 over id, time and body, in base64."""
    content = b".".join((message_id.encode(), second.encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"


def _judge(response: httpx2.Response) -> Answer:
    if response.is_success:
        return Answer()
    after = response.headers.get("retry-after", "")
    seconds = float(after) if after.isascii() and after.isdigit() and len(after) <= LONGEST_RETRY_AFTER_DIGITS else 0.0
    hint = "; redirects are not followed" if response.is_redirect else ""
    return Answer(f"it answered {response.status_code}{hint}", retry_after_s=seconds)


async def _read_off(response: httpx2.Response) -> None:
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            return


def _reason(error: BaseException) -> str:
    """Why there was no answer. The library's own text may hold the address, so it is not passed on."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not trusted here"
        if isinstance(cause, ssl.SSLError):
            return "it speaks no TLS that is accepted here"
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.ConnectError):
        return "it cannot be reached"
    return "it broke off before it answered"
