"""The ledger of a call that is replayed: what was judged then holds.

A call's log is masked, and a masked number backs nothing. So in a replay the sentences are not judged again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from npcl_voice.conversation.claims.judging import Claim
from npcl_voice.conversation.claims.ledger import Ledger

__all__ = ["Recorded"]


class Recorded(Ledger):
    """Knows the claims that a log tells of."""

    def __init__(self, steps: Iterable[list[Any]]) -> None:
        """`steps` are the commands of each step of the log, as JSON holds them."""
        super().__init__()
        self._claims: dict[int, list[Claim]] = {}
        for line in (line for commands in steps for line in _lines(commands, "claim")):
            claim = Claim(line["text"], line["claim"], line["backed"])
            self._claims.setdefault(line["sentence"], []).append(claim)
        self._doubts = False

    def turn_to(self, commands: list[Any]) -> None:
        """The step with these commands comes next."""
        self._doubts = any(True for _ in _lines(commands, "doubt"))

    def weigh(self, sentence: str, number: int, now: float, *, whole: bool = True) -> tuple[Claim, ...]:
        """The claims of that sentence, as they were found; of one that is not whole, whether it was doubted here."""
        if not whole:
            return (Claim(sentence, "commitment", backed=False),) if self._doubts else ()
        return tuple(Claim(sentence, claim.kind, claim.backed) for claim in self._claims.get(number, ()))


def _lines(commands: list[Any], kind: str) -> Iterable[Mapping[str, Any]]:
    lines = (command.get("line") for command in commands if isinstance(command, Mapping))
    return (line for line in lines if isinstance(line, Mapping) and line.get("kind") == kind)
