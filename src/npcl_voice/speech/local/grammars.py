"""What is listened for after a question: a number of so many digits, yes and no, or a name.

A grammar is a graph of arcs `(from, to, probability, word)`, as the recogniser takes it; an arc
without a word is free. An exact length beats a loop of digits at once, because nothing can be
inserted or lost. Other lengths are let through at a price, for callers who pause in the middle. A person's
name is a given name with a family's behind it, or either alone, out of those that are known.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from npcl_voice.meaning.names import FAMILY_NAMES, GIVEN_NAMES
from npcl_voice.meaning.numbers import DIGIT_WORDS, TEEN_WORDS, TENS_WORDS

__all__ = [
    "ANSWERS",
    "DIGIT_OF",
    "JOINED_WORDS",
    "NAMED",
    "NUMBER_WORDS",
    "ROUND_WORDS",
    "TIMES",
    "Answers",
    "Arc",
    "name_arcs",
    "number_arcs",
    "sound_of",
    "yes_no_arcs",
]

Arc = tuple[int, int, float] | tuple[int, int, float, str]

DIGIT_OF = {word: str(digit) for digit, word in enumerate(DIGIT_WORDS)} | {"oh": "0"}
"""The digit of each word that stands for one."""

TIMES = {"double": 2, "triple": 3}
"""Words that take the next digit so often."""

PER_DIGIT = 10.0
"""How much likelier each further digit makes a number: else the shorter of two readings would win by its length."""
DIGIT, OH = 0.08, 0.01
DOUBLE = {"double": 0.01, "triple": 0.003}
AMONG = 0.4
"""A single digit, where tens are said: who says tens says few of them; who says digits, no tens."""
JOINED, TEEN, ROUND = 0.0015, 0.008, 0.01
"""Two digits said as one number: "sixty two", "nineteen", "sixty" and nothing behind it."""
SOON_HEARD = 0.05
"""How much less a word counts that is soon heard in a pause: the `eight` behind a "forty"."""
STYLES = (0.6, 0.4)
"""Digit by digit, and in tens."""
SLIPS = {
    "i mean": 1e-4,
    "sorry": 1e-4,
    "no sorry": 1e-4,
    "no": 2e-5,
    "no no": 2e-5,
    "no i mean": 3e-5,
    "sorry i mean": 1e-5,
}
"""What callers say before they put the last digits right."""
LONGEST_SLIP = 3
"""Digits that are said again after it."""
NUMBER_WORDS = frozenset({*DIGIT_OF, *TIMES, *TEEN_WORDS, *TENS_WORDS, *" ".join(SLIPS).split()})
"""All words of a dictated number."""
ROUND_WORDS = {f"{word},": word for word in TENS_WORDS}
"""Tens with nothing behind them, each as a word of its own, with the word that it sounds like.

So "eight forty, nine" is told from "eight forty nine" by the path that was heard, in writing as well.
"""
JOINED_WORDS = {f"{tens}-{ones}": (tens, ones) for tens in TENS_WORDS for ones in DIGIT_WORDS[1:]}
"""Tens with a digit behind them in one breath: "forty, nine" with a pause is no "forty-nine"."""

CARRIER, SHORT_CARRIER, ENDING = 1e-5, 1e-8, 1e-6
"""A short one is soon heard in place of a digit."""


NAMED = "name:"
"""What the words of the grammar that are names begin with."""
NAME, NAME_CARRIER, NAME_ENDING, NO_NAME = 30.0, 1e-3, 1e-4, 0.01
"""A name is so likely beside what stands around it; each of them is alike."""
FAMILY_ALONE, LINKED = 0.03, 0.04
"""A family's name alone, and one between the two: "Ranjit Kumar Trivedi"."""
LINKS = ("kumar", "kumari", "singh", "chandra", "prasad", "nath", "lal", "pal", "kaur", "khan")
"""Names that stand between the two."""


class Answers(NamedTuple):
    """What short answers are in a language, and what stands around a number that was asked for."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    other: tuple[str, ...]
    """Short things that callers say instead; unheard of here, `fire` would be heard as `sure`."""
    before: tuple[str, ...]
    """What callers say before a number."""
    after: tuple[str, ...]
    """What they say after it."""
    before_name: tuple[str, ...]
    """What callers say before a name that was asked for."""
    after_name: tuple[str, ...]
    """What they say after it."""

    def all(self) -> frozenset[str]:
        """Yes, no and the other short answers."""
        return frozenset((*self.yes, *self.no, *self.other))

    def words(self) -> frozenset[str]:
        """Every word of all of it."""
        return frozenset(word for row in self for answer in row for word in answer.split())


ANSWERS = {
    "en": Answers(
        yes=("yes", "yeah", "yep", "yes yes", "yes please", "correct", "right", "that is correct", "that's right",
             "sure", "okay", "haan"),
        no=("no", "nope", "nah", "no no", "no thank you", "wrong", "that is wrong", "that's wrong", "not correct",
            "incorrect", "nahi", "not right"),
        other=("fire", "emergency", "repeat", "repeat please", "wait", "one minute", "agent",
               "agent please", "operator", "bye", "i don't know", "don't know", "sorry", "not sure"),
        before=("it is", "it's", "the number is", "my number is", "number is", "complaint number",
                "complaint number is", "my complaint number is", "consumer number is", "my consumer number is",
                "my phone number is", "my mobile number is", "yes", "yes it is", "no", "no it is", "sir", "okay"),
        after=("sir", "madam", "please", "that's it"),
        before_name=("my name is", "the name is", "name is", "it is", "it's", "this is", "i am", "yes", "yes it is",
                     "it is in the name of"),
        after_name=("sir", "madam", "please", "here", "speaking", "is my name", "is the name"),
    ),
    "hi": Answers(
        yes=("हाँ", "हाँ जी", "जी", "जी हाँ", "हाँ हाँ", "सही है", "हाँ सही है", "जी सही है", "ठीक है", "बिल्कुल",
             "बिल्कुल सही", "यही है", "yes", "okay"),
        no=("नहीं", "जी नहीं", "नहीं जी", "नहीं नहीं", "गलत", "गलत है", "नहीं गलत है", "सही नहीं है", "ना", "no"),
        other=("आग", "आग लगी है", "करंट", "दोबारा बोलिए", "फिर से बोलिए", "रुकिए", "एक मिनट", "पता नहीं",
               "मालूम नहीं", "धन्यवाद", "हैलो"),
        before=("नंबर है", "मेरा नंबर है", "मेरा नंबर", "कंज़्यूमर नंबर है", "शिकायत नंबर है", "फोन नंबर है", "मोबाइल नंबर है",
                "हाँ", "जी", "लिखिए", "नहीं", "मकान नंबर"),
        after=("है", "जी", "सर"),
        before_name=("मेरा नाम", "मेरा नाम है", "नाम है", "नाम", "जी", "हाँ", "हाँ जी", "मैं", "मैडम", "सर", "बिल"),
        after_name=("है", "जी", "सर", "नाम है", "मेरा नाम है", "के नाम पर है", "के नाम से है", "बोल रहा हूँ", "बोल रही हूँ"),
    ),
}  # fmt: skip
"""By language."""


class _Graph:
    def __init__(self) -> None:
        self.arcs: list[Arc] = []
        self.states = 0

    def state(self) -> int:
        self.states += 1
        return self.states - 1

    def digits(self, rows: Sequence[int], *, double: bool = True, groups: bool = False, anew: bool = True) -> None:
        """Arcs that take a number on from each of these states, a digit a state; `groups` are tens and teens.

        What is not `anew` stands for digits that were there already.
        """
        more = PER_DIGIT if anew else 1.0
        one = more * (AMONG if groups else 1.0)
        for at, state in enumerate(rows[:-1]):
            self._digit(state, rows[at + 1], one)
            for times_word, times in TIMES.items() if double else ():
                if at + times < len(rows):
                    side = self.state()
                    self.arcs.append((state, side, DOUBLE[times_word] * more ** (times - 1), times_word))
                    self._digit(side, rows[at + times], one)
            if groups and at + 2 < len(rows):
                self._two(state, rows[at + 2], more**2)

    def _digit(self, start: int, end: int, times: float) -> None:
        self.arcs += [(start, end, times * (OH if word == "oh" else DIGIT), word) for word in DIGIT_OF]

    def _two(self, start: int, end: int, times: float) -> None:
        self.arcs += [(start, end, TEEN * times, word) for word in TEEN_WORDS]
        self.arcs += [(start, end, ROUND * times, word) for word in ROUND_WORDS]
        for word, (_, ones) in JOINED_WORDS.items():
            chance = JOINED * times * (SOON_HEARD if ones == "eight" else 1.0)
            self.arcs.append((start, end, chance, word))

    def slips(self, rows: Sequence[int], *, groups: bool) -> None:
        """Arcs by which the last digits are put right: as many are said again as they replace."""
        for at, state in enumerate(rows[1:], start=1):
            begun = self.state()
            self.phrases(state, begun, SLIPS)
            for count in range(1, min(at, LONGEST_SLIP) + 1):
                said = [begun, *(self.state() for _ in range(count - 1)), state]
                self.digits(said, double=False, groups=groups and count == 2, anew=False)

    def phrases(self, start: int, end: int, chances: Mapping[str, float]) -> None:
        """Ways from `start` to `end`; those that begin with the same words have them in common.

        The price of the likeliest is paid at the first word: a cheap beginning would be heard for its own sake.
        """
        reached: dict[tuple[str, ...], int] = {(): start}
        likeliest: dict[tuple[str, ...], float] = {(): 1.0}
        rows = {tuple(words.split()): chance for words, chance in chances.items()}
        for row, chance in rows.items():
            for size in range(1, len(row)):
                likeliest[row[:size]] = max(chance, likeliest.get(row[:size], 0.0))
        for row, chance in rows.items():
            for size in range(1, len(row)):
                before, so_far = row[: size - 1], row[:size]
                if so_far not in reached:
                    reached[so_far] = self.state()
                    price = likeliest[so_far] / likeliest[before] if before else likeliest[so_far]
                    self.arcs.append((reached[before], reached[so_far], price, so_far[-1]))
            self.arcs.append((reached[row[:-1]], end, chance / likeliest[row[:-1]], row[-1]))

    def phrase(self, start: int, end: int, chance: float, words: str) -> None:
        at = start
        row = words.split()
        for place, word in enumerate(row):
            to = end if place == len(row) - 1 else self.state()
            self.arcs.append((at, to, chance if place == 0 else 1.0, word))
            at = to


def number_arcs(
    lengths: Sequence[int],
    answers: Answers,
    other_lengths: float = 1e-3,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
    *,
    freely: bool = False,
) -> tuple[list[Arc], int]:
    """Arcs and the final state of a number of one of `lengths` digits, from state 0.

    `other_lengths` is the price of any shorter number; 0 forbids it. With words `before` or `after`,
    just those stand around the number; else what callers usually say there, as `answers` has it. `freely`
    lets it be said in tens as well, or digit by digit, and put right on the way, for many times the arcs.
    """
    longest = max(lengths)
    alone = not before and not after
    graph = _Graph()
    start, begun = graph.state(), graph.state()
    spoken, final = graph.state(), graph.state()
    if before:
        graph.phrase(start, begun, 1.0, " ".join(before))
    else:
        graph.arcs.append((start, begun, 1.0))
        for carrier in answers.before if alone else ():
            graph.phrase(start, begun, CARRIER if " " in carrier else SHORT_CARRIER, carrier)
    for groups, style in zip((False, True), STYLES, strict=True) if freely else ((False, 1.0),):
        counted = [graph.state() for _ in range(longest + 1)]
        graph.arcs.append((begun, counted[0], style))
        graph.digits(counted, groups=groups)
        if freely:
            graph.slips(counted, groups=groups)
        for count in range(1, longest + 1):
            chance = 1.0 if count in lengths else other_lengths
            if chance:
                graph.arcs.append((counted[count], spoken, chance))
    if after:
        graph.phrase(spoken, final, 1.0, " ".join(after))
    else:
        graph.arcs.append((spoken, final, 1.0))
        for ending in answers.after if alone else ():
            graph.phrase(spoken, final, ENDING, ending)
    return graph.arcs, final


def name_arcs(answers: Answers) -> tuple[list[Arc], int]:
    """Arcs and the final state of a person's name, from state 0, with what callers say around it; or of no name.

    Its words are those of `sound_of`.
    """
    graph = _Graph()
    start, begun, given, linked, named, final = (graph.state() for _ in range(6))
    graph.arcs.append((start, begun, 1.0))
    for words in answers.before_name:
        graph.phrase(start, begun, NAME_CARRIER, words)
    every = (*GIVEN_NAMES, *FAMILY_NAMES)
    alike = NAME / len(every)
    graph.arcs += [(begun, given, alike, sound_of(name)) for name in GIVEN_NAMES]
    graph.arcs += [(begun, named, alike * FAMILY_ALONE, sound_of(name)) for name in FAMILY_NAMES]
    graph.arcs += [(given, linked, alike * LINKED, sound_of(name)) for name in LINKS]
    for state in (given, linked):
        graph.arcs += [(state, named, alike, sound_of(name)) for name in FAMILY_NAMES]
    graph.arcs += [(given, named, 1.0), (named, final, 1.0)]
    for words in answers.after_name:
        graph.phrase(named, final, NAME_ENDING, words)
    for words in (*answers.yes, *answers.no, *answers.other):
        graph.phrase(start, final, NO_NAME, words)
    return graph.arcs, final


def sound_of(name: str) -> str:
    """The word that stands for a known name in the grammar: it is said in more ways than a word of that spelling."""
    return f"{NAMED}{name}"


def yes_no_arcs(answers: Answers) -> tuple[list[Arc], int]:
    """Arcs and the final state of yes, no and other short answers, from state 0."""
    graph = _Graph()
    start, final = graph.state(), graph.state()
    for words in (*answers.yes, *answers.no, *answers.other):
        graph.phrase(start, final, 0.01 if words in answers.other else 0.05 if " " in words else 0.2, words)
    return graph.arcs, final
