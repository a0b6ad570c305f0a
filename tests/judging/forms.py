"""Numbers as callers say them, made up at will: practice for the ears, of the same kinds as the set that judges them.

In tens and hundreds, doubled and tripled, and with a slip that is put right; in other wordings than the set's, too.
"""

import random
from collections.abc import Callable

from npcl_voice.meaning.numbers import DIGIT_WORDS, TEEN_WORDS, TENS_WORDS

__all__ = ["LEADS", "plain", "practice"]

LEADS = {"consumer_number": "2", "complaint_number": "0000", "phone": "6789"}
"""What numbers of each kind begin with: one of the digits of a telephone's, all of the others'."""
LENGTHS = {"consumer_number": 10, "complaint_number": 9, "phone": 10}
SLIPS = ("I mean", "sorry", "no sorry", "no", "no no", "no, I mean", "sorry, I mean")
PUT_RIGHT = ((1, 0.7), (2, 0.3))
"""How many digits are said again, and how often so many."""

Row = dict[str, str]


def practice(count: int = 20, seed: int = 20) -> list[Row]:
    """So many numbers of each form, as rows like those of the set."""
    draw = random.Random(seed)
    forms: dict[str, Callable[[random.Random, str], str]] = {
        "double_triple": _doubled,
        "groups": _grouped,
        "correction": _corrected,
    }
    rows = []
    for form, say in forms.items():
        for serial in range(count):
            kind = tuple(LEADS)[serial % len(LEADS)]
            digits = _digits(draw, kind, repeated=form == "double_triple")
            rows.append({"text": say(draw, digits), "digits": digits, "kind": kind, "form": form})
    return rows


def plain(count: int = 30, seed: int = 7) -> list[Row]:
    """Numbers digit by digit, which must not be heard worse."""
    draw = random.Random(seed)
    rows = []
    for serial in range(count):
        rest = "".join(draw.choice("0123456789") for _ in range(9 if serial % 2 else 5))
        kind, digits = ("consumer_number", f"2{rest}") if serial % 2 else ("complaint_number", f"0000{rest}")
        rows.append({"text": _one_by_one(digits), "digits": digits, "kind": kind, "form": "plain"})
    return rows


def _digits(draw: random.Random, kind: str, *, repeated: bool) -> str:
    lead = LEADS[kind]
    digits = draw.choice(lead) if kind == "phone" else lead
    while len(digits) < LENGTHS[kind]:
        again = repeated and draw.random() < 0.35
        digits += digits[-1] if again else draw.choice("0123456789")
    return digits


def _one_by_one(digits: str) -> str:
    return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)


def _doubled(draw: random.Random, digits: str) -> str:
    words = []
    at = 0
    while at < len(digits):
        same = len(digits[at:]) - len(digits[at:].lstrip(digits[at]))
        times = min(same, 3) if draw.random() < 0.9 else 1
        words += [{1: "", 2: "double", 3: "triple"}[times], DIGIT_WORDS[int(digits[at])]]
        at += times
    return " ".join(filter(None, words))


def _two(pair: str) -> str:
    """Two digits as one number; digit by digit with a zero in front."""
    tens, ones = map(int, pair)
    if tens == 0:
        return _one_by_one(pair)
    if tens == 1:
        return TEEN_WORDS[ones]
    return " ".join(filter(None, (TENS_WORDS[tens - 2], DIGIT_WORDS[ones] if ones else "")))


def _three(three: str) -> str:
    return f"{DIGIT_WORDS[int(three[0])]} {_two(three[1:])}"


def _grouped(draw: random.Random, digits: str) -> str:
    groups = ["zero zero", "zero zero"] if digits.startswith("0000") else []
    rest = digits[4:] if groups else digits
    while rest:
        size = 3 if len(rest) == 3 or (len(rest) > 4 and draw.random() < 0.35) else 2
        groups.append(_three(rest[:3]) if size == 3 else _two(rest[:2]))
        rest = rest[size:]
    return ", ".join(groups)


def _corrected(draw: random.Random, digits: str) -> str:
    size = draw.choices([many for many, _ in PUT_RIGHT], [often for _, often in PUT_RIGHT])[0]
    lead = 4 if digits.startswith("0000") else 1
    end = draw.randrange(lead + size, len(digits) + 1)
    meant = digits[end - size : end]
    wrong = meant[:-1] + draw.choice([digit for digit in "0123456789" if digit != meant[-1]])
    before, after = _one_by_one(digits[: end - size] + wrong), _one_by_one(digits[end:])
    said = f"{before}, {draw.choice(SLIPS)} {_one_by_one(meant)}"
    return f"{said}, {after}" if after else said
