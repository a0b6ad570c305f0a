"""The numbers in what was heard: words of digits as unbroken figures."""

from collections.abc import Sequence

from npcl_voice.meaning.numbers import number_runs
from npcl_voice.speech.local.grammars import DIGIT_OF, NUMBER_WORDS, TIMES

__all__ = ["around_number", "compact", "dictated", "digits_of", "mostly_digits"]


def digits_of(text: str) -> str:
    """The digits of a text of digit words and unbroken digits, `double` and `triple` applied."""
    digits, times = "", 1
    for word in text.split():
        if word in TIMES:
            times = TIMES[word]
            continue
        digits += word if word.isdigit() else DIGIT_OF.get(word, "") * times
        times = 1
    return digits


def dictated(text: str, lengths: Sequence[int]) -> tuple[str, str]:
    """The text with its number as one unbroken run of digits, groups joined and slips put right; and the number."""
    runs = number_runs(text)
    digits = "".join(run.digits(lengths) for run in runs)
    if not runs:
        return text, digits
    around = (text[: runs[0].start].split(), text[runs[-1].end :].replace(",", " ").split())
    return " ".join([*around[0], digits, *around[1]]), digits


def compact(text: str, shortest: int = 4) -> str:
    """`text` with each run of at least `shortest` dictated digits as one unbroken number."""
    done: list[str] = []
    run: list[str] = []
    for word in [*text.split(), ""]:
        if word in DIGIT_OF or word in TIMES:
            run.append(word)
            continue
        digits = digits_of(" ".join(run))
        done += [digits] if len(digits) >= shortest else run
        done += [word] if word else []
        run = []
    return " ".join(done)


def mostly_digits(text: str) -> bool:
    """Whether most of its words are those of a number."""
    row = text.split()
    return any(word in DIGIT_OF for word in row) and 2 * sum(word in NUMBER_WORDS for word in row) > len(row)


def around_number(text: str) -> tuple[list[str], list[str], list[str]]:
    """The words before the longest run of dictated digits in a text, the run, and the words after it."""
    row = text.split()
    best = (0, 0)
    start = 0
    for at, word in enumerate(row):
        if word not in DIGIT_OF and word not in TIMES:
            start = at + 1
        elif at + 1 - start > best[1] - best[0]:
            best = (start, at + 1)
    return row[: best[0]], row[best[0] : best[1]], row[best[1] :]
