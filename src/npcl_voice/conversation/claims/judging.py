"""One sentence judged: what it claims, and whether that is backed."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

import msgspec

from npcl_voice.conversation.claims.acts import ACTS, STATUSES, Act, Scene, backs
from npcl_voice.conversation.claims.clauses import Clause, clauses_of
from npcl_voice.conversation.claims.facts import DUE, PAID, PER_DAY, Facts
from npcl_voice.conversation.claims.generic import stated, topics_of
from npcl_voice.conversation.claims.lexicon import LANGUAGES, ActWords, Lexicon, lexicon
from npcl_voice.conversation.claims.spoken_numbers import numbers_in
from npcl_voice.meaning.quantities import Amount, amounts_in, value_at
from npcl_voice.meaning.spoken_times import Duration, Moment, Soon, SpokenTime, times_in
from npcl_voice.meaning.tokens import spelling, tokens_of

__all__ = ["Claim", "ClaimKind", "claims_in"]

ClaimKind = Literal["number", "time", "amount", "commitment", "status"]

_NEAR: Final = Fraction(1, 20)
"""How far a round sum may lie beside the exact one where it is said to be about that."""
_ABOUT: Final = frozenset(
    "over under above little just upar thoda about "
    "around roughly approximately nearly almost lagbhag kareeb karib takreeban".split()
)
_LEAST_SUM: Final = 10
"""In rupees: a smaller number without its currency rather counts something."""
_MOST_SUM: Final = 10_000_000
"""A larger number is a telephone's."""
_PATIENCE_MIN: Final = 5
"""A wait of no more than so many minutes is one on the line."""


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
    clauses = clauses_of(sentence)
    found: dict[ClaimKind, bool] = {}
    for kind, backed in _found(clauses, facts, whole=whole):
        found[kind] = found.get(kind, True) and backed
    return tuple(Claim(sentence, kind, backed) for kind, backed in found.items())


def _found(clauses: Sequence[Clause], facts: Facts, *, whole: bool) -> Iterator[tuple[ClaimKind, bool]]:
    conditional = any("condition" in clause.moods or _no_promise(clause) for clause in clauses)
    for at, clause in enumerate(clauses):
        if {"asked", "told", "itself"} & clause.moods:
            continue
        judge = _Judge(clause, clauses, facts, conditional=conditional, last=at == len(clauses) - 1)
        said = [*judge.amounts()]
        if "condition" not in clause.moods:
            said += judge.times()
            said += judge.numbers(open_end=not whole and at == len(clauses) - 1)
            said += judge.stated(beside=bool(said))
        yield from said


def _no_promise(clause: Clause) -> bool:
    """`It will be sooner, that I cannot promise`: nothing of it is."""
    return "denied" in clause.moods and bool(_PROMISES & {*clause.plain.split(), *clause.loose.split()})


class _Judge:
    """Looks at one clause of a sentence."""

    def __init__(
        self, clause: Clause, clauses: Sequence[Clause], facts: Facts, *, conditional: bool, last: bool
    ) -> None:
        self._clause = clause
        self._clauses = clauses
        self._facts = facts
        self._conditional = conditional
        self._last = last
        self._times = times_in(clause.tokens)
        self._sums = amounts_in(clause.tokens)

    def _says(self, group: str, name: str) -> bool:
        for words in map(lexicon, LANGUAGES):
            pattern = getattr(words, group).get(name)
            if pattern is not None and pattern.search(self._clause.words(words)):
                return True
        return False

    def _mood(self, *moods: str) -> bool:
        return any(mood in self._clause.moods for mood in moods)

    # Acts and statuses.

    def stated(self, *, beside: bool) -> Iterator[tuple[ClaimKind, bool]]:
        """What was done or will be, and how things stand, `beside` a time, a sum or a number or alone."""
        known = [*self._acts(), *self._statuses()]
        yield from known
        if known or self._mood("denied", "feels", "offer", "request", "explains", "wait") or self._conditional:
            return
        if beside or self._mood("perhaps"):
            return  # what it says beside a number or a time is said by that
        how, topics = stated(self._clause, self._clauses), topics_of(self._clauses)
        comes_later = self._mood("later") and (how == "done" or not self._last or "complaint" in topics)
        if how == "done" and "others" not in topics and self._names_known():
            return  # what it says is told by the number that it names
        if how is not None and not comes_later and not self._counts_digits():
            yield "commitment", backs(how, topics, self._scene())

    def _names_known(self) -> bool:
        """Whether the sentence names a complaint that a tool has named."""
        found = (number for clause in self._clauses for number in numbers_in(clause.tokens, ()))
        return any(number.digits.lstrip("0") in {one.lstrip("0") for one in self._facts.complaints} for number in found)

    def _counts_digits(self) -> bool:
        """Whether it speaks of the talk itself: how long a number is, how many questions are left."""
        return bool(_OF_THE_TALK & {word for one in self._clauses for word in (*one.plain.split(), *one.loose.split())})

    def _acts(self) -> Iterator[tuple[ClaimKind, bool]]:
        if self._mood("denied", "explains"):
            return
        hidden = {other for name, others in _SHADOWS.items() if self._says_done(name) for other in others}
        for name, act in ACTS.items():
            if name in hidden:
                continue
            for words in map(lexicon, LANGUAGES):
                if name in words.acts:
                    yield from self._act(act, words.acts[name], words)

    def _act(self, act: Act, words: ActWords, language: Lexicon) -> Iterator[tuple[ClaimKind, bool]]:
        text = self._clause.words(language)
        free = not self._mood("offer") and not self._conditional
        able = (language.loose and self._mood("offer")) or self._mood("later", "perhaps")
        if not able and (words.done.search(text) or (words.done_about.search(text) and self._about(words, language))):
            yield act.kind, act.backed(self._scene())
        elif act.promised and free and not self._mood("request") and words.will.search(text):
            yield act.kind, (act.will_back or act.backed)(self._scene())
        elif act.under_way and free and words.now.search(text):
            yield act.kind, act.backed(self._scene())

    def _says_done(self, name: str) -> bool:
        return any(words.acts[name].done.search(self._clause.words(words)) for words in map(lexicon, LANGUAGES))

    def _about(self, words: ActWords, language: Lexicon) -> bool:
        """Whether the sentence speaks of what the act is done to; a complaint's number is not the complaint."""
        whole = " ".join(clause.words(language) for clause in self._clauses)
        for number in (
            "complaint number",
            "ticket number",
            "conplaint number",
            "sikayat number",
            "conplaint nanbar",
            "sikayat nanbar",
        ):
            whole = whole.replace(number, "number")
        return words.about.search(whole) is not None

    def _statuses(self) -> Iterator[tuple[ClaimKind, bool]]:
        """How things stand."""
        if self._says("statuses", "nothing_due") and not self._mood("offer"):
            yield "amount", 0 in self._facts.amounts.get(DUE, frozenset())
        elif self._says("statuses", "no_outage"):
            yield "status", STATUSES["no_outage"](self._scene())
        if self._says("statuses", "safe") and not self._mood("offer", "condition"):
            yield "status", False
        if self._says("statuses", "spared"):
            yield "commitment", False
        if (
            self._says("statuses", "before_long")
            and not self._mood("perhaps")
            and (self._about_work() or self._mood("future"))
        ):
            yield "time", self._facts.backs_time(Soon(0, 0))
        if self._mood("denied", "explains", "later") or (self._mood("offer") and self._clause.loose.strip()):
            return
        for name, backed in STATUSES.items():
            if (
                name not in {"no_outage", "spared", "safe"}
                and self._says("statuses", name)
                and not self._told_outage(name)
            ):
                yield "status", backed(self._scene())
        if not self._mood("perhaps") and not ("danger" in topics_of(self._clauses) and self._facts.did("hazard")):
            yield from self._cause()
        yield from self._account()

    def _told_outage(self, name: str) -> bool:
        """Whether the caller has said so: to repeat it is no news."""
        return name == "outage" and (self._mood("past") or self._says_of_caller())

    def _says_of_caller(self) -> bool:
        """Whether the caller has spoken of their supply, and it is that which is spoken of."""
        told = set(_spaced(self._facts.told, lexicon("hi")).split())
        return bool(told & _SUPPLY)

    def _about_work(self) -> bool:
        """Whether it speaks of supply, or of those who work on it."""
        return any(words.generic["nouns"] & set(self._clause.words(words).split()) for words in map(lexicon, LANGUAGES))

    def _cause(self) -> Iterator[tuple[ClaimKind, bool]]:
        """Why the supply is out."""
        reason = self._says("causes", "because") or self._says("causes", "fault")
        found = False
        for name in _CAUSES:
            if self._says("causes", name) and (reason or name in _PLANS):
                known = lexicon("en").causes[name].search(f" {self._facts.causes} ") is not None
                told = any(
                    words.causes[name].search(_spaced(self._facts.told, words)) for words in map(lexicon, LANGUAGES)
                )
                found = True
                if not told or known:
                    yield "status", known
        if not found and self._says("causes", "named") and self._about_work():
            yield "status", False

    def _account(self) -> Iterator[tuple[ClaimKind, bool]]:
        """The category and the load of an account."""
        accounts = self._facts.did("account_info")
        if self._says("facts", "category"):
            for kind in ("domestic", "commercial", "industrial"):
                if self._says("facts", kind):
                    yield "status", any(kind in str(one.get("category", "")).lower() for one in accounts)
        tokens = self._clause.tokens
        for at in range(len(tokens)):
            found = value_at(tokens, at)
            if found is None or at + found[1] >= len(tokens):
                continue
            unit = tokens[at + found[1]]
            if any(
                (unit.fold if words.loose else unit.plain) in words.labels["load"] for words in map(lexicon, LANGUAGES)
            ):
                yield "status", any(_equal(found[0], one.get("load_kw")) for one in accounts)
                return

    def _scene(self) -> Scene:
        facts = self._facts
        named = {number for clause in self._clauses for number in _digits(clause)}
        mine = {status for number, status in facts.statuses.items() if number in named or number.lstrip("0") in named}
        text = "".join(clause.plain for clause in self._clauses)
        by_us = any(f" {word} " in text for word in _BY_US)
        return Scene(facts, frozenset(mine or facts.statuses.values()), by_us, text, topics_of(self._clauses))

    # Times.

    def times(self) -> Iterator[tuple[ClaimKind, bool]]:
        """When something will be."""
        for said in self._times:
            if self._claims_time(said):
                yield "time", self._facts.backs_time(said, ahead=self._is_ahead(said))

    def _claims_time(self, said: SpokenTime) -> bool:
        if isinstance(said, Soon) and self._mood("perhaps", "later"):
            return False
        limit = isinstance(said, Duration) and said.most
        if self._mood("wait", "greeting", "feels") or self._conditional:
            return False
        dated = isinstance(said, Moment) and (said.day is not None or said.weekday is not None)
        exact = isinstance(said, Moment) and (said.minute is not None or 0 not in (said.days or (0,)))
        if self._mood("request") and not (dated and self._money()) and not (exact and self._says("mood", "limit")):
            return False
        if isinstance(said, Duration) and said.sense == "plain" and self._money() and self._per(said):
            return False
        if self._mood("denied") and not limit and not self._says("mood", "limit"):
            return False
        if self._facts.told_time(said) and not self._of_time():
            return False
        if isinstance(said, Duration):
            short = (
                said.most_min <= _PATIENCE_MIN
                and not self._promises()
                and not self._about_work()
                and (" lag" in self._clause.loose or stated(self._clause) != "will")
            )
            return not short or said.sense == "back"
        if exact or dated:
            return True
        return not self._mood("offer", "explains") and (
            self._promises()
            or self._about_work()
            or self._money()
            or self._facts.talks_of_money
            or self._should_be()
            or self._takes()
            or stated(self._clause) == "will"
        )

    def _should_be(self) -> bool:
        """`Shaam tak aa jani chahiye`."""
        return self._clause.loose.endswith(" cahiy ") and self._mood("future")

    def _takes(self) -> bool:
        """`Teen ghante lagenge`: it takes that long."""
        return bool({"lagenge", "lagega", "lagegi"} & set(self._clause.loose.split()))

    def _per(self, said: Duration) -> bool:
        """Whether it is a rate: "150 rupees a day"."""
        return self._clause.tokens[said.start].plain in {"a", "an", "one"} or self._clause.tokens[said.start].fold in {
            "ek",
            "har",
        }

    def _is_ahead(self, said: SpokenTime) -> bool:
        back = isinstance(said, Duration) and said.sense == "back"
        return self._of_time() and not back and sum(len(times_in(clause.tokens)) for clause in self._clauses) == 1

    def _of_time(self) -> bool:
        return self._mood("future") or self._promises()

    def _promises(self) -> bool:
        """Whether the clause speaks of something that others will do."""
        return (
            any(
                words.acts[name].will.search(self._clause.words(words))
                or words.acts[name].done.search(self._clause.words(words))
                for words in map(lexicon, LANGUAGES)
                for name, act in ACTS.items()
                if act.promised and name in words.acts
            )
            or self._money()
        )

    def _money(self) -> bool:
        return self._says("facts", "money")

    # Money.

    def amounts(self) -> Iterator[tuple[ClaimKind, bool]]:
        """Sums of money."""
        for one in self._sums or self._bare_sums():
            yield "amount", self._backs_sum(one)
        if self._says("facts", "share") and self._says("facts", "money"):
            yield "amount", False

    def _bare_sums(self) -> list[Amount]:
        """`Your bill is 2345`: a number where a bill is spoken of, with no word for what it counts."""
        if not self._says("facts", "money") and not self._facts.talks_of_money:
            return []
        tokens, covered = self._clause.tokens, [(one.start, one.end) for one in self._times]
        covered += [
            (one.start, one.end)
            for one in numbers_in(tokens, covered)
            if one.label or one.part or one.known_to(self._facts)
        ]
        out: list[Amount] = []
        at = 0
        while at < len(tokens):
            found = None if any(begins <= at < ends for begins, ends in covered) else value_at(tokens, at)
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
        tokens = self._clause.tokens
        behind, before = tokens[end : end + 1], tokens[max(0, at - 2) : at]
        return any(
            (token.fold if words.loose else token.plain) in words.labels[name]
            for words in map(lexicon, LANGUAGES)
            for name, near in (("units", behind), ("house", before), ("complaint", before), ("other", before))
            for token in near
        )

    def _backs_sum(self, said: Amount) -> bool:
        known = self._facts.amounts
        about = any(
            token.plain in _ABOUT or token.fold in _ABOUT
            for token in self._clause.tokens[max(0, said.start - 2) : said.start]
        )
        whole = "".join(clause.plain + clause.loose for clause in self._clauses)
        for use, words in _USES:
            if any(f" {word} " in whole for word in words):
                return any(_same_sum(said.rupees, one, about=about) for one in known.get(use, ()))
        return any(_same_sum(said.rupees, one, about=about) for sums in known.values() for one in sums)

    # Numbers.

    def numbers(self, *, open_end: bool) -> Iterator[tuple[ClaimKind, bool]]:
        """Numbers of complaints, accounts and telephones."""
        if self._mood("denied"):
            return
        covered = [(one.start, one.end) for one in (*self._times, *(self._sums or self._bare_sums()))]
        for number in numbers_in(self._clause.tokens, covered):
            yield "number", number.backed_by(self._facts, open_end=open_end)


_CAUSES: Final = (
    "cable", "transformer", "feeder", "line", "tree", "weather", "planned", "shedding", "overload", "fuse",
    "animal", "accident",
)  # fmt: skip
_PLANS: Final = frozenset({"planned", "shedding"})
"""Causes that need no word for a cause beside them."""
_PROMISES: Final = frozenset("promise guarantee vada wada vaada garanti bharosa".split())
_OF_THE_TALK: Final = frozenset("digit digits question questions ank anko anka saval savalo".split())
_SHADOWS: Final = {
    "reopen": ("register", "restore", "fix", "cancel", "call_back"),
    "alert": ("escalate", "dispatch", "hand_over"),
    "assign": ("escalate",),
    "hand_over": ("escalate",),
}
"""Acts whose words hold those of others, which are not meant then."""
_BY_US: Final = ("i", "we", "maine", "humne", "hamne", "mene", "hamne", "new", "nayi")
_SUPPLY: Final = frozenset(
    spelling(word)
    for word in (
        "light power electricity supply current bijli batti lait बिजली लाइट बत्ती सप्लाई पावर andhera अंधेरा"
    ).split()
)
_USES: Final = (
    (PER_DAY, ("compensation", "per", "every", "each", "daily", "muavja", "har", "din", "prati", "muaavja", "harjana")),
    (PAID, ("paid", "payment", "received", "last", "got", "bugtan", "picla", "picle", "antim", "akri", "mile", "mila")),
    (DUE, ("due", "bill", "owe", "payable", "outstanding", "bakaya", "bil", "dena", "pending")),
)
"""Words that tell what a sum is for, the surest first."""


def _digits(clause: Clause) -> set[str]:
    return {number.digits for number in numbers_in(clause.tokens, ())}


def _equal(value: Fraction, text: object) -> bool:
    try:
        return Fraction(str(text)) == value
    except ValueError:
        return False


def _same_sum(said: Fraction, known: Fraction, *, about: bool) -> bool:
    """Whether both are one sum; paise may be left out, and "about" is about."""
    if about:
        return abs(said - known) <= known * _NEAR
    return said in {known, known // 1}


def _spaced(text: str, words: Lexicon) -> str:
    return " " + "".join(f"{token.fold if words.loose else token.plain} " for token in tokens_of(text))
