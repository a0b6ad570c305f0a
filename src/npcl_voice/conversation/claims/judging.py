"""One sentence judged: what it claims, and whether that is backed."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from npcl_voice.conversation.claims.clauses import Clause, clauses_of
from npcl_voice.conversation.claims.facts import Facts
from npcl_voice.conversation.claims.persons import persons_in
from npcl_voice.conversation.claims.placed import is_misplaced
from npcl_voice.conversation.claims.recited import is_recited
from npcl_voice.conversation.claims.said import Said
from npcl_voice.conversation.claims.statements import Statements
from npcl_voice.conversation.claims.values import Values

__all__ = ["Claim", "ClaimKind", "claims_in"]

ClaimKind = Literal["number", "time", "amount", "commitment", "status", "private"]


class Claim(msgspec.Struct, frozen=True):
    """Something that a sentence says is so."""

    text: str
    """The sentence."""
    kind: ClaimKind
    backed: bool
    """Whether a tool of this call, or the caller, has said so."""


def claims_in(sentence: str, facts: Facts, *, whole: bool = True) -> tuple[Claim, ...]:
    """What one sentence claims, at most one of a kind; backed only if all of that kind is.

    Of a sentence that is not `whole`, a number at its end may go on.
    """
    found: dict[ClaimKind, bool] = {}
    clauses = clauses_of(sentence)
    for kind, backed in _found(clauses, facts, whole=whole):
        found[kind] = found.get(kind, True) and backed
    asked = any("asked" in clause.moods for clause in clauses)
    for backed in persons_in(sentence, facts, whole=whole, asked=asked):
        found["private"] = found.get("private", True) and backed
    if whole and is_misplaced(sentence, clauses, facts):
        found["commitment"] = False
    if is_recited(sentence, facts.brief):
        found["private"] = False
    return tuple(Claim(sentence, kind, backed) for kind, backed in found.items())


def _found(clauses: Sequence[Clause], facts: Facts, *, whole: bool) -> Iterator[tuple[ClaimKind, bool]]:
    conditional = any("condition" in clause.moods or _no_promise(clause) for clause in clauses)
    for clause in clauses:
        said = Said(clause, clauses, facts, conditional=conditional)
        if {"asked", "itself"} & clause.moods or ("told" in clause.moods and not _tells_payment(said)):
            continue
        values = Values(said, open_end=not whole and said.is_last)
        found: list[tuple[ClaimKind, bool]] = [("amount", backed) for backed in values.sums()]
        if "condition" not in clause.moods:
            found += [("time", backed) for backed in values.times()]
            found += [("number", backed) for backed in values.numbers()]
            found += Statements(said, open_end=not whole and said.is_last).found(beside=bool(found))
        else:  # "quote 000054324 if you call again"
            found += [("number", backed) for backed in values.numbers()]
        yield from found


def _tells_payment(said: Said) -> bool:
    """`Aapne nau sau rupaye bhare the`: an account knows of that better than its holder."""
    return said.mood("past") and said.says("facts", "money")


def _no_promise(clause: Clause) -> bool:
    """`It will be sooner, that I cannot promise`: nothing of it is."""
    return "denied" in clause.moods and clause.says("no_promise")
