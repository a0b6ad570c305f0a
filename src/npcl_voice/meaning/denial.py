"""What is denied or only supposed: "there is no fire", "aag nahi lagi hai", "if there is a fire".

English denies before the thing and Hindi behind it, and callers mix them, so the grammar of each language
looks at the same tokens, and what one of them denies is denied.
"""

from collections.abc import Sequence
from typing import Final

from npcl_voice.meaning.danger import Grammar, danger
from npcl_voice.meaning.mishearing import BARRIER

__all__ = ["denied", "supposed"]

Words = frozenset[str]

_DANGER: Final = danger()
_SUPPOSED_BEFORE: Final = 6
_SUPPOSED_BEHIND: Final = 3
"""Words between "agar", the danger, and the verb that goes with "agar"."""


def denied(tokens: Sequence[str], meant: Sequence[Words]) -> list[Words]:
    """For each token, which of the classes that it was `meant` for are denied."""
    out = [Words() for _ in tokens]
    for grammar in _DANGER.grammars:
        pairs = _pairs(tokens, meant, grammar)
        for index, classes in enumerate(meant):
            if classes:
                out[index] |= _denied_before(tokens, index, classes, out, grammar, pairs)
        for index in range(len(tokens) - 1, -1, -1):
            if meant[index]:
                out[index] |= _denied_behind(tokens, index, meant, out, grammar)
    return out


def supposed(tokens: Sequence[str], index: int, classes: Words) -> bool:
    """Whether the danger at `index` is a mere thought: "agar taar gir jaye"."""
    return any(_is_supposed(tokens, index, classes, grammar) for grammar in _DANGER.grammars)


def _before(tokens: Sequence[str], index: int, passed: Words) -> int:
    """The place before `index`, beyond what may stand between; -1 where nothing is left."""
    index -= 1
    while index >= 0 and tokens[index] in passed:
        index -= 1
    return index


def _denied_before(
    tokens: Sequence[str], index: int, classes: Words, out: Sequence[Words], grammar: Grammar, pairs: set[int]
) -> Words:
    if index and tokens[index - 1] in grammar.before_verbs and classes & grammar.verbs:
        return classes & grammar.verbs
    back = _before(tokens, index, grammar.carried)
    if back < 0:
        return Words()
    if tokens[back] in grammar.before or back in pairs:
        return classes
    linked = back >= 1 and tokens[back] in grammar.links and out[back - 1] and not grammar.listed
    return classes if linked else Words()


def _pairs(tokens: Sequence[str], meant: Sequence[Words], grammar: Grammar) -> set[int]:
    """Where negators stand that deny only together, each what follows it."""
    found: set[int] = set()
    for index, classes in enumerate(meant):
        if classes - grammar.spares:
            back = _before(tokens, index, grammar.carried)
            if back >= 0 and tokens[back] in grammar.paired:
                found.add(back)
    return found if len(found) > 1 else set()


def _denied_behind(
    tokens: Sequence[str], index: int, meant: Sequence[Words], out: Sequence[Words], grammar: Grammar
) -> Words:
    classes = meant[index] - grammar.spares
    after = index + 1
    if tokens[after : after + 1] and tokens[after] in grammar.links and meant[index] & grammar.listed:
        return classes if after + 1 < len(tokens) and out[after + 1] & grammar.listed else Words()
    while after < len(tokens) and tokens[after] in grammar.between:
        after += 1
    if after >= len(tokens) or tokens[after] not in grammar.behind:
        return Words()
    follows = tokens[after + 1] if after + 1 < len(tokens) else BARRIER
    if grammar.only:
        return classes if follows == BARRIER and after + 1 == len(tokens) or follows in grammar.only else Words()
    return classes if follows not in grammar.unless else Words()


def _is_supposed(tokens: Sequence[str], index: int, classes: Words, grammar: Grammar) -> bool:
    if not grammar.supposed:
        back = _before(tokens, index, grammar.carried)
        return back >= 0 and tokens[back] in grammar.supposing
    if not classes - grammar.spares:
        return False
    first = max(0, index - _SUPPOSED_BEFORE)
    start = next((place for place in range(index - 1, first - 1, -1) if tokens[place] in grammar.supposing), None)
    if start is None or BARRIER in tokens[start:index]:
        return False
    return any(token in grammar.supposed for token in tokens[index + 1 : index + 1 + _SUPPOSED_BEHIND])
