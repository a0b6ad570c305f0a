"""What callers may say, as a trigram language model drawn from the product's own phrases.

A general model of English hears everything and this company's callers badly. Ours knows the
sentences of `phrases/<language>.toml`, the places supplied and numbers, and little else; smoothing
after Witten and Bell (IEEE Transactions on Information Theory 37, 1991) leaves room for the
combinations that nobody wrote down.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle

from npcl_voice.meaning.numbers import cardinal
from npcl_voice.meaning.templates import expand
from npcl_voice.speech.local.reading import Reading

__all__ = ["DIGIT_WORDS", "Sentence", "arpa", "corpus", "words_of"]

Sentence = tuple[str, ...]

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

EXPANSIONS = 120
"""Sentences drawn from one template: enough for its word pairs, few enough to build in a second."""

TEMPLATE_WEIGHT = 40.0
"""A template of few sentences counts as if it had this many, so that `yes` is not drowned by long ones."""

CITY_SECTORS = 168
"""Sectors of Noida and Greater Noida are numbered up to here; callers name those we do not supply, too."""

_ROMAN = {"i": "one", "ii": "two", "iii": "three", "iv": "four", "v": "five"}
_reading = Reading({})


_PLAIN = re.compile(r"[a-z' \u0900-\u097f]*")
"""Words that are written as they are spoken, which nearly all are; those in Devanagari always."""


def _letters(text: str) -> str:
    return re.sub(r"[^a-z' \u0900-\u097f]+", " ", text.lower())


def words_of(text: str) -> Sentence:
    """`text` as the ears write it: lower case, figures and Roman numerals after a name in words."""
    spoken = text.split() if _PLAIN.fullmatch(text) else _letters(_reading.spoken(text.replace("NPCL", "npcl"))).split()
    return tuple(
        _ROMAN.get(word, word) if (at and word != "i") or word == "ii" else word for at, word in enumerate(spoken)
    )


def _numbers() -> Iterator[Sentence]:
    """Numbers as callers say them: digits in strings of all lengths, and house numbers in words."""
    for serial in range(400):
        spread = serial * 7_368_787 + 1_234_567
        digits = [int(digit) for digit in str(spread * spread)[-10:]]
        length = (9, 10, 10, 9, 4, 3, 2, 5)[serial % 8]
        words: list[str] = []
        at = 0
        while at < length:
            word = DIGIT_WORDS[digits[at]]
            if word == "zero" and serial % 5 == 4:
                word = "oh"
            if at + 1 < length and serial % 4 == 1 and at % 3 == 0:
                words += ["triple" if serial % 16 == 1 else "double", word]
                at += 3 if serial % 16 == 1 else 2
            else:
                words.append(word)
                at += 1
        yield tuple(words)
    for number in (*range(1, 130), 150, 200, 201, 202, 301, 302, 400, 500, 505, 1001, 1204):
        yield tuple(cardinal(number).split())
    for tens in range(20, 100, 10):
        for one in DIGIT_WORDS[1:]:
            yield ("one", cardinal(tens), one)


def corpus(hear: Mapping[str, Sequence[str]], places: Sequence[str]) -> Iterator[tuple[Sentence, float]]:
    """Sentences and their weights, from the `hear` table of a language and the places' names."""
    named = [words_of(place) for place in places]
    sectors = [("sector", *cardinal(number).split()) for number in range(1, CITY_SECTORS + 1)]
    place, number = cycle([*named, *named, *named, *sectors]), cycle(list(_numbers()))
    for templates in hear.values():
        for template in templates:
            drawn = expand(template, {"place": ["qplace"], "digits": ["qdigits"]}, EXPANSIONS)
            share = max(1.0, TEMPLATE_WEIGHT / len(drawn))
            for sentence in drawn:
                words = words_of(sentence)
                slots = [word for word in words if word in ("qplace", "qdigits")]
                copies = 4 if slots and len(drawn) < EXPANSIONS else 1
                copies = max(copies, 120 // len(drawn)) if slots else 1
                for _ in range(copies):
                    filled: list[str] = []
                    for word in words:
                        filled += next(place) if word == "qplace" else next(number) if word == "qdigits" else (word,)
                    yield tuple(filled), share / copies * (3 if slots else 1)
    for words in named:
        yield words, 2.0


def arpa(sentences: Iterable[tuple[Sentence, float]]) -> str:
    """The trigram model of weighted sentences, in the text format of the ARPA."""
    grams: list[Counter[Sentence]] = [Counter(), Counter(), Counter()]
    for words, weight in sentences:
        padded = ("<s>", *words, "</s>")
        for order in range(3):
            for at in range(len(padded) - order):
                grams[order][padded[at : at + order + 1]] += weight  # type: ignore[assignment]
    del grams[0][("<s>",)]
    totals: list[defaultdict[Sentence, float]] = []
    kinds: list[defaultdict[Sentence, int]] = []
    for counts in grams:
        total: defaultdict[Sentence, float] = defaultdict(float)
        kind: defaultdict[Sentence, int] = defaultdict(int)
        for gram, count in counts.items():
            total[gram[:-1]] += count
            kind[gram[:-1]] += 1
        totals.append(total)
        kinds.append(kind)
    chance: dict[Sentence, float] = {}
    vocabulary = len(grams[0])
    for order, counts in enumerate(grams):
        for gram, count in counts.items():
            before = gram[:-1]
            lower = chance[gram[1:]] if order else 1 / vocabulary
            spread = kinds[order][before]
            chance[gram] = (count + spread * lower) / (totals[order][before] + spread)
    lines = ["\\data\\"]
    lines += [f"ngram {order + 1}={len(counts) + (order == 0)}" for order, counts in enumerate(grams)]
    for order, counts in enumerate(grams):
        lines += ["", f"\\{order + 1}-grams:"]
        if order == 0:
            lines.append(f"-99 <s> {_back_off(('<s>',), totals, kinds):.4f}")
        for gram in sorted(counts):
            line = f"{math.log10(chance[gram]):.4f} {' '.join(gram)}"
            lines.append(line if order == 2 or gram[-1] == "</s>" else f"{line} {_back_off(gram, totals, kinds):.4f}")
    return "\n".join([*lines, "", "\\end\\", ""])


def _back_off(
    before: Sentence, totals: Sequence[Mapping[Sentence, float]], kinds: Sequence[Mapping[Sentence, int]]
) -> float:
    """log10 of the weight that unseen successors of `before` share."""
    spread = kinds[len(before)].get(before, 0)
    return math.log10(spread / (totals[len(before)][before] + spread)) if spread else 0.0
