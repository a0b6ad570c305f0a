"""What a synthetic caller says next: a story, the words that were heard, and nothing else.

The caller does not know the assistant's sentences. It listens for the words that carry the meaning
of a question (`scenarios/cues.toml`), answers from its facts, compares numbers that are read back
with its own, and remembers the complaint numbers that it was told.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Literal

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.numbers import number_runs

__all__ = ["Cue", "Cues", "Reply", "Scenario", "Script", "load_cues", "load_scenario", "scenario_names"]

_TOLD_DIGITS = 9
"""Digits of a complaint number, which is what a caller writes down."""
_PARDONS = 1
"""How often in a row the caller asks to hear a number again before it says that it is wrong."""


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the assistant's, as it is recognised, and what is done about it."""

    name: str
    words: tuple[str, ...]
    """Alternatives: terms in their order, up to three other words between two of them; `a|b` is
    either word, `*` any twenty words."""
    say: str = ""
    keys: str = ""
    compare: tuple[str, ...] = ()
    """Facts that are read back."""
    does: Literal["", "again", "rest", "wait", "leave", "open"] = ""

    def end_in(self, heard: str) -> int:
        """Where in the words heard (lower case, single blanks) the last such question ends; -1 for none."""
        ends = [found.end() for line in self.words for found in _pattern(line).finditer(heard)]
        return max(ends, default=-1)


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All cues, and what is said whatever the story."""

    cue: tuple[Cue, ...]
    """The question that ends last is the one to be answered; of two that end together, the first here."""
    unknown: str
    """Said when a fact is asked for that the caller does not have."""
    right: str
    wrong: str
    pardon: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One story."""

    title: str
    opening: str
    """What the caller wants, in its own words."""
    facts: dict[str, str]
    """What the caller knows: `consumer_number`, `complaint_number`, `phone`, `name`, `area`, `house`, `menu_key`."""
    voice: str = "slt"
    """The caller's voice; never the assistant's."""
    caller_number: str | None = None
    """The number the line shows."""
    answers: dict[str, str] = {}
    """Answers that differ from the cues' own, by the cue's name."""


class Reply(msgspec.Struct, frozen=True):
    """What the caller does next; all empty means that it waits."""

    say: str = ""
    """Words, numbers as unbroken digits."""
    keys: str = ""
    leaves: bool = False
    cue: str = ""
    """What it answers, for whoever follows."""


class Script:
    """Follows one call of one story."""

    def __init__(self, scenario: Scenario, cues: Cues) -> None:
        """A call that has not begun."""
        self.scenario = scenario
        self.heard_numbers: list[str] = []
        """Complaint numbers that the caller was told, in order, each once."""
        self._cues = cues
        self._last = Reply()
        self._pardons: Counter[str] = Counter()
        self._opened = False

    def reply(self, heard: str) -> Reply:
        """What to do about these words of the assistant's."""
        text = " ".join(re.findall(r"[a-z0-9']+", heard.lower()))
        words = frozenset(text.split())
        runs = [run.digits() for run in number_runs(heard)]
        cue = max(self._cues.cue, key=lambda cue: cue.end_in(text))
        if cue.end_in(text) < 0:
            return self._follow(None, words, runs)
        return self._follow(cue, words, runs)

    def _follow(self, cue: Cue | None, words: frozenset[str], runs: list[str]) -> Reply:
        """The reply to a cue, and what is remembered of the words around it."""
        reply = self._missed() if cue is None else self._answer(cue, words, runs)
        if cue is None or not cue.compare:
            told = [run for run in runs if len(run) == _TOLD_DIGITS and not self._is_own(run)]
            self.heard_numbers += [run for run in dict.fromkeys(told) if run not in self.heard_numbers]
            if told:
                self._pardons.clear()
            garbled = not told and reply.cue == "anything_else" and {"your", "number", "is"} <= words
            if garbled and self._may_ask_again(reply.cue):
                return Reply(self._cues.pardon, cue=reply.cue)
        if (reply.say or reply.keys) and reply.say != self._cues.pardon:
            self._last = reply
        return reply

    def _is_own(self, run: str) -> bool:
        """Whether a number is one of the caller's, with digits lost on the way: a read-back in a failing sound."""
        return any(len(fact) > len(run) and _is_thinned(run, fact) for fact in self.scenario.facts.values())

    def once_more(self) -> Reply:
        """The last answer again, for an assistant that did not react to it."""
        return self._last if self._last != Reply() else self._open("")

    def _answer(self, cue: Cue, words: frozenset[str], runs: list[str]) -> Reply:
        """The reply to a question that was understood."""
        match cue.does:
            case "again":
                return self.once_more()
            case "wait":
                return Reply(cue=cue.name)
            case "leave":
                return Reply(leaves=True, cue=cue.name)
            case "open":
                return self._open(cue.name)
            case "rest":
                return self._rest(cue, runs)
        if cue.compare:
            return self._compare(cue, words, runs)
        if cue.keys:
            return Reply(keys=self._filled(cue.keys), cue=cue.name) if self._knows(cue.keys) else self._unknown(cue)
        text = self.scenario.answers.get(cue.name, cue.say)
        return Reply(self._filled(text), cue=cue.name) if self._knows(text) else self._unknown(cue)

    def _open(self, cue: str) -> Reply:
        """Say what the call is about."""
        self._opened = True
        return Reply(self._filled(self.scenario.opening), cue=cue)

    def _missed(self) -> Reply:
        """Nothing was understood: the story begins all the same; later it is asked for again."""
        return Reply(self._cues.pardon) if self._opened else self._open("")

    def _unknown(self, cue: Cue) -> Reply:
        return Reply(self._cues.unknown, cue=cue.name)

    def _compare(self, cue: Cue, words: frozenset[str], runs: list[str]) -> Reply:
        """Yes or no to what was read back; a number of another length was perhaps misheard here."""
        facts = [self.scenario.facts.get(name, "") for name in cue.compare]
        if all(_is_in(fact, words, runs) for fact in facts):
            self._pardons.clear()
            return Reply(self._cues.right, cue=cue.name)
        number = facts[0]
        misheard = number.isdigit() and all(len(run) != len(number) for run in runs)
        if misheard and self._may_ask_again(cue.name):
            return Reply(self._cues.pardon, cue=cue.name)
        self._pardons.clear()
        return Reply(self._cues.wrong, cue=cue.name)

    def _may_ask_again(self, cue: str) -> bool:
        self._pardons[cue] += 1
        return self._pardons[cue] <= _PARDONS

    def _rest(self, cue: Cue, runs: list[str]) -> Reply:
        """The digits that follow those that were understood, or all of them again."""
        number = next((run for run in re.findall(r"\d+", self._last.say) if len(run) > 4), "")
        got = "".join(runs)
        return Reply(number[len(got) :] if number.startswith(got) and got != number else number, cue=cue.name)

    def _knows(self, text: str) -> bool:
        return all(name in self.scenario.facts for _, name, _, _ in Formatter().parse(text) if name)

    def _filled(self, text: str) -> str:
        return text.format_map(self.scenario.facts)


@cache
def _pattern(line: str) -> re.Pattern[str]:
    """One alternative of a cue as an expression over the words heard."""
    pattern, gap = "", r"\b"
    for term in line.split():
        if term == "*":
            gap = r"(?: \S+){0,20}? "
        else:
            pattern += f"{gap}(?:{term})"
            gap = r"(?: \S+){0,3}? "
    return re.compile(pattern + r"\b")


def _is_thinned(part: str, whole: str) -> bool:
    """Whether `part` is `whole` with characters left out."""
    rest = iter(whole)
    return all(character in rest for character in part)


def _is_in(fact: str, words: frozenset[str], runs: list[str]) -> bool:
    """Whether a fact was read back: a number as a number, a name by its words."""
    if fact.isdigit():
        return fact in runs
    return bool(fact) and set(re.findall(r"[a-z]+", fact.lower())) <= words


def scenario_names() -> list[str]:
    """The stories there are."""
    names = (file.name for file in files("npcl_voice.rehearsal.scenarios").iterdir())
    return sorted(name[:-5] for name in names if name.endswith(".toml") and name != "cues.toml")


def load_scenario(name: str) -> Scenario:
    """The story of that name. Raises SettingsError, naming those there are, for another."""
    if name not in scenario_names():
        raise SettingsError("--scenario", f"{name!r} is not one of {', '.join(scenario_names())}")
    return msgspec.convert(_table(name), Scenario)


def load_cues() -> Cues:
    """The packaged cues."""
    return msgspec.convert(_table("cues"), Cues)


def _table(name: str) -> Mapping[str, object]:
    text = files("npcl_voice.rehearsal.scenarios").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
