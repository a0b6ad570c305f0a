"""What is said to have been done, or to come, in words that no act is known by.

A model that lies has more words than any list. So each sentence that states something of what has been or will
be done is a claim, whatever it is, unless it is one of the things that an assistant says of itself; and it is
backed only where a tool has answered on its subject.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Final, Literal

import msgspec

from npcl_voice.conversation.claims.clauses import Clause
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.meaning.tokens import spelling

__all__ = ["Stated", "stated", "topics_of"]

Stated = Literal["done", "will", "now", "is"]
"""It has been done; it will be; it is being done; it is so."""

_AUX: Final = frozenset("have has had is are was were been being got gets get".split())
_FUTURE: Final = frozenset({"will", "shall", "gonna"})
_SKIPPED: Final = frozenset({"be", "been", "being", "have", "get", "getting"})
_SPEAKERS: Final = frozenset({"i", "we"})
_EXPLAINS: Final = frozenset({"a", "an", "every", "each", "any", "all", "most", "such", "no"})
_SERIOUS: Final = frozenset(
    "patient oxygen ventilator dialysis medical theft emergency need needs baby infant ill".split()
)
"""What is noted by a tool, and not only by the ear."""
_OUT: Final = frozenset("out off gone dark down away missing dim flickering very too so high low".split())
"""How a caller finds the supply, the meter or the bill."""
_NO_VERBS: Final = frozenset("this does has was always perhaps plus unless less minutes hours days".split())
_BEHIND: Final = frozenset(
    (
        "",
        *map(
            spelling,
            "maine humne hamne usne unhone isne sab aapka aapki aapko ji na hi bhi ab abhi kal aaj wapas ki".split(),
        ),
    )
)
"""What may stand behind a verb at the end of what is said."""
_ASKS: Final = frozenset("ask asks asked need needs want wants depend depends decide decides".split())
"""What others do that is no promise."""
_TELLS: Final = frozenset("it that this there what which".split())
_HINDI_FUTURE: Final = re.compile(r"\S+(?:ega|egi|enge|oga|ogi|onge)")
_MY_FUTURE: Final = re.compile(r"\S+(?:ungi|unga)")
_INFINITIVE: Final = re.compile(r"\S+(?:na|ni|ne)")
_SUPPLY: Final = frozenset("bijli ligt lait bati pover karant current suply saplai saplae".split())
_OWN: Final = frozenset(
    "bat kar kar ja rah cah samaj samj jan man sak dek bata de le kah keh puc bol maf so rak".split()
)
"""Stems of what an assistant does of itself: `samajhti hoon`, `chahti hoon`."""
_IS: Final = frozenset("he hai hain hu ho ta ti te hog hoga hogi".split())


def stated(clause: Clause, clauses: Sequence[Clause] = ()) -> Stated | None:
    """What a clause of that sentence states of the world, if anything; its mood is not looked at."""
    about = {word for one in (clause, *clauses) for word in one.loose.split()}
    found = _Hindi(clause.loose.split(), about).stated()
    return found or (_English(clause.plain.split()).stated() if clause.english else None)


def topics_of(clauses: Sequence[Clause]) -> frozenset[str]:
    """What a sentence is about."""
    found = set()
    for words in map(lexicon, LANGUAGES):
        said = {word for clause in clauses for word in clause.words(words).split()}
        found |= {name for name, row in words.topics.items() if row & said}
    return frozenset(found)


class _Words(msgspec.Struct, frozen=True):
    """The words of one language's grammar."""

    sets: dict[str, frozenset[str]]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.sets[name]


@cache
def _grammar(language: str) -> _Words:
    return _Words(dict(lexicon(language).generic))


class _English:
    """English: an auxiliary, then a participle; `will`, then a verb."""

    def __init__(self, words: Sequence[str]) -> None:
        self._said = words
        self._words = _grammar("en")

    def stated(self) -> Stated | None:
        """The first thing stated."""
        for at, word in enumerate(self._said):
            if word in _FUTURE or (word == "to" and self._before(at, "going", "about", "set", "bound")):
                if self._promises(at):
                    return "will"
            elif word == "should" and self._subject(at) not in {"i", "we"} and self._promises(at):
                if self._subject(at) != "you" or self._at(at + 1) in {"be", "have", "get", "receive", "see", "hear"}:
                    return "will"
            elif word in _AUX or word == "am":
                if (found := self._after_auxiliary(at)) is not None:
                    return found
            elif self._is_past(at):
                return "done"
        return "is" if self._stands() else None

    def _stands(self) -> bool:
        """Whether it says how a thing of the company's stands: "the team is there"."""
        for at, word in enumerate(self._said):
            if word in {"is", "are", "was", "were", "stands", "remains"}:
                subject, before = self._subject(at), set(self._said[:at])
                phrase = before & {"from", "of", "on", "in", "at"} and "number" not in before and subject not in _TELLS
                if phrase and before & self._words["nouns"]:
                    subject = min(before & self._words["nouns"])
                said = self._at(at + 1) not in {"", "#", "not", "to", *_OUT}
                if subject in self._words["nouns"] and not self._explains(at) and said:
                    return True
            elif word in self._words["people"] and not self._explains(at + 1):
                verb = self._verb(at)[1]
                if verb.endswith("s") and verb not in _NO_VERBS | _ASKS and len(verb) > len("his"):
                    return True
            elif word in self._words["verbs"] and self._subject(at) in self._words["nouns"] and not self._explains(at):
                return True
        return False

    def _at(self, at: int) -> str:
        return self._said[at] if 0 <= at < len(self._said) else ""

    def _before(self, at: int, *words: str) -> bool:
        return self._at(at - 1) in words

    def _subject(self, at: int) -> str:
        """The word before, adverbs aside."""
        at -= 1
        while self._at(at) in self._words["adverb"] or self._at(at) in {"am", "is", "are", "going", "about"}:
            at -= 1
        return self._at(at)

    def _verb(self, at: int) -> tuple[str, str, int]:
        """The verb behind: with `be` before it where that is said, bare, and its place."""
        led = ""
        at += 1
        while (word := self._at(at)) and (word in self._words["adverb"] or word in _SKIPPED or word == "not"):
            led = "be_" if word in _SKIPPED and word != "have" else led
            at += 1
        return f"{led}{word}", word, at

    def _promises(self, at: int) -> bool:
        subject, (verb, bare, place) = self._subject(at), self._verb(at)
        if not bare and not verb:
            return False
        whole = f"{bare}_{self._at(place + 1)}"
        if bare == "#" or (self._at(at + 1) == "have" and not self._is_participle(bare)):
            return False
        if bare in _ASKS:
            return False
        if subject == "i":
            return bare not in self._words["harmless_i"]
        if subject == "we":
            return bare not in self._words["harmless_we"]
        if subject == "you":
            have = self._at(at + 1) == "have"
            harmless = self._words["harmless_you"]
            return not (
                {verb, bare, whole} & harmless
                or (have and bare == "")
                or (self._at(at + 1) + "_to" in harmless and self._at(at + 2) == "to")
            )
        if bare == "do":
            return self._at(place + 1) != ""  # but "this will do"
        return not ({verb, bare, whole} & self._words["harmless_it"])

    def _after_auxiliary(self, at: int) -> Stated | None:
        subject = self._subject(at)
        if self._before(at, "to", "will", "shall", "can", "could", "may", "might", "must", "would", "be"):
            return None
        verb, bare, place = self._verb(at)
        passive = "be_" in verb or self._at(at) in {"is", "are", "was", "were", "got", "been"}
        if (
            bare.endswith("ing")
            and self._at(at) in {"is", "am", "are", "was", "were", "been"}
            and len(bare) > len("ring")
        ):
            busy = subject in _SPEAKERS or subject == "you" or subject in _TELLS
            return None if busy and (subject not in _SPEAKERS or bare in self._words["harmless_ing"]) else "now"
        if bare == "written" and self._at(at) in {"is", "are"}:
            return None  # where it stands
        if bare in {"made", "taken"} and {"note", "notes"} & set(self._said[place : place + 4]):
            bare = "noted"
        noted = bare == "noted" and bool(set(self._said) & _SERIOUS)
        if (
            not self._is_participle(bare)
            or (bare in self._words["harmless"] and not noted)
            or self._tells_caller(place)
            or self._got_words(place)
        ):
            return None
        if (subject == "you" and not passive) or (
            subject in _SPEAKERS and passive and self._at(at) not in {"have", "has"}
        ):
            return None
        if self._at(at) in {"is", "are", "gets"} and self._explains(at) and "your" not in self._said:
            return None
        return "done"

    def _got_words(self, at: int) -> bool:
        """`I have got your number`."""
        mine = self._subject(at) in _SPEAKERS or (
            self._at(at - 1) in {"have", "has"} and self._subject(at - 1) in _SPEAKERS
        )
        return mine and self._at(at) in {"got", "gotten"} and self._at(at + 1) in {"your", "the", "it", "that", "all"}

    def _tells_caller(self, at: int) -> bool:
        """`I have told you`, but not `I have told them`, nor `they have been told`."""
        told = self._at(at) in self._words["telling"]
        passive = self._at(at - 1) in {"been", "is", "was", "are", "were"} or self._at(at - 2) == "been"
        after = self._at(at + 1)
        return (
            told
            and not passive
            and (after in {"you", "me", "us", "about", "to", ""} or (after == "for" and self._at(at + 2) == "your"))
        )

    def _explains(self, at: int) -> bool:
        return any(word in _EXPLAINS for word in self._said[max(0, at - 4) : at])

    def _is_participle(self, word: str) -> bool:
        regular = word.endswith("ed") and len(word) > len("need")
        return regular or word in self._words["participles"]

    def _is_past(self, at: int) -> bool:
        """`we sent`, `the crew fixed`: a verb right behind who did it."""
        word = self._at(at)
        past = (word.endswith("ed") and len(word) > len("need")) or word in self._words["simple_past"]
        if not past or word in self._words["harmless"] or self._tells_caller(at) or self._got_words(at):
            return False
        return self._subject(at) in self._words["subject"]


class _Hindi:
    """Hindi: the verb stands at the end, and what is done is told by what stands behind it."""

    def __init__(self, words: Sequence[str], about: Collection[str]) -> None:
        """`about` are all words of the sentence."""
        self._said = words
        self._about = about
        self._words = _grammar("hi")

    def stated(self) -> Stated | None:
        """The last thing stated, for the verb stands last."""
        for at in reversed(range(len(self._said))):
            word = self._said[at]
            if _MY_FUTURE.fullmatch(word):
                return None
            if _HINDI_FUTURE.fullmatch(word):
                return "will" if self._promises(at) else None
            if word in {"raha", "rahi", "rahe"}:
                return "now" if self._goes_on(at) else None
            if word.endswith(("ti", "ta")) and self._next(at) in {"hu", "ho"}:
                return "will" if self._does(at) else None
            if word in {"vala", "vali", "vale"} and self._next(at) in _IS and _INFINITIVE.fullmatch(self._main(at)):
                return "will"
            ends = self._next(at) in _IS | _BEHIND | self._words["done"]
            if (word in self._words["done"] and ends) or (
                word in self._words["perfect"] and (self._next(at) in _IS or at == len(self._said) - 1)
            ):
                return "done" if self._was_done(at) else None
        return "is" if self._stands() else None

    def _stands(self) -> bool:
        """Whether it says how a thing of the company's stands: `supply vahan chalu hai`."""
        last = self._said[-1] if self._said else ""
        if last not in {"he", "hai"} or self._caller_acts() or len(self._said) <= len("ok"):
            return False
        if self._said[-2].endswith(("ti", "ta")) and self._said[-2][:-2] in _OWN:
            return False  # what it does as a rule
        words = set(self._said)
        return bool(
            words & self._words["people"] or (words & self._words["nouns"] and words & self._words["predicates"])
        )

    def _does(self, at: int) -> bool:
        """`bhijwati hoon`: what we are about to do."""
        verb = self._said[at][:-2]
        if verb in _OWN or verb in set(self._words["harmless_ing"]):
            return False
        return not (set(self._said[max(0, at - 2) : at]) & self._words["harmless_ing"])

    def _next(self, at: int) -> str:
        return self._said[at + 1] if at + 1 < len(self._said) else ""

    def _main(self, at: int) -> str:
        at -= 1
        while at > 0 and self._said[at] in {"hi", "bi", "to", "kar", "ja", "ho", "ji"} and at > 0:
            at -= 1
        return self._said[at] if at >= 0 else ""

    def _near(self, at: int) -> set[str]:
        return set(self._said[max(0, at - 3) : at + 1])

    def _caller_acts(self) -> bool:
        return "ap" in self._said or "aapne" in self._said

    def _promises(self, at: int) -> bool:
        word = self._said[at]
        if word in {"padega", "padegi", "padenge"}:
            return not _INFINITIVE.fullmatch(self._main(at))
        if word in self._words["harmless_will"]:
            return (
                word in {"hoga", "hogi", "honge"}
                and not _INFINITIVE.fullmatch(self._main(at))
                and not (self._near(at) & self._words["good"])
            )
        if word.endswith("enge") and self._caller_acts() and not ({"hum", "ham"} & set(self._said)):
            return False
        if word.startswith("mil") and {"par", "pe"} & self._near(at):
            return False  # where it is found
        return not (self._near(at) & {"samaj", "pata", "dek", "bata", "sun"}) and not any(
            one.startswith(("puc", "mang")) for one in self._near(at)
        )

    def _goes_on(self, at: int) -> bool:
        mine = self._next(at) in {"hu", "ho"}
        if mine:
            return not (self._near(at) & self._words["harmless_ing"])
        return not self._caller_acts() and not (
            self._near(at) & {"bol", "keh", "kah", "samaj", "lag", "bata", "suna", "dik"}
        )

    def _was_done(self, at: int) -> bool:
        following = self._next(at)
        gone = self._near(at) & {"gayi", "ge", "gai", "gul", "cali", "cala"} or self._main(at) in _SUPPLY
        if gone and _SUPPLY & set(self._said) and self._said[at] in {"gayi", "ge", "gaya", "gai", "hui", "hua"}:
            return False  # the caller's supply has gone
        if self._said[at] in {"pada", "padi", "pade"} and _INFINITIVE.fullmatch(self._main(at)):
            return False  # it had to
        if following.startswith("sak") or following in {"ja", "jae", "jaye", "jata", "jati", "jana", "kare", "to"}:
            return False
        if self._near(at) & self._words["harmless"] or "avaj" in self._said:
            return False
        own = self._said[at] in {"li", "lia", "rak", "raki", "raka"} or {"nam", "pata", "makan", "adres"} & set(
            self._said
        )
        if (
            own
            and self._near(at) & {"lik", "lika", "liki", "note", "not"}
            and not (self._words["serious"] & set(self._about))
        ):
            return False  # for oneself
        if self._near(at) & self._words["telling"] and {"apko", "aapne", "muje"} & set(self._said):
            return False
        return "aapne" not in self._said
