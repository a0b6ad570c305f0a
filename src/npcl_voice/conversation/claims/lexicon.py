"""The words by which claims are known, read from `words/<language>.toml` and made ready.

How the patterns are written stands at the top of `words/en.toml`. English is compared as written, Hindi
in its folded spelling; a clause is looked at in both, for callers and assistants mix them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.script import romanised
from npcl_voice.meaning.tokens import spelling

__all__ = ["LANGUAGES", "ActWords", "Lexicon", "lexicon", "read_lexicon"]

LANGUAGES = ("en", "hi")
"""Languages with a file."""

GAP = r"(?:\S+ ){0,3}?"
"""Up to three words of any kind."""
ANY = r"(?:\S+ )*?"
_SIGNS = frozenset({"^", "$", "..", "..."})
UNSAID = re.compile(r"(?!)")
"""Matches nothing: what a language has no words for."""


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    about: str = ""
    past: str = ""
    past_about: str = ""
    base: str = ""
    ing: str = ""
    stems: str = ""
    stems_about: str = ""
    not_before: str = ""
    done: tuple[str, ...] = ()
    will: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: dict[str, str]
    mood: dict[str, tuple[str, ...] | str]
    grammar: dict[str, str]
    topics: dict[str, str]
    labels: dict[str, str]
    acts: dict[str, _Act]
    statuses: dict[str, tuple[str, ...]]
    causes: dict[str, tuple[str, ...] | str]
    facts: dict[str, tuple[str, ...] | str]


class ActWords(msgspec.Struct, frozen=True):
    """How one act is spoken of."""

    done: re.Pattern[str]
    """That it was done, or is being done by others."""
    done_about: re.Pattern[str]
    """The same, where `about` is spoken of, too."""
    about: re.Pattern[str]
    will: re.Pattern[str]
    """That it will be done."""
    now: re.Pattern[str]
    """That the speaker is doing it."""
    needs: frozenset[str] | None
    """Any of these words is in whatever the patterns match; None where that cannot be told."""

    def may_be_in(self, words: frozenset[str]) -> bool:
        """Whether it is worth a look at a clause of these words."""
        return self.needs is None or not self.needs.isdisjoint(words)


class Lexicon(msgspec.Struct, frozen=True):
    """One language, ready for use. Patterns look at clauses: words with a blank before and behind each."""

    loose: bool
    """Whether it is compared folded."""
    mood: Mapping[str, re.Pattern[str]]
    grammar: Mapping[str, frozenset[str]]
    """What `generic` and `clauses` look for."""
    topics: Mapping[str, frozenset[str]]
    labels: Mapping[str, frozenset[str]]
    acts: Mapping[str, ActWords]
    statuses: Mapping[str, re.Pattern[str]]
    causes: Mapping[str, re.Pattern[str]]
    facts: Mapping[str, re.Pattern[str]]
    joins: frozenset[str]
    """Words that begin a clause."""
    triggers: frozenset[str]
    """Words that a claim may end with."""


def read_lexicon(text: str, name: str, *, loose: bool) -> Lexicon:
    """The lexicon in a TOML text. Raises SettingsError (`name`), naming what is wrong."""
    try:
        return _Compiler(msgspec.convert(tomllib.loads(text), _File), loose=loose).lexicon()
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, re.error, KeyError) as error:
        raise SettingsError(name, f"cannot be used: {error}") from None


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one of LANGUAGES."""
    name = f"{language}.toml"
    text = resources.files(__package__).joinpath("words", name).read_text("utf-8")
    return read_lexicon(text, name, loose=language != "en")


class _Compiler:
    """Makes patterns of rows of words."""

    def __init__(self, file: _File, *, loose: bool) -> None:
        self._file = file
        self._loose = loose
        self._classes = {name: self._row(row) for name, row in file.classes.items()}

    def lexicon(self) -> Lexicon:
        """All of it."""
        file = self._file
        build = self._hindi_act if self._loose else self._english_act
        mood = {name: self._any_of(rows) for name, rows in file.mood.items() if not isinstance(rows, str)}
        for name in ("starts_question",):
            words = file.mood.get(name, "")
            mood[name] = self._compiled([rf"\A (?:{self._row(str(words))}) "]) if words else UNSAID
        facts = {name: row for name, row in file.facts.items() if isinstance(row, str)}
        kinds = "|".join(self._row(row) for row in facts.values())
        self._classes["kind"] = kinds
        return Lexicon(
            loose=self._loose,
            mood=mood,
            grammar=self._grammar(),
            topics={name: frozenset(self._words(row)) for name, row in file.topics.items()},
            labels={name: frozenset(self._words(row)) for name, row in file.labels.items()},
            acts={name: build(act) for name, act in file.acts.items()},
            statuses={name: self._any_of(rows) for name, rows in file.statuses.items()},
            causes={name: self._either(rows) for name, rows in file.causes.items()},
            facts={name: self._either(rows) for name, rows in file.facts.items()},
            joins=frozenset(self._words(str(file.mood["joins"]))),
            triggers=self._triggers(),
        )

    def _grammar(self) -> dict[str, frozenset[str]]:
        """Its words; those of `signs` as written, for they tell which language it is."""
        rows = dict(self._file.grammar)
        rows.update({name: row for name, row in self._file.classes.items() if name in {"adverb", "subject"}})
        words = {name: frozenset(self._words(row)) for name, row in rows.items()}
        words["signs"] = frozenset(rows["signs"].split())
        return words

    def _triggers(self) -> frozenset[str]:
        """The verbs of all acts, and what the grammar of `generic` goes by."""
        rows = [
            row
            for act in self._file.acts.values()
            for row in (act.past, act.past_about, act.ing, act.stems, act.stems_about)
        ]
        rows += [
            self._file.grammar.get(name, "")
            for name in ("participles", "simple_past", "states", "done", "perfect", "nouns")
        ]
        rows += [self._file.topics.get("others", "")]
        return frozenset(word for row in rows for word in self._words(row))

    # Acts.

    def _english_act(self, act: _Act) -> ActWords:
        adverbs = rf"(?:(?:{self._classes['adverb']}) ){{0,3}}"
        after = "".join(rf"(?<! {word} )" for word in [*self._file.classes["modal"].split(), "you"])
        behind = rf"(?!(?:{self._row(act.not_before)}) )" if act.not_before else ""
        led = (
            rf"(?<= ){after}(?:{self._classes['auxiliary']}) {adverbs}",
            rf"(?<= )(?:{self._classes['subject']}) {adverbs}",
            rf"\A (?:(?!(?:{self._classes['modal']}|{self._classes['unlike']}) )\S+ ){{0,5}}?",
        )
        past, more = self._row(act.past), self._row(act.past_about)
        will, now = [], []
        if act.base:
            verbs = "|".join(filter(None, (self._row(act.base), past, more)))
            will.append(rf"(?<= )(?:will|shall|going to|about to) {adverbs}(?:be |get )?{adverbs}(?:{verbs}) ")
        if act.ing or past:
            doing = "|".join(filter(None, (self._row(act.ing), rf"being (?:{past})" if past else "")))
            now.append(rf"(?<= )(?:am|is|are) {adverbs}(?:{doing}) ")
        return ActWords(
            done=self._compiled(
                [*(rf"{lead}(?:{past}) {behind}" for lead in led if past), *map(self._pattern, act.done)]
            ),
            done_about=self._compiled([rf"{lead}(?:{more}) {behind}" for lead in led if more]),
            about=self._compiled([rf"(?<= )(?:{self._row(act.about)}) "] if act.about else []),
            will=self._compiled([*will, *map(self._pattern, act.will)]),
            now=self._compiled(now),
            needs=self._needs((*act.done, *act.will), act.past, act.past_about, act.base, act.ing),
        )

    def _hindi_act(self, act: _Act) -> ActWords:
        light, did = self._classes["light"], self._classes["did"]
        behind = rf"(?!(?:{self._row(act.not_before)}) )" if act.not_before else ""
        later = r"(?!(?:ja|jae\S*|jaye\S*|jata|jati|jate|sak\S*|kar\S*) )"
        going = self._classes["going"]

        def done(stems: str) -> list[str]:
            return [rf"(?<= )(?:{stems}) {behind}(?:(?:{light}) ){{0,4}}?(?:{did}) {later}"] if stems else []

        stems, more = self._row(act.stems), self._row(act.stems_about)
        now = [rf"(?<= )(?:{stems}) (?:(?:{light}) ){{0,3}}(?:{going}) "] if stems else []
        return ActWords(
            done=self._compiled([*done(stems), *map(self._pattern, act.done)]),
            done_about=self._compiled(done(more)),
            about=self._compiled([rf"(?<= )(?:{self._row(act.about)}) "] if act.about else []),
            will=self._compiled([*map(self._pattern, act.will)]),
            now=self._compiled(now),
            needs=self._needs((*act.done, *act.will), act.stems, act.stems_about),
        )

    def _needs(self, rows: Iterable[str], *choices: str) -> frozenset[str] | None:
        """Words of which any match of these rows, or of one of these choices, holds one: the fewest of each row."""
        found: set[str] = set()
        for row in (*rows, *("|".join(words.split()) for words in choices if words)):
            items = (item for item in row.split() if item not in _SIGNS and not item.endswith("?"))
            sets = [words for item in items if (words := self._literals(item)) is not None]
            if not sets:
                return None
            found |= min(sets, key=len)
        return frozenset(found)

    def _literals(self, item: str) -> set[str] | None:
        """The first words of its choices; None where one of them has no end or no beginning."""
        out: set[str] = set()
        for word in item.split("|"):
            for one in self._file.classes[word[1:-1]].split() if word.startswith("<") else [word]:
                if "*" in one:
                    return None
                out.add(self._spelled(one.split("_")[0]).split()[0])
        return out

    # Patterns.

    def _any_of(self, rows: tuple[str, ...]) -> re.Pattern[str]:
        return self._compiled(map(self._pattern, rows))

    def _either(self, rows: tuple[str, ...] | str) -> re.Pattern[str]:
        return self._compiled([rf"(?<= )(?:{self._row(rows)}) "]) if isinstance(rows, str) else self._any_of(rows)

    @staticmethod
    def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or UNSAID.pattern)

    def _pattern(self, row: str) -> str:
        """One row of words as a pattern."""
        parts, items = [r"(?<= )"], row.split()
        for item in items:
            match item:
                case "^":
                    parts = [r"\A "]
                case "$":
                    parts.append(r"\Z")
                case "..":
                    parts.append(GAP)
                case "...":
                    parts.append(ANY)
                case _:
                    parts.append(self._item(item))
        return "".join(parts)

    def _item(self, item: str) -> str:
        maybe = "?" if item.endswith("?") else ""
        choices = "|".join(map(self._word, item.removesuffix("?").split("|")))
        return rf"(?:(?:{choices}) ){maybe}"

    def _word(self, word: str) -> str:
        if word.startswith("<"):
            return self._classes[word[1:-1]]
        bare = " ".join(re.escape(self._spelled(part)) for part in word.strip("*").split("_"))
        led = r"\S{2,}" if word.startswith("**") else r"\S*" if word.startswith("*") else ""
        return led + bare + (r"\S*" if word.endswith("*") else "")

    def _row(self, row: str) -> str:
        """Words as choices; a name in angle brackets stands for those of its class."""
        return "|".join(map(self._word, row.split()))

    def _words(self, row: str) -> list[str]:
        return [self._spelled(word) for word in row.split()]

    def _spelled(self, word: str) -> str:
        return spelling(word) if self._loose else romanised(word).lower()
