"""What is denied or only supposed: "there is no fire", "aag nahi lagi hai", "if there is a fire".

English denies before the thing and Hindi behind it, and callers mix them, so the grammar of each language
looks at the same tokens, and what one of them denies is denied.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from npcl_voice.meaning.danger import Grammar, Words
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.mishearing import BARRIER, QUESTION, STOPS

__all__ = ["denied", "supposed"]

_DANGER: Final = danger()
_MOST_BETWEEN: Final = 8
"""Words between a negator and what it denies."""
_MOST_ASKED: Final = 5
"""Words of a question that only says again what is then denied: "fire? no"."""
_MOST_LISTED: Final = 16
"""Words of a list that is denied at its end: "sparks, smoke, none of that"."""
_IS: Final = _DANGER.token("hai")
_NO: Final = frozenset(map(_DANGER.token, ("no", "none", "nahi", "nhi", "nai")))
_OH: Final = _DANGER.token("arre")
_QUITS: Final = "quits"
"""Words of an end: who asks "is the fire out? no" denies that."""
_NONE_OF_IT: Final = frozenset({"noneofit", "falsealarm"})
_ANYBODY: Final = frozenset({"anybody", "anyone", "whether"})
_SUPPOSED_BEFORE, _SUPPOSED_BEHIND = 9, 3
"""So many words before and behind a danger stand "agar" and the verb that goes with it."""


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
    for index in _taken_back(tokens, meant):
        out[index] = meant[index]
    return out


def supposed(tokens: Sequence[str], index: int, classes: Words) -> bool:
    """Whether the danger at `index` is a mere thought: "agar taar gir jaye"."""
    return any(_is_supposed(tokens, index, classes, grammar) for grammar in _DANGER.grammars)


def _taken_back(tokens: Sequence[str], meant: Sequence[Words]) -> Iterator[int]:
    """The places of what is said first and denied as a whole behind: "fire? no", "sparks, smoke, none of that"."""
    for place, token in enumerate(tokens):
        if token == QUESTION:
            yield from _asked(tokens, meant, place)
        elif token in _NONE_OF_IT:
            yield from _listed(tokens, meant, place)
        elif token == "nobodydid":
            first = max(0, place - 1 - _MOST_BETWEEN)
            if not _ANYBODY.isdisjoint(tokens[first:place]):
                yield from range(first, place)


def _asked(tokens: Sequence[str], meant: Sequence[Words], place: int) -> range:
    """What the question that ends at `place` asks, if a no follows and it asks of no end."""
    first = place
    while first and tokens[first - 1] not in STOPS:
        first -= 1
    asked = range(first, place)
    no, *behind = [token for token in tokens[place + 1 : place + 4] if token != _OH] or [BARRIER]
    negated = no in _NO and not any(token in grammar.unless for grammar in _DANGER.grammars for token in behind[:1])
    short = len(asked) <= _MOST_ASKED and not any(_QUITS in meant[index] for index in asked)
    return asked if negated and short else range(0)


def _listed(tokens: Sequence[str], meant: Sequence[Words], place: int) -> range:
    """The list of bare things that ends at `place`; none where somebody says that one of them is there."""
    links = STOPS.union(*(grammar.links for grammar in _DANGER.grammars), ("and",))
    follows = [*tokens[place + 1 : place + 2], BARRIER][0]
    if follows not in STOPS and follows != _IS and not any(follows in grammar.only for grammar in _DANGER.grammars):
        return range(0)
    first = place
    while first > max(0, place - _MOST_LISTED) and (meant[first - 1] or tokens[first - 1] in links):
        first -= 1
    if first and tokens[first] not in STOPS:  # "there is fire, none of that": only what begins a part is a list
        first = next((index for index in range(first, place) if tokens[index] in STOPS), place)
    return range(first, place)


def _before(tokens: Sequence[str], index: int, passed: Words) -> int:
    """The place before `index`, beyond what may stand between; -1 where the text begins there."""
    first = max(0, index - 1 - _MOST_BETWEEN)
    index -= 1
    while index >= first and tokens[index] in passed:
        index -= 1
    return index


def _denied_before(
    tokens: Sequence[str], index: int, classes: Words, out: Sequence[Words], grammar: Grammar, pairs: set[int]
) -> Words:
    if index and tokens[index - 1] in grammar.before_verbs and classes & grammar.verbs:
        return classes & grammar.verbs
    back = _before(tokens, index, grammar.carried)
    if index in pairs or (back >= 0 and tokens[back] in grammar.before):
        return classes
    linked = back >= 1 and tokens[back] in grammar.links and out[back - 1] and not grammar.listed
    return classes if linked else Words()


def _pairs(tokens: Sequence[str], meant: Sequence[Words], grammar: Grammar) -> set[int]:
    """What is denied by negators that deny only together, each what follows it: "na aag na dhuan"."""
    found: dict[int, list[int]] = {}
    for index, classes in enumerate(meant):
        if classes - grammar.spares:
            back = _before(tokens, index, grammar.carried)
            if back > 0 and meant[back] and meant[back] <= grammar.spares:  # "na *khambha* gira"
                back = _before(tokens, back, grammar.carried)
            if back >= 0 and tokens[back] in grammar.paired:
                found.setdefault(back, []).append(index)
    return {index for places in found.values() for index in places} if len(found) > 1 else set()


def _denied_behind(
    tokens: Sequence[str], index: int, meant: Sequence[Words], out: Sequence[Words], grammar: Grammar
) -> Words:
    classes = meant[index] - grammar.spares
    behind = [*tokens[index + 1 : index + 1 + _MOST_BETWEEN], BARRIER, BARRIER]
    if behind[0] in grammar.links and classes & grammar.listed:
        return classes if out[index + 2 : index + 3] and out[index + 2] & grammar.listed else Words()
    after = int(bool(classes & grammar.listed) and _echoes(behind[0], tokens[index]))
    while behind[after] in grammar.between:
        after += 1
    if behind[after] not in grammar.behind:
        return Words()
    follows = behind[after + 1]
    if grammar.only:
        ends = index + 1 + after + 1 == len(tokens)
        return classes if ends or follows in grammar.only else Words()
    return Words() if follows in grammar.unless else classes


def _echoes(token: str, thing: str) -> bool:
    """Whether a word of no meaning rhymes on a thing, as in "aag waag kuch nahi"."""
    rhyme = thing.lstrip("~bcdfghjklmnpqrstvwxyz")
    return bool(rhyme) and token.endswith(rhyme) and token != thing and token not in _DANGER.classes


def _is_supposed(tokens: Sequence[str], index: int, classes: Words, grammar: Grammar) -> bool:
    back = _before(tokens, index, grammar.carried)
    if back >= 0 and tokens[back] in grammar.supposing:
        return True
    if not classes - grammar.spares:
        return False
    behind = tokens[index + 1 : index + 1 + _SUPPOSED_BEHIND]
    if any(token in grammar.then for token in behind):
        return True
    first = max(0, index - _SUPPOSED_BEFORE)
    start = next((place for place in range(index - 1, first - 1, -1) if tokens[place] in grammar.wondering), None)
    if start is None or not STOPS.isdisjoint(tokens[start:index]):
        return False
    return any(token in grammar.supposed for token in (*tokens[index - 1 : index + 1], *behind))
