"""The values that a clause claims: times, sums of money, and numbers of complaints or accounts."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Final

from npcl_voice.conversation.claims.acts import ACTS
from npcl_voice.conversation.claims.facts import DUE, PAID, PER_DAY
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.conversation.claims.said import Said, is_any
from npcl_voice.conversation.claims.spoken_numbers import numbers_in
from npcl_voice.meaning.moments import Duration, Moment, Soon, SpokenTime
from npcl_voice.meaning.quantities import Amount, amounts_in, digit_sense, sum_at
from npcl_voice.meaning.quantity_words import quantity_words
from npcl_voice.meaning.spoken_times import times_in
from npcl_voice.meaning.tokens import Token

__all__ = ["Values"]

_NEAR: Final = Fraction(1, 20)
"""How far a round sum may lie beside the exact one where it is said to be about that."""
_LEAST_SUM: Final = 10
"""In rupees: a smaller number without its currency rather counts something."""
_MOST_SUM: Final = 10_000_000
"""A larger number is a telephone's."""
_PATIENCE_MIN: Final = 5
"""A wait of no more than so many minutes is one on the line."""
_A: Final = frozenset("a an every each".split())
_EACH: Final = frozenset("once twice thrice times".split())
_USES: Final = (("for_days", PER_DAY), ("for_paid", PAID), ("for_due", DUE))
"""By which words a sentence tells what a sum is for, the surest first."""


class Values:
    """Looks for values in one clause."""

    def __init__(self, said: Said, *, open_end: bool = False) -> None:
        """At an `open_end` the last value may go on."""
        self._said = said
        self._open_end = open_end
        self._facts = said.facts

    @cached_property
    def _times(self) -> list[SpokenTime]:
        return times_in(self._said.tokens)

    @cached_property
    def _sums(self) -> list[Amount]:
        return amounts_in(self._said.tokens) or self._bare_sums()

    # Times.

    def times(self) -> Iterator[bool]:
        """For each claim that something will be at a time, whether a tool has named it."""
        for time in self._times:
            if self._claims_time(time) and not self._goes_on(time.end):
                yield self._facts.backs_time(time, ahead=self._is_ahead(time))

    def _goes_on(self, end: int) -> bool:
        """Whether a value that ends there may be another with the next word: "two" hours, `saadhe` nau baje."""
        tokens = self._said.tokens
        return self._open_end and all(map(_counts, tokens[min(end, len(tokens) - 1) :]))

    def _claims_time(self, time: SpokenTime) -> bool:
        said = self._said
        if (
            said.mood("wait", "greeting", "feels")
            or said.says("mood", "could")
            or said.conditional
            or (isinstance(time, Soon) and said.mood("perhaps", "which", "later"))
        ):
            return False
        moment = time if isinstance(time, Moment) else None
        dated = moment is not None and (moment.day is not None or moment.weekday is not None)
        exact = moment is not None and (moment.minute is not None or 0 not in (moment.days or (0,)))
        limit = said.says("mood", "limit")
        if (
            said.mood("request")
            and not said.says("mood", "allow")
            and not (dated and self._money)
            and not (exact and limit)
        ):
            return False
        if said.mood("denied") and not limit and not (isinstance(time, Duration) and time.most):
            return False
        if self._facts.told_time(time) and not self._of_time:
            return False
        if isinstance(time, Duration):
            if said.mood("explains") and not self._of_time:
                return False
            return not (self._goes_on_since(time) or self._is_rate(time) or self._is_short(time))
        return exact or dated or (not said.mood("offer", "explains") and self._speaks_of_work(moment))

    def _is_rate(self, time: Duration) -> bool:
        """Whether it is no time, but "150 rupees a day"."""
        first = self._said.tokens[time.start]
        if time.start and first.plain in _A and self._said.tokens[time.start - 1].plain in _EACH:
            return True  # once a month
        return bool(self._money or self._sums) and (first.plain in {"a", "an", "one"} or first.fold in {"ek", "har"})

    def _goes_on_since(self, time: Duration) -> bool:
        """Whether it says how long something has gone on: `do din se`, `do din ho gaye`, but not `do din se pehle`."""
        behind = " ".join(token.fold for token in self._said.tokens[time.end : time.end + 2])
        return behind.startswith(("se ", "ho ga", "ho cuk")) and behind != "se pehle"

    def _is_short(self, time: Duration) -> bool:
        """Whether it is a wait on the line."""
        if time.most_min > _PATIENCE_MIN or time.sense == "back" or self._promises or self._about_work:
            return False
        return self._said.has("takes") or self._said.stated != "will"

    def _speaks_of_work(self, moment: Moment | None) -> bool:
        """Whether a time that leaves much open is one of something that others do, or that is due."""
        if self._promises or self._facts.talks_of_money or self._said.stated == "will" or self._should_be:
            return True
        today = moment is not None and moment.part is None
        return self._about_work and (self._of_time or not today)

    def _is_ahead(self, time: SpokenTime) -> bool:
        """Whether it must be one that has not passed: it is the only one, and something is to come."""
        back = isinstance(time, Duration) and time.sense == "back"
        return (
            self._of_time
            and not back
            and not self._said.mood("past")
            and sum(len(times_in(clause.tokens)) for clause in self._said.clauses) == 1
        )

    @property
    def _of_time(self) -> bool:
        return self._said.mood("future") or self._promises

    @property
    def _should_be(self) -> bool:
        """`Shaam tak aa jani chahiye`."""
        return self._said.mood("future") and self._said.says("mood", "should_be")

    @cached_property
    def _promises(self) -> bool:
        """Whether the clause speaks of something that others will do, or of money."""
        return self._money or any(
            pattern.search(text)
            for words in map(lexicon, LANGUAGES)
            for text in (self._said.clause.words(words),)
            for said in (frozenset(text.split()),)
            for name, act in words.acts.items()
            if ACTS[name].promised and act.may_be_in(said)
            for pattern in (act.will, act.done)
        )

    @cached_property
    def _about_work(self) -> bool:
        """Whether it speaks of supply, or of those who work on it."""
        return self._said.has("nouns")

    # Money.

    def sums(self) -> Iterator[bool]:
        """For each sum of money, whether a tool has named it."""
        for one in self._sums:
            yield self._backs_sum(one)
        if self._said.says("facts", "share") and self._money and not self._free_to_complain:
            yield False

    @property
    def _free_to_complain(self) -> bool:
        """`Complaints are free of charge`."""
        return self._said.mood("explains") and "complaint" in self._said.topics

    @cached_property
    def _money(self) -> bool:
        return self._said.says("facts", "money")

    def _bare_sums(self) -> list[Amount]:
        """`Your bill is 2345`: a number where a bill is spoken of, with no word for what it counts."""
        if not self._money and not self._facts.talks_of_money:
            return []
        tokens, covered = self._said.tokens, [(one.start, one.end) for one in self._times]
        numbers = [one for one in numbers_in(tokens, covered) if one.label or one.part or one.known_to(self._facts)]
        covered += [(one.start, one.end) for one in numbers]
        out: list[Amount] = []
        at = 0
        while at < len(tokens):
            found = None if any(begins <= at < ends for begins, ends in covered) else sum_at(tokens, at)
            if found is None:
                at += 1
                continue
            end = at + found[1]
            if _LEAST_SUM <= found[0] < _MOST_SUM and not self._counts_things(at, end):
                out.append(Amount(found[0], at, end))
            at = end
        return out

    def _counts_things(self, at: int, end: int) -> bool:
        """Whether a number belongs to something else than money."""
        tokens = self._said.tokens
        before = tokens[max(0, at - 2) : at]
        if any(is_any(token, name) for token in before for name in ("house", "complaint", "other")):
            return True
        return any(is_any(token, "units") for token in tokens[end : end + 1])

    def _backs_sum(self, sum_: Amount) -> bool:
        known = self._facts.amounts
        if self._goes_on(sum_.end) and any(_begins(sum_.rupees, one) for sums in known.values() for one in sums):
            return True
        beside = self._said.tokens[max(0, sum_.start - 4) : sum_.end + 4]
        about = any(is_any(token, "about") for token in beside)
        for words, use in _USES:
            if self._said.states(words):
                return any(_same_sum(sum_.rupees, one, about=about) for one in known.get(use, ()))
        return any(_same_sum(sum_.rupees, one, about=about) for sums in known.values() for one in sums)

    # Numbers.

    def numbers(self) -> Iterator[bool]:
        """For each number of a complaint, an account or a telephone, whether it is known."""
        if self._said.mood("denied"):
            return
        covered = [(one.start, one.end) for one in (*self._times, *self._sums)]
        place = self._said.clauses.index(self._said.clause)
        led = self._said.clauses[place - 1].tokens if place else ()
        for number in numbers_in(self._said.tokens, covered, led):
            yield number.backed_by(self._facts, open_end=self._open_end)


def _begins(said: Fraction, known: Fraction) -> bool:
    """Whether a sum may begin so: "one thousand" or `baarah` of 1,234."""
    return str(int(known)).replace("0", "").startswith(str(int(said)).replace("0", ""))


def _counts(token: Token) -> bool:
    return digit_sense(token) is not None or token in quantity_words().parted


def _same_sum(said: Fraction, known: Fraction, *, about: bool) -> bool:
    """Whether both are one sum; paise may be left out, and "about" is about."""
    if about:
        return abs(said - known) <= known * _NEAR
    return said in {known, known // 1}
