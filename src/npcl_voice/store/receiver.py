"""Who may take a job, what they answer, and the one who is always there: the log."""

from datetime import datetime
from typing import Any, Protocol

import msgspec

from npcl_voice.store.outbox import Job

__all__ = ["Answer", "LogLines", "Receiver"]


class Answer(msgspec.Struct, frozen=True):
    """What became of one attempt."""

    error: str | None = None
    """Why it is not delivered, in a few words without the address; None when the receiver has it."""
    heard: bool = True
    """Whether the receiver answered at all."""
    retry_after_s: float = 0.0
    """How long the receiver asked to be left alone."""


class Receiver(Protocol):
    """Whoever takes jobs."""

    async def deliver(self, job: Job, at: datetime) -> Answer:
        """Hand over one job at that time; never raises for what the other side does."""
        ...


class LogLines:
    """Takes every job by writing it down as one line of the log."""

    def __init__(self, log: Any) -> None:
        """`log` is a structlog logger."""
        self._log = log

    async def deliver(self, job: Job, at: datetime) -> Answer:
        """Write the line."""
        self._log.info("outbox", job_key=job.job_key, type=job.kind, alert=job.urgent, data=job.payload)
        return Answer()
