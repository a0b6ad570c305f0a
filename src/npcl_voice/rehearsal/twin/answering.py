"""The twin's model: from the items of a conversation to the next answer, and nothing else.

It remembers nothing. Whoever hands in the same items gets the same answer, in whichever session.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from npcl_voice.conversation.keypad import KEYPAD_MARK
from npcl_voice.meaning.numbers import number_runs
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, Item, Message, text_of
from npcl_voice.rehearsal.twin.script import Rule, Script, gaps_of

__all__ = ["Answer", "answer"]

_WORD = re.compile(r"[\w']+")


class Answer(msgspec.Struct, frozen=True):
    """What the model says and does; both may be empty."""

    say: str = ""
    call: str = ""
    """The tool's name."""
    arguments: str = ""
    """JSON text."""


def answer(script: Script, items: Sequence[Item]) -> Answer:
    """The answer to the last thing that was said or returned, or the same again if it was answered already."""
    last = next((at for at in reversed(range(len(items))) if _is_input(items[at])), None)
    pending = _unreturned(items)
    if last is None:
        return Answer(script.opening)
    item = items[last]
    answered = any(isinstance(later, FunctionCall) for later in items[last + 1 :])
    if pending and (answered or isinstance(item, FunctionCallOutput)):
        return Answer(script.waiting)
    known = _known(script, items[: last + 1])
    if isinstance(item, FunctionCallOutput):
        found = _about_result(script, item, items, known)
    else:
        found = _about_words(script, text_of(item), known, last, items)
    # What was asked for already is not asked for twice, however often the answer is.
    return msgspec.structs.replace(found, call="", arguments="") if answered else found


def _is_input(item: Item) -> bool:
    return isinstance(item, FunctionCallOutput) or (isinstance(item, Message) and item.role == "user")


def _unreturned(items: Sequence[Item]) -> bool:
    """Whether a tool is still at work."""
    calls = [item.call_id for item in items if isinstance(item, FunctionCall)]
    outputs = {item.call_id for item in items if isinstance(item, FunctionCallOutput)}
    return any(call_id not in outputs for call_id in calls)


def _about_words(script: Script, text: str, known: dict[str, str], last: int, items: Sequence[Item]) -> Answer:
    """The answer to what the caller said or keyed."""
    if not text.strip():
        return Answer(script.unheard)
    told = _told(script, text)
    before = _known(script, items[:last])
    known = {**known, "words": text}
    words = _words(text)
    for rule in script.reply:
        heard = any(_holds(words, _words(phrase)) for phrase in rule.hears)
        lacking = before if rule.tells else known
        if (heard or (rule.tells and rule.tells in told)) and _fits(rule, known, lacking):
            return _filled(rule, known)
    return Answer(script.otherwise)


def _about_result(script: Script, item: FunctionCallOutput, items: Sequence[Item], known: dict[str, str]) -> Answer:
    """The answer to what a tool returned."""
    name = _called(items, item.call_id)
    result = _object(item.output)
    for rule in script.reply:
        same = all(_plain(result.get(key)) == _plain(value) for key, value in rule.result.items())
        if rule.after and rule.after == name and same and _fits(rule, known, known):
            return _filled(rule, known)
    return Answer(script.otherwise)


def _fits(rule: Rule, known: Mapping[str, str], lacking: Mapping[str, str]) -> bool:
    needed = {*rule.knows, *rule.gaps()}
    return needed <= known.keys() and not any(name in lacking for name in rule.lacks)


def _filled(rule: Rule, known: Mapping[str, str]) -> Answer:
    say = _fill(rule.say, known)
    if rule.call is None:
        return Answer(say)
    arguments = {name: _fill(value, known) for name, value in rule.call.arguments.items()}
    return Answer(say, rule.call.name, json.dumps(arguments))


def _fill(text: str, known: Mapping[str, str]) -> str:
    return text.format_map({name: known[name] for name in gaps_of(text)})


def _known(script: Script, items: Sequence[Item]) -> dict[str, str]:
    """All that was told and returned, the latest last."""
    known: dict[str, str] = {}
    for item in items:
        if isinstance(item, FunctionCallOutput):
            known |= {name: _plain(value) for name, value in _object(item.output).items() if _plain(value)}
        elif isinstance(item, Message) and item.role == "user":
            known |= _told(script, text_of(item))
    return known


def _told(script: Script, text: str) -> dict[str, str]:
    """The facts in some words of the caller's."""
    runs = [run.digits() for run in number_runs(text.removeprefix(KEYPAD_MARK))]
    return {fact.name: run for fact in script.fact for run in runs if len(run) == fact.digits}


def _called(items: Sequence[Item], call_id: str) -> str:
    """The name of the tool that was called so."""
    calls = (item for item in items if isinstance(item, FunctionCall) and item.call_id == call_id)
    return next((call.name for call in calls), "")


def _object(output: str) -> dict[str, Any]:
    """A tool's answer; whatever is no object has no values."""
    try:
        return msgspec.json.decode(output, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _plain(value: Any) -> str:
    """A value as it is said; empty for nothing and for what has parts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _holds(words: list[str], phrase: list[str]) -> bool:
    """Whether a phrase stands in the words, word by word."""
    size = len(phrase)
    return bool(size) and any(words[at : at + size] == phrase for at in range(len(words) - size + 1))
