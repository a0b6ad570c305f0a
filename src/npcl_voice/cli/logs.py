"""What the program logs while a person holds a call: a line beside the captions, not a log among them."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

__all__ = ["logs_told_to"]

MACHINE = frozenset({"event", "error", "advice", "call"})
"""What is left out of the line: its beginning, its end, what the end says in other words, and this very call."""


@contextmanager
def logs_told_to(note: Callable[[str], None]) -> Iterator[None]:
    """Inside, each line that is logged goes to `note`, in words."""

    def tell(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        note(_line(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[tell])
    try:
        yield
    finally:
        structlog.configure(**before)


def _line(event: MutableMapping[str, Any]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in event.items() if name not in MACHINE)
    return ": ".join(str(part) for part in (event.get("event", ""), facts, event.get("error", "")) if part)
