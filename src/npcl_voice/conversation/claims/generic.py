"""What is said to have been done, or to come, in words that no act is known by.

A model that lies has more words than any list. So each sentence that states something of what has been or will
be done is a claim, whatever it is, unless it is one of the things that an assistant says of itself; and it is
backed only where a tool has answered on its subject.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

from npcl_voice.conversation.claims.clauses import Clause
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon

__all__ = ["Stated", "Statement", "statement_in", "topics_of"]

Stated = Literal["done", "will", "now", "is"]
"""It has been done; it will be; it is being done; it is so."""


class Statement(msgspec.Struct, frozen=True):
    """Something that is stated of the world."""

    how: Stated
    end: int
    """Letters of the clause, as its language compares it, up to the end of the verb that tells it."""
    english: bool

    def is_over(self, words: Collection[str]) -> bool:
        """Whether those words of the verb say that it is done, and no rule: "has been sent", not "is sent"."""
        return self.english and self.how == "done" and not _OVER.isdisjoint(words)


def statement_in(clause: Clause, clauses: Sequence[Clause] = ()) -> Statement | None:
    """What a clause of that sentence states of the world, if anything; its mood is not looked at."""
    about = {word for one in (clause, *clauses) for word in one.loose.split()}
    hindi = _Hindi(clause.loose.split(), about)
    if (how := hindi.stated()) is not None:
        return Statement(how, _letters(clause.loose, hindi.place + 1), english=False)
    if not clause.english:
        return None
    led = _led(clause, clauses)
    english = _English([*led, *clause.plain.split()], carried=bool(led))
    how = english.stated()
    return None if how is None else Statement(how, _letters(clause.plain, english.place + 1 - len(led)), english=True)


def _led(clause: Clause, clauses: Sequence[Clause]) -> list[str]:
    """What of the clause before goes on in one that begins with a verb: "we called them, and sent a crew"."""
    place = next((place for place, one in enumerate(clauses) if one is clause), 0)
    words, grammar = clause.plain.split(), lexicon("en").grammar
    if not place or not words or "told" in clause.moods:
        return []
    first = words[0]
    small = grammar["adverb"] | grammar["particles"] | grammar["nouns"] | grammar["subject"] | _AUXILIARY | _MODAL
    if first in small | _FUTURE | _THINGS | _ANY | {"you", "please", "not", "if", "when", "because", "kindly"}:
        return []
    before = clauses[place - 1].plain.split()
    subject = next((word for word in before if word in grammar["subject"] | {"you"}), "you")
    if subject == "you":
        return []
    if not _FUTURE.isdisjoint(before):
        return [subject, "will"]
    if _is_regular(first) or first in grammar["simple_past"] | grammar["participles"]:
        return [subject]
    return []


def _letters(text: str, words: int) -> int:
    """How many letters so many words take."""
    return sum(len(word) + 1 for word in text.split()[:words]) + 1


def topics_of(clauses: Sequence[Clause]) -> frozenset[str]:
    """What a sentence is about."""
    found = set()
    for words in map(lexicon, LANGUAGES):
        said = {word for clause in clauses for word in clause.words(words).split()}
        found |= {name for name, row in words.topics.items() if row & said}
    return frozenset(found)


_IS: Final = frozenset("is are was were".split())
_AUXILIARY: Final = _IS | frozenset("am have has had been being got gets get".split())
_OVER: Final = frozenset("have has had been was were i we".split())
"""What tells that a thing is done, and not how it is done as a rule."""
_FUTURE: Final = frozenset("will shall gonna".split())
_LED: Final = frozenset("be been being have get getting".split())
"""What may stand between an auxiliary and its verb."""
_MODAL: Final = frozenset("to will shall can could may might must would be".split())
_SPEAKERS: Final = frozenset("i we".split())
_THINGS: Final = frozenset("it that this there what which".split())
_ANY: Final = frozenset("a an every each any all most such no".split())
"""What makes a rule of a sentence: "a complaint is closed when ..."."""
_CALLERS: Final = frozenset({"your", "yours"})
_DETERMINERS: Final = frozenset("the our your that this a an one his her their my its".split())
_GOES: Final = frozenset("went came stayed turned".split())
_RELATES: Final = frozenset("you who which that i we and".split())
"""What begins a clause within a clause: "the number that you gave"."""
_PLACES: Final = frozenset("from of on in at".split())
_HAS_DONE: Final = frozenset({"get", "have"})
_COMES: Final = frozenset("there with over out along at around".split())
"""What tells of whoever will be so that they come."""
_CALLER_GETS: Final = frozenset("be have get receive see hear".split())
"""What is promised to somebody of whom it is said that they should do it."""


class _English:
    """English: an auxiliary, then a participle; `will`, then a verb."""

    def __init__(self, words: Sequence[str], *, carried: bool = False) -> None:
        """Whether who acts is `carried` over from the clause before."""
        self._said = words
        self._carried = carried
        self._words = lexicon("en").grammar
        self.place = 0
        """Of the verb that tells it, among the words."""

    def stated(self) -> Stated | None:
        """The first thing stated."""
        for at, word in enumerate(self._said):
            self.place = at
            found: Stated | None = None
            if word in _FUTURE or (word == "to" and self._at(at - 1) in self._words["going"]):
                found = "will" if self._promises(at) else None
            elif word == "should":
                found = "will" if self._should(at) else None
            elif word in _AUXILIARY:
                found = self._after_auxiliary(at)
            elif self._is_past(at):
                found = "done"
            if found is not None:
                return found
        for at in range(len(self._said)):
            if self._stands(at):
                self.place = at
                return "is"
        return None

    # How things stand.

    def _stands(self, at: int) -> bool:
        """Whether a word says how a thing of the company's stands: "the team is there"."""
        word, subject, nouns = self._said[at], self._subject(at), self._words["nouns"]
        if word in _IS or word in {"stands", "remains"}:
            before = set(self._said[:at])
            if before & _PLACES and "number" not in before and subject not in _THINGS and before & nouns:
                subject = min(before & nouns)  # "the team from your area is"
            said = self._at(at + 1) not in {"", "#", "not", "to"} | self._words["out"]
            return subject in nouns and (not self._is_rule(at) or not _CALLERS.isdisjoint(self._said)) and said
        if word == "now" and self._at(at + 1).endswith("s") and self._at(at + 1) not in _IS | self._words["no_verbs"]:
            return subject not in _SPEAKERS | {"you"}
        if word == "they" and self._verb(at)[1] == "know":
            return True
        if word in self._words["people"] and not self._is_rule(at + 1):
            verb = self._verb(at)[1]
            return (
                verb.endswith("s")
                and verb not in self._words["no_verbs"] | self._words["asks"]
                and len(verb) > len("his")
            )
        return word in self._words["verbs"] and subject in nouns and not self._is_rule(at)

    def _is_rule(self, at: int) -> bool:
        return any(word in _ANY for word in self._said[max(0, at - 4) : at])

    # Words around.

    def _at(self, at: int) -> str:
        return self._said[at] if 0 <= at < len(self._said) else ""

    def _subject(self, at: int) -> str:
        """The word before, adverbs aside."""
        at -= 1
        while self._at(at) in self._words["adverb"] | {"am", "is", "are", "going", "about"}:
            at -= 1
        return self._at(at)

    def _verb(self, at: int) -> tuple[str, str, int]:
        """The verb behind: with `be_` before it where that is said, bare, and its place."""
        led = ""
        at += 1
        while (word := self._at(at)) and (word in self._words["adverb"] or word in _LED or word == "not"):
            led = "be_" if word in _LED and word != "have" else led
            at += 1
        return f"{led}{word}", word, at

    # What is to come.

    def _should(self, at: int) -> bool:
        subject = self._subject(at)
        if subject in _SPEAKERS or not self._promises(at):
            return False
        return subject != "you" or self._at(at + 1) in _CALLER_GETS

    def _promises(self, at: int) -> bool:
        """Whether what `will` says is more than what an assistant does in this call."""
        subject, (verb, bare, place) = self._subject(at), self._verb(at)
        if bare in {"", "#"} | self._words["asks"]:
            return False
        if {self._at(at + 1), bare} & _HAS_DONE and self._at(at + 2) != "to" and self._has_done(place):
            return True
        if self._at(at + 1) == "have" and not self._is_participle(bare):
            return False
        if subject in _SPEAKERS:
            if verb.startswith("be_") and not (self._is_participle(bare) or bare.endswith("ing") or bare in _COMES):
                return False  # "I will be quick"
            return bare not in self._words[f"harmless_{subject}"]
        said = {verb, bare, f"{bare}_{self._at(place + 1)}"}
        if subject == "you":
            return not said & self._words["harmless_you"] and self._words_at(at + 1) != "have_to"
        if bare == "do":
            return self._at(place + 1) != ""  # but "this will do"
        return not said & self._words["harmless_it"]

    def _has_done(self, at: int) -> bool:
        """`get it assigned`, `have somebody sent`: that others are made to do it."""
        harmless = self._words["harmless_i"] | self._words["harmless"]
        return any(
            self._is_participle(word) and harmless.isdisjoint({word, word.removesuffix("ed"), word.removesuffix("d")})
            for word in self._said[at + 1 : at + 4]
        )

    def _words_at(self, at: int) -> str:
        return f"{self._at(at)}_{self._at(at + 1)}"

    # What was done.

    def _after_auxiliary(self, at: int) -> Stated | None:
        word, subject = self._said[at], self._subject(at)
        if self._at(at - 1) in _MODAL:
            return None
        verb, bare, place = self._verb(at)
        if bare in self._words["going"] and self._at(place + 1) == "to":
            return None  # looked at from `to` on
        ing = bare.endswith("ing") and bare not in self._words["no_verb_ends"]
        if ing and word in _IS | {"am", "been"} and len(bare) > len("ring"):
            return "now" if self._is_doing(subject, bare) else None
        if bare == "written" and word in {"is", "are"}:
            return None  # where it stands
        if (
            word == "am"
            or not self._is_participle(bare)
            or self._is_harmless(place)
            or self._tells_caller(place)
            or self._got_words(place)
        ):
            return None
        passive = "be_" in verb or word in _IS | {"got", "been"}
        if (subject == "you" and not passive) or (subject in _SPEAKERS and passive and word not in {"have", "has"}):
            return None
        if word in {"is", "are", "gets"} and self._is_rule(at) and _CALLERS.isdisjoint(self._said):
            return None
        self.place = place
        return "done"

    def _is_doing(self, subject: str, verb: str) -> bool:
        if subject in _SPEAKERS:
            return verb not in self._words["harmless_ing"]
        return subject != "you" and subject not in _THINGS | self._words["household"] | self._words["machines"]

    def _is_harmless(self, at: int) -> bool:
        """Whether that participle claims nothing."""
        said = self._said[at]
        others = self._words["people"] | self._words["subject"]
        if said in self._words["witnessed"] and not (others - _SPEAKERS).isdisjoint(self._said[:at]):
            return False
        if said in {"made", "taken"} and {"note", "notes"} & set(self._said[at : at + 4]):
            said = "noted"
        if said == "noted" and self._words["serious"] & set(self._said):
            return False
        return said in self._words["harmless"]

    def _got_words(self, at: int) -> bool:
        """`I have got your number`."""
        mine = self._subject(at) in _SPEAKERS or (
            self._at(at - 1) in {"have", "has"} and self._subject(at - 1) in _SPEAKERS
        )
        return mine and self._at(at) in {"got", "gotten"} and self._at(at + 1) in {"your", "the", "it", "that", "all"}

    def _tells_caller(self, at: int) -> bool:
        """`I have told you`, but not `I have told them`, nor `they have been told`."""
        if (
            self._at(at) not in self._words["telling"]
            or self._at(at - 1) in _IS | {"been"}
            or self._at(at - 2) == "been"
        ):
            return False
        after = self._at(at + 1)
        return after in {"you", "me", "us", "about", "to", ""} or (after == "for" and self._at(at + 2) == "your")

    def _is_participle(self, word: str) -> bool:
        return _is_regular(word) or word in self._words["participles"]

    def _is_past(self, at: int) -> bool:
        """`we sent`, `the crew fixed`: a verb right behind who did it."""
        word = self._said[at]
        if not (_is_regular(word) or word in self._words["simple_past"]) or word in self._words["harmless"]:
            return False
        if self._tells_caller(at) or self._got_words(at):
            return False
        if self._carried and at == 1:
            return word not in self._words["troubles"] and (self._at(2) in self._words["particles"] or not self._at(2))
        return self._subject(at) in self._words["subject"] or self._noun_acts(at)

    def _noun_acts(self, at: int) -> bool:
        """`the vigilance cell raided that shop`: a verb behind a thing's name, and no adjective before one."""
        before, after = self._said[:at], self._at(at + 1)
        if len(before) <= 1 or before[0] not in _DETERMINERS or self._said[at] in self._words["troubles"]:
            return False
        if not (_AUXILIARY | _FUTURE | _MODAL | _RELATES | self._words["household"]).isdisjoint(before[1:]):
            return False
        if not self._words["supply"].isdisjoint(before) and self._said[at] in _GOES:
            return False  # when the lights went
        return after in self._words["particles"] - self._words["befalls"] or not after


def _is_regular(word: str) -> bool:
    return word.endswith("ed") and len(word) > len("need") and word not in lexicon("en").grammar["no_verb_ends"]


_FUTURE_ENDS: Final = re.compile(r"\S+(?:ega|egi|enge|oga|ogi|onge)")
_MY_FUTURE_ENDS: Final = re.compile(r"\S+(?:ungi|unga)")
_MY_ENDING: Final = re.compile(r"(?:ungi|unga)$")
_INFINITIVE: Final = re.compile(r"\S+(?:na|ni|ne)")
_GOES_ON: Final = frozenset("raha rahi rahe".split())
_ABOUT_TO: Final = frozenset("vala vali vale".split())
_ME: Final = frozenset("hu ho".split())
_HAS_TO: Final = frozenset("pada padi pade padega padegi padenge".split())
_SMALL: Final = frozenset("hi bi to kar ja ho ji".split())
"""What may stand between a verb and what stands behind it."""


class _Hindi:
    """Hindi, folded: the verb stands at the end, and what is done is told by what stands behind it."""

    def __init__(self, words: Sequence[str], about: Collection[str]) -> None:
        """`about` are all words of the sentence."""
        self._said = words
        self._all = set(words)
        self._about = set(about)
        self._words = lexicon("hi").grammar
        self.place = 0
        """Of the verb that tells it, among the words."""

    def stated(self) -> Stated | None:
        """The last thing stated, for the verb stands last."""
        for at in reversed(range(len(self._said))):
            word, following = self._said[at], self._next(at)
            self.place = at
            if _MY_FUTURE_ENDS.fullmatch(word):
                return None if self._is_own(at) else "will"
            if _FUTURE_ENDS.fullmatch(word):
                return "will" if self._promises(at) else None
            if word in _GOES_ON:
                return "now" if self._goes_on(at) else None
            if word.endswith(("ti", "ta")) and following in _ME:
                return "will" if self._does(at) else None
            if word in _ABOUT_TO and following in self._words["is"] and _INFINITIVE.fullmatch(self._main(at)):
                return "will"
            if self._is_perfect(at):
                return "done" if self._was_done(at) else None
        self.place = len(self._said) - 1
        return "is" if self._stands() else None

    def _is_perfect(self, at: int) -> bool:
        word, following = self._said[at], self._next(at)
        copula = following in self._words["is"]
        if word in self._words["done"]:
            return copula or following in {""} | self._words["behind"] | self._words["done"]
        return word in self._words["perfect"] and (copula or not following)

    def _stands(self) -> bool:
        """Whether it says how a thing of the company's stands: `supply vahan chalu hai`."""
        if len(self._said) <= 2 or self._caller_acts():
            return False
        if self._said[-1] != "he":
            return "he" in self._said[-4:] and not self._all.isdisjoint(self._words["people"]) and len(self._said) > 4
        habit = self._said[-2]
        if habit.endswith(("ti", "ta")) and habit[:-2] in self._words["own"]:
            return False  # what it does as a rule
        return bool(
            self._all & self._words["people"]
            or self._tells_entry()
            or (self._all & self._words["nouns"] and self._all & self._words["predicates"])
        )

    def _tells_entry(self) -> bool:
        """Whether it says how the caller's complaint stands: `aapki shikayat hamare paas hai`."""
        mine = self._all & self._words["entries"] and self._all & self._words["mine"]
        return bool(mine) and self._all.isdisjoint(self._words["numbers"] | self._words["grave"])

    # Words around.

    def _next(self, at: int) -> str:
        return self._said[at + 1] if at + 1 < len(self._said) else ""

    def _main(self, at: int) -> str:
        at -= 1
        while at > 0 and self._said[at] in _SMALL:
            at -= 1
        return self._said[at] if at >= 0 else ""

    def _near(self, at: int) -> set[str]:
        return set(self._said[max(0, at - 3) : at + 1])

    def _caller_acts(self) -> bool:
        return not self._all.isdisjoint({"ap", "aapne"})

    # What is to come, and what goes on.

    def _since(self) -> bool:
        """Whether it says how long something has gone on: `do din se`."""
        return any(one in self._words["spans"] and other == "se" for one, other in pairwise(self._said))

    def _does(self, at: int) -> bool:
        """`bhijwati hoon`: what we are about to do."""
        own = self._said[at][:-2] in self._words["own"] | self._words["harmless_ing"]
        return not own and not set(self._said[max(0, at - 2) : at]) & self._words["harmless_ing"]

    def _is_own(self, at: int) -> bool:
        """Whether `bataungi` is but what an assistant does in the call."""
        own = self._words["own"] | self._words["harmless_ing"]
        stem = _MY_ENDING.sub("", self._said[at])
        return stem in own - {"kar", "de", "le"} or not own.isdisjoint(self._said[max(0, at - 2) : at])

    def _promises(self, at: int) -> bool:
        word, near, infinitive = self._said[at], self._near(at), bool(_INFINITIVE.fullmatch(self._main(at)))
        if word in _HAS_TO:
            return not infinitive
        if self._main(at).endswith(("te", "ti", "ta")) and word.startswith("rah"):
            return not self._caller_acts() and not near & self._words["speaking"]  # `batate rahenge`
        if word.startswith("lag") and self._main(at).endswith("ne"):
            return True  # `calne lagega`
        if word in self._words["harmless_will"]:
            return word.startswith("ho") and not infinitive and not near & self._words["good"]
        if word.endswith("enge") and self._caller_acts() and self._all.isdisjoint({"hum", "ham"}):
            return False
        if "mil" in {word[:3], self._main(at)[:3]} and near & {"par", "pe"}:
            return False  # where it is found
        return not near & self._words["hearing"] and not any(one.startswith(("puc", "mang")) for one in near)

    def _goes_on(self, at: int) -> bool:
        if self._next(at) in _ME:
            return not self._near(at) & self._words["harmless_ing"]
        if self._all & self._words["machines"] and self._all.isdisjoint(self._words["entries"]):
            return False
        return not self._caller_acts() and not self._near(at) & self._words["speaking"] and not self._since()

    # What was done.

    def _was_done(self, at: int) -> bool:
        word, following, near = self._said[at], self._next(at), self._near(at)
        if word in _HAS_TO and _INFINITIVE.fullmatch(self._main(at)):
            return False  # it had to
        if word.startswith(("ga", "hu")) and self._main(at) in self._words["spans"]:
            return False  # so long it has been
        if following.startswith("sak") or following in self._words["not_behind"] or self._has_gone(at):
            return False
        if self._said[0] == "ap" or near & self._words["harmless"] or "avaj" in self._all or "aapne" in self._all:
            return False
        own = word in self._words["for_oneself"] or self._all & self._words["address"]
        if own and near & self._words["noting"] and not self._words["serious"] & self._about:
            return False
        return not (near & self._words["telling"] and self._all & self._words["to_caller"])

    def _has_gone(self, at: int) -> bool:
        """Whether it says that the caller's supply has gone."""
        gone = self._near(at) & self._words["gone"] or self._main(at) in self._words["supply"]
        return bool(gone and self._all & self._words["supply"] and self._said[at] in self._words["went"])
