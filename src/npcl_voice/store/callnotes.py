"""A call's entry in the book of calls, kept as the call goes: an Observer that masks what it keeps."""

from collections.abc import Sequence

import msgspec
import structlog

from npcl_voice.conversation.commands import CallEnded, Command, EngineChanged, Failed, Report, Transcript
from npcl_voice.conversation.events import CallAnswered, CallEvent
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.mask import Mask
from npcl_voice.store.calls import CallBook
from npcl_voice.store.keys import Keys

__all__ = ["CallNotes"]

log = structlog.get_logger()


class CallNotes:
    """Gathers masked lines in memory, and writes them when the call is over."""

    def __init__(self, book: CallBook, call_id: str, mask: Mask) -> None:
        self._book = book
        self._call_id = call_id
        self._mask = mask
        self._lines: list[tuple[float, Transcript]] = []
        self._answered_at: float | None = None
        self._engine: str | None = None
        self._failures = 0
        self._end: CallEnded | None = None

    async def begin(
        self, *, channel: str, engine: str, language: str, caller_number: str | None = None, keys: Keys | None = None
    ) -> None:
        """Note that the call begins. Raises UnavailableError when the book does not answer.

        Of `caller_number` its masked form is kept and, with `keys`, the digest by which it is found again.
        """
        await self._book.begin(
            self._call_id,
            channel=channel,
            engine=engine,
            language=language,
            caller=None if caller_number is None else self._mask.digits(caller_number),
            caller_digest=None if caller_number is None or keys is None else keys.caller(caller_number),
        )

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Take down what was said, masked at once."""
        if isinstance(event, CallAnswered):
            self._answered_at = now
        since = 0.0 if self._answered_at is None else now - self._answered_at
        for command in commands:
            match command:
                case Report(line=Transcript() as line):
                    masked = msgspec.structs.replace(line, text=self._mask.text(line.text))
                    self._lines.append((round(since, 3), masked))
                case Report(line=EngineChanged() as engine):
                    self._engine = engine.name
                case Report(line=Failed()):
                    self._failures += 1
                case Report(line=CallEnded() as end):
                    self._end = end
                case _:
                    pass

    async def finish(self) -> None:
        """Write the lines and the end; a book that does not answer is told of in the log."""
        numbers = () if self._end is None else tuple(self._mask.digits(n) for n in self._end.complaint_numbers)
        outcome = "failed" if self._end is None else self._end.outcome
        try:
            await self._book.write(self._call_id, self._lines)
            await self._book.end(self._call_id, outcome, numbers, self._engine, failures=self._failures)
        except UnavailableError as error:
            log.warning("call not noted", call=self._call_id, error=str(error))
