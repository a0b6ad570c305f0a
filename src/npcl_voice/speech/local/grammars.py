"""What is listened for after a question: a number of so many digits, or yes and no.

A grammar is a graph of arcs `(from, to, probability, word)`, as the recogniser takes it; an arc
without a word is free. An exact length beats a loop of digits at once, because nothing can be
inserted or lost. Other lengths are let through at a price, for callers who pause in the middle.
"""

from collections.abc import Sequence

from npcl_voice.meaning.numbers import DIGIT_WORDS

__all__ = ["CARRIERS", "DIGIT_OF", "NO_WORDS", "OTHER_WORDS", "TIMES", "YES_WORDS", "Arc", "number_arcs", "yes_no_arcs"]

Arc = tuple[int, int, float] | tuple[int, int, float, str]

DIGIT_OF = {word: str(digit) for digit, word in enumerate(DIGIT_WORDS)} | {"oh": "0"}
"""The digit of each word that stands for one."""

TIMES = {"double": 2, "triple": 3}
"""Words that take the next digit so often."""

DIGIT, OH = 0.08, 0.02
DOUBLE = {"double": 0.01, "triple": 0.003}

CARRIERS = (
    "it is",
    "it's",
    "the number is",
    "my number is",
    "number is",
    "complaint number",
    "complaint number is",
    "my complaint number is",
    "consumer number is",
    "my consumer number is",
    "my phone number is",
    "my mobile number is",
    "yes",
    "yes it is",
    "no",
    "no it is",
    "sir",
    "okay",
)
"""What callers say before a number that they were asked for."""

ENDINGS = ("sir", "madam", "please", "that's it")
"""What they say after it."""

CARRIER, ENDING = 1e-3, 1e-4

YES_WORDS = ("yes", "yeah", "yep", "yes yes", "yes please", "correct", "right", "that is correct", "that's right",
             "sure", "okay", "haan")  # fmt: skip
NO_WORDS = ("no", "nope", "nah", "no no", "no thank you", "wrong", "that is wrong", "that's wrong", "not correct",
            "incorrect", "nahi", "not right")  # fmt: skip

OTHER_WORDS = ("fire", "emergency", "repeat", "repeat please", "wait", "one minute", "agent",
               "agent please", "operator", "bye", "i don't know", "don't know", "sorry", "not sure")  # fmt: skip
"""Short things that callers say instead of yes or no; unheard of here, `fire` would be heard as `sure`."""


class _Graph:
    def __init__(self) -> None:
        self.arcs: list[Arc] = []
        self.states = 0

    def state(self) -> int:
        self.states += 1
        return self.states - 1

    def phrase(self, start: int, end: int, chance: float, words: str) -> None:
        at = start
        row = words.split()
        for place, word in enumerate(row):
            to = end if place == len(row) - 1 else self.state()
            self.arcs.append((at, to, chance if place == 0 else 1.0, word))
            at = to


def number_arcs(
    lengths: Sequence[int], other_lengths: float = 1e-3, before: Sequence[str] = (), after: Sequence[str] = ()
) -> tuple[list[Arc], int]:
    """Arcs and the final state of a number of one of `lengths` digits, from state 0.

    `other_lengths` is the price of any shorter number; 0 forbids it. With words `before` or `after`,
    just those stand around the number; else what callers usually say there.
    """
    longest = max(lengths)
    alone = not before and not after
    graph = _Graph()
    start = graph.state()
    counted = [graph.state() for _ in range(longest + 1)]
    spoken, final = graph.state(), graph.state()
    if before:
        graph.phrase(start, counted[0], 1.0, " ".join(before))
    else:
        graph.arcs.append((start, counted[0], 1.0))
        for carrier in CARRIERS if alone else ():
            graph.phrase(start, counted[0], CARRIER, carrier)
    for count in range(longest):
        for word in DIGIT_OF:
            graph.arcs.append((counted[count], counted[count + 1], OH if word == "oh" else DIGIT, word))
        for times_word, times in TIMES.items():
            if count + times <= longest:
                side = graph.state()
                graph.arcs.append((counted[count], side, DOUBLE[times_word], times_word))
                for word in DIGIT_OF:
                    graph.arcs.append((side, counted[count + times], OH if word == "oh" else DIGIT, word))
    for count in range(1, longest + 1):
        chance = 1.0 if count in lengths else other_lengths
        if chance:
            graph.arcs.append((counted[count], spoken, chance))
    if after:
        graph.phrase(spoken, final, 1.0, " ".join(after))
    else:
        graph.arcs.append((spoken, final, 1.0))
        for ending in ENDINGS if alone else ():
            graph.phrase(spoken, final, ENDING, ending)
    return graph.arcs, final


def yes_no_arcs() -> tuple[list[Arc], int]:
    """Arcs and the final state of yes, no and other short answers, from state 0."""
    graph = _Graph()
    start, final = graph.state(), graph.state()
    for words in (*YES_WORDS, *NO_WORDS, *OTHER_WORDS):
        graph.phrase(start, final, 0.01 if words in OTHER_WORDS else 0.05 if " " in words else 0.2, words)
    return graph.arcs, final
