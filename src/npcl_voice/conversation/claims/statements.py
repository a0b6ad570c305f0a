"""What a clause states: that something was done or will be, how a complaint stands, why the supply is out."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from npcl_voice.conversation.claims.acts import ACTS, DOES, STATUSES, Act, backs
from npcl_voice.conversation.claims.facts import DUE
from npcl_voice.conversation.claims.generic import topics_of
from npcl_voice.conversation.claims.lexicon import LANGUAGES, ActWords, Lexicon, lexicon
from npcl_voice.conversation.claims.said import Said, is_any
from npcl_voice.conversation.claims.spoken_numbers import numbers_in
from npcl_voice.meaning.moments import Soon
from npcl_voice.meaning.quantities import value_at
from npcl_voice.meaning.tokens import tokens_of

__all__ = ["Statements"]

_Found = tuple[Literal["time", "amount", "commitment", "status"], bool]

_SHADOWS: Final = {
    "reopen": ("register", "restore", "fix", "cancel", "call_back"),
    "same": ("register", "change", "hand_over", "restore", "call_back", "book_call", "reopen"),
    "urgent": ("escalate",),
    "queue": ("register", "escalate"),
    "alert": ("escalate", "dispatch", "hand_over"),
    "assign": ("escalate", "hand_over", "register", "dispatch"),
    "book_call": ("escalate", "hand_over"),
    "work": ("escalate",),
    "hand_over": ("escalate", "assign", "dispatch", "register"),
}
"""Acts whose words hold those of others, which are not meant then."""
_PLANS: Final = frozenset({"planned", "shedding"})
"""Causes that need no word for a cause beside them."""
_NO_CAUSES: Final = frozenset({"because", "named", "fault"})
_APART: Final = frozenset(
    {
        "nothing_due",
        "no_outage",
        "spared",
        "not_anew",
        "unharmed",
        "safe",
        "sound",
        "anew",
        "unassigned",
        "both",
        "before_long",
    }
)
"""What is claimed by a denial as well."""
_UNSAID: Final = frozenset({"feels", "offer", "request", "explains", "wait", "perhaps", "which"})
"""Moods in which nothing is stated; said behind a thing that is over they do not bear on it."""
_BEHIND: Final = 3
"""In words: so far behind what is to come it may be denied, "restoration time has not been given"."""
_ASIDE: Final = frozenset({"person", "reopen"})
"""Topics that are spoken of beside an act in another clause: "you need not call again"."""
_SHORT: Final = 3
"""In words: "sorted", `dono nipat gaye` speak of what was asked for."""
_EARLY: Final = 5
"""In words: so far from its beginning a clause says that it speaks of "it"."""
_FEW: Final = 6
"""In words: "I have marked it" is no longer, and speaks of what was spoken of before."""
_OVER: Final = frozenset("have has had been was were i we".split())
_KINDS: Final = ("domestic", "commercial", "industrial")


class Statements:
    """Looks for statements in one clause."""

    def __init__(self, said: Said, *, open_end: bool = False) -> None:
        """At an `open_end` a verb may go on: "I have gone" ahead, "I have got" no news."""
        self._said = said
        self._open_end = open_end
        self._facts = said.facts

    def found(self, *, beside: bool) -> Iterator[_Found]:
        """What it states, `beside` a time, a sum or a number or alone, and whether that is backed."""
        if not self._said.is_last and self._said.clause.loose.startswith((" jab ", " jaise hi ")):
            return  # what else happens then is told behind it
        known = [*self._acts(), *self._standing()]
        yield from known
        said, statement = self._said, self._said.statement
        if known or beside or statement is None or said.sentence_has("of_the_talk"):
            return  # what it says beside a number or a time is said by that
        how, clause, start = statement.how, said.clause, 0
        text = clause.plain if statement.english else clause.loose
        if self._open_end and statement.english and statement.end >= len(text):
            return
        if not statement.english:
            start = text.rfind(" ", 0, statement.end - 1)
        governs = set(_UNSAID)
        if statement.is_over(text[: statement.end].split()):
            governs = {mood for mood in _UNSAID if clause.begins.get(mood, 0) < statement.end}
        behind = _BEHIND if how == "will" else 0
        if said.mood(*governs) or clause.denies(start, statement.end, english=statement.english, behind=behind):
            return
        if said.conditional if how == "will" else said.depends:
            return
        later = "later" in clause.moods and (governs == _UNSAID or clause.begins["later"] < statement.end)
        comes_later = later and (how == "done" or not said.is_last or "complaint" in said.topics)
        named = how == "done" and "others" not in said.topics and self._names_known()
        if not comes_later and not named:
            yield "commitment", backs(how, said.topics, said.scene) or (how == "done" and self._means_ours())

    def _names_known(self) -> bool:
        """Whether the sentence names a complaint that a tool has named: then it is told by that number."""
        found = (number for clause in self._said.clauses for number in numbers_in(clause.tokens, ()))
        return any(number.digits.lstrip("0") in {one.lstrip("0") for one in self._facts.complaints} for number in found)

    def _means_ours(self) -> bool:
        """Whether "it is accepted" may speak of what a tool has done."""
        said = self._said
        it = any(is_any(token, "it") for token in said.tokens[:_EARLY]) and said.has("taken_in")
        noted = len(said.tokens) <= _FEW and said.has("notes")
        return (it or noted) and not said.topics - (_ASIDE - topics_of([said.clause])) and bool(self._facts.did(*DOES))

    # Acts.

    def _acts(self) -> Iterator[_Found]:
        short = len(self._said.clause.plain.split()) <= _SHORT and not self._said.mood("denied", "explains")
        if short and self._says_done("finish"):
            yield "commitment", ACTS["finish"].backed(self._said.scene)
            return
        hidden = {other for name, others in _SHADOWS.items() if self._says_done(name) for other in others}
        for words in map(lexicon, LANGUAGES):
            said = self._words[words.loose]
            for name, act in words.acts.items():
                if name not in hidden and act.may_be_in(said):
                    yield from self._act(ACTS[name], act, words)

    @cached_property
    def _words(self) -> tuple[frozenset[str], frozenset[str]]:
        """The words of the clause as English and as Hindi compares them."""
        english, hindi = (frozenset(self._said.clause.words(words).split()) for words in map(lexicon, LANGUAGES))
        return english, hindi

    def _act(self, act: Act, words: ActWords, language: Lexicon) -> Iterator[_Found]:
        said = self._said
        text = said.clause.words(language)
        free = not said.mood("offer") and not said.conditional
        done = words.done.search(text)
        if done is None:
            done = words.done_about.search(text)
            done = done if done is not None and self._about(words, language) else None
        if done is not None and self._is_said(done, language, "explains", "later", "perhaps", offer=language.loose):
            yield act.kind, act.backed(said.scene)
        elif said.mood("explains") or not free:
            return
        elif (
            act.promised
            and not said.mood("request")
            and self._is_said(words.will.search(text), language, behind=_BEHIND)
        ):
            yield act.kind, (act.will_back or act.backed)(said.scene)
        elif act.under_way and self._is_said(words.now.search(text), language, behind=_BEHIND):
            yield act.kind, act.backed(said.scene)

    def _is_said(
        self, found: re.Match[str] | None, language: Lexicon, *unless: str, offer: bool = False, behind: int = 0
    ) -> bool:
        """Whether that is said, and neither denied nor said in one of those moods before it."""
        if found is None:
            return False
        clause = self._said.clause
        if language.loose and self._said.has("by_us"):
            unless = tuple(mood for mood in unless if mood != "perhaps")  # of what one has done one knows
        moods = {*unless, "offer"} if offer else set(unless)
        if not language.loose and not clause.loose.strip():
            before = {mood for mood, begins in clause.begins.items() if begins < found.end()}
            if _OVER.isdisjoint(found.group().split()):
                moods |= {"request", "offer"} & before  # "keep it closed"
            else:
                moods &= before
        return clause.moods.isdisjoint(moods) and not clause.denies(
            found.start(), found.end(), english=not language.loose, behind=behind
        )

    def _says_done(self, name: str) -> bool:
        clause = self._said.clause
        return any(
            (found := words.acts.get(name)) is not None
            and found.may_be_in(self._words[words.loose])
            and found.done.search(clause.words(words)) is not None
            for words in map(lexicon, LANGUAGES)
        )

    def _about(self, words: ActWords, language: Lexicon) -> bool:
        """Whether the sentence speaks of what the act is done to; a complaint's number is not the complaint."""
        whole = " ".join(clause.words(language) for clause in self._said.clauses)
        return words.about.search(language.mood["its_number"].sub(" ", whole)) is not None

    # How things stand.

    def _standing(self) -> Iterator[_Found]:
        said = self._said
        yield from self._in_any_mood()
        if said.mood("denied", "explains", "later") or (said.mood("offer") and said.clause.loose.strip()):
            return
        for name in ("anew", "both"):
            if (name == "both" or said.stated == "done") and said.says("statuses", name):
                yield "commitment", STATUSES[name](said.scene)
        for name in STATUSES:
            told = name == "outage" and self._told_outage()
            if name == "widespread":
                told = not self._extent().isdisjoint(self._caller_words)
            if name not in _APART and not told and said.says("statuses", name):
                yield "status", STATUSES[name](said.scene)
        if (
            not said.mood("perhaps", "which", "request")
            and not said.conditional
            and not ("danger" in said.topics and self._facts.did("hazard"))
        ):
            yield from self._cause()
        yield from self._account()

    def _in_any_mood(self) -> Iterator[_Found]:
        said = self._said
        if said.says("statuses", "nothing_due"):
            yield "amount", 0 in self._facts.amounts.get(DUE, frozenset())
        elif said.says("statuses", "no_outage"):
            yield "status", STATUSES["no_outage"](said.scene)
        if said.says("statuses", "safe") and not said.mood("condition"):
            yield "status", STATUSES["safe"](said.scene)
        if not said.conditional and said.says("statuses", "unassigned"):
            yield "status", STATUSES["unassigned"](said.scene)
        if said.says("statuses", "sound") and not said.conditional and not said.mood("perhaps", "offer", "explains"):
            yield "status", STATUSES["sound"](said.scene)
        for name in ("spared", "not_anew", "unharmed"):
            if said.says("statuses", name):
                yield "commitment", STATUSES[name](said.scene)
        if (
            said.says("statuses", "before_long")
            and not said.mood("perhaps", "which")
            and (said.has("nouns") or said.mood("future"))
        ):
            yield "time", self._facts.backs_time(Soon(0, 0))

    def _told_outage(self) -> bool:
        """Whether it is the caller who says that the supply is out: to repeat it is no news."""
        if self._said.mood("past"):
            return True
        return not self._caller_words.isdisjoint(lexicon("hi").grammar["supply"] | lexicon("en").grammar["supply"])

    @cached_property
    def _caller_words(self) -> frozenset[str]:
        return frozenset(word for token in tokens_of(self._facts.told) for word in (token.plain, token.fold))

    @staticmethod
    def _extent() -> frozenset[str]:
        """The words by which a caller tells who else is in the dark."""
        return lexicon("hi").grammar["extent"] | lexicon("en").grammar["extent"]

    def _cause(self) -> Iterator[_Found]:
        """Why the supply is out; what the caller has named may be repeated, unless a tool knows better."""
        said = self._said
        reason = said.says("causes", "because") or said.says("causes", "fault")
        found = False
        for name, pattern in lexicon("en").causes.items():
            if name not in _NO_CAUSES and (reason or name in _PLANS) and said.says("causes", name):
                found = True
                known = pattern.search(f" {self._facts.causes} ") is not None
                if known or not self._told_cause(name):
                    yield "status", known
        if not found and said.says("causes", "named") and said.has("nouns"):
            yield "status", False

    def _told_cause(self, name: str) -> bool:
        tokens = tokens_of(self._facts.told)
        return any(
            words.causes[name].search(
                " " + "".join(f"{token.fold if words.loose else token.plain} " for token in tokens)
            )
            for words in map(lexicon, LANGUAGES)
        )

    def _account(self) -> Iterator[_Found]:
        """The category and the load of an account."""
        accounts = self._facts.did("account_info")
        if self._said.says("facts", "category"):
            for kind in _KINDS:
                if self._said.says("facts", kind):
                    yield "status", any(kind in str(one.get("category", "")).lower() for one in accounts)
        tokens = self._said.tokens
        for at in range(len(tokens)):
            found = value_at(tokens, at)
            if found is not None and at + found[1] < len(tokens) and is_any(tokens[at + found[1]], "load"):
                yield "status", any(_equal(found[0], one.get("load_kw")) for one in accounts)
                return


def _equal(value: Fraction, text: object) -> bool:
    try:
        return Fraction(str(text)) == value
    except ValueError:
        return False
