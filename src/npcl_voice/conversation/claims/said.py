"""A clause within its sentence, beside what is known: what the rules for claims look at."""

from collections.abc import Sequence
from functools import cached_property

from npcl_voice.conversation.claims.acts import Scene
from npcl_voice.conversation.claims.clauses import Clause
from npcl_voice.conversation.claims.facts import ANOTHER, Facts
from npcl_voice.conversation.claims.generic import Stated, Statement, statement_in, topics_of
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.conversation.claims.spoken_numbers import numbers_in
from npcl_voice.meaning.tokens import Token

__all__ = ["Said", "is_any"]


class Said:
    """One clause of a sentence."""

    def __init__(self, clause: Clause, clauses: Sequence[Clause], facts: Facts, *, conditional: bool) -> None:
        """`clauses` are all of the sentence; `conditional` tells that something in it holds only under a condition."""
        self.clause = clause
        self.clauses = clauses
        self.facts = facts
        self.conditional = conditional

    @property
    def depends(self) -> bool:
        """Whether it holds only under a condition: its own, or one that was said before it."""
        return self.conditional and any(
            "condition" in clause.moods for clause in self.clauses[: self.clauses.index(self.clause) + 1]
        )

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens."""
        return self.clause.tokens

    @property
    def is_last(self) -> bool:
        """Whether no clause follows."""
        return self.clause is self.clauses[-1]

    def says(self, group: str, name: str) -> bool:
        """Whether it holds one of those phrases in any language."""
        return self.clause.says(name, group)

    def mood(self, *moods: str) -> bool:
        """Whether it is said in one of these."""
        return not self.clause.moods.isdisjoint(moods)

    def has(self, name: str) -> bool:
        """Whether it holds any of the words of that name in the grammar."""
        return _has(self.clause, name)

    def sentence_has(self, name: str) -> bool:
        """Whether any clause of the sentence holds any of these words."""
        return any(_has(clause, name) for clause in self.clauses)

    def states(self, name: str) -> bool:
        """Whether any clause that denies nothing holds any of these words."""
        return any(_has(clause, name) for clause in self.clauses if "denied" not in clause.moods)

    @cached_property
    def topics(self) -> frozenset[str]:
        """What the sentence is about."""
        return topics_of(self.clauses)

    @cached_property
    def statement(self) -> Statement | None:
        """What it states of the world, and where."""
        return statement_in(self.clause, self.clauses)

    @property
    def stated(self) -> Stated | None:
        """What it states of the world."""
        return None if self.statement is None else self.statement.how

    @cached_property
    def scene(self) -> Scene:
        """What the rules for acts may know of it."""
        named = {number.digits for clause in self.clauses for number in numbers_in(clause.tokens, ())}
        mine = [number for number in self.facts.statuses if named & {number, number.lstrip("0")}]
        meant = [*mine, ANOTHER] if mine else self.facts.statuses
        statuses = frozenset(status for number, status in self.facts.statuses.items() if number in meant)
        return Scene(self.facts, statuses, self.topics, by_us=self.sentence_has("by_us"), says=self.states)


def _has(clause: Clause, name: str) -> bool:
    return any(not words.grammar[name].isdisjoint(clause.words(words).split()) for words in map(lexicon, LANGUAGES))


def is_any(token: Token, name: str) -> bool:
    """Whether a token is one of the words of that name among the labels, in any language."""
    return any((token.fold if words.loose else token.plain) in words.labels[name] for words in map(lexicon, LANGUAGES))
