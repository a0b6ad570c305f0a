"""Digits and whole numbers as they are read to a caller, in English and in Hindi."""

from typing import Final, Literal

from npcl_voice.meaning.numbers.words import number_words

__all__ = [
    "DIGIT_WORDS",
    "TEEN_WORDS",
    "TENS_WORDS",
    "Language",
    "cardinal",
    "group",
    "hindi_cardinal",
    "read_back",
    "small_number",
]

Language = Literal["en", "hi"]

DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
"""The English word of each digit."""

TEEN_WORDS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS_WORDS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def group(digits: str) -> tuple[str, ...]:
    """Digits in the groups they are spoken in.

    Nine 3-3-3, ten 4-3-3, a mobile number (ten, first 6 to 9) 5-5, up to four in one, others in
    threes with a last group of two to four. Raises ValueError for anything but digits.
    """
    if digits and not (digits.isascii() and digits.isdigit()):
        raise ValueError("only digits can be grouped")
    if len(digits) <= 4:
        return (digits,) if digits else ()
    if len(digits) == 10:
        sizes = [5, 5] if digits[0] in "6789" else [4, 3, 3]
    else:
        threes, rest = divmod(len(digits), 3)
        sizes = [3] * threes + [rest] * (rest == 2)
        sizes[-1] += rest == 1
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return tuple(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def read_back(digits: str, language: Language = "en", *, english_digits: bool = False) -> str:
    """A number as it is read to a caller, a comma for each short pause.

    "zero zero zero, zero five four, three two one", "शून्य शून्य शून्य, शून्य पाँच चार, तीन दो एक". Most Hindi callers
    know their numbers in English digits: with `english_digits` those are said, in Devanagari. Raises
    ValueError for anything but digits.
    """
    words: tuple[str, ...] = DIGIT_WORDS
    if language == "hi":
        words = number_words().spoken["en" if english_digits else "hi", "devanagari"]
    return ", ".join(" ".join(words[int(digit)] for digit in part) for part in group(digits))


def small_number(digits: str) -> str:
    """A house number as people say it: up to 99 as a number, longer ones digit by digit.

    Raises ValueError for anything but digits.
    """
    if len(digits) <= 2 and digits[:1] not in {"", "0"} and digits.isascii() and digits.isdigit():
        return cardinal(int(digits))
    return read_back(digits).replace(",", "")


def cardinal(number: int) -> str:
    """A whole number in words, counted the Indian way: thousand, lakh (10^5), crore (10^7)."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number < 10:
        return DIGIT_WORDS[number]
    if number < 20:
        return TEEN_WORDS[number - 10]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS_WORDS[tens - 2] + (f" {DIGIT_WORDS[ones]}" if ones else "")
    size, name, _ = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, size)
    return f"{cardinal(count)} {name}" + (f" {cardinal(rest)}" if rest else "")


def hindi_cardinal(number: int) -> str:
    """A whole number in Hindi words in Devanagari: 123 is `एक सौ तेईस`. Raises ValueError for a negative one."""
    if number < 0:
        raise ValueError("a number that is read aloud is not negative")
    if number < 100:
        return number_words().spoken["hi", "devanagari"][number]
    size, _, name = next(scale for scale in _SCALES if number >= scale[0])
    count, rest = divmod(number, size)
    return f"{hindi_cardinal(count)} {name}" + (f" {hindi_cardinal(rest)}" if rest else "")


_SCALES: Final = (
    (10_000_000, "crore", "करोड़"),
    (100_000, "lakh", "लाख"),
    (1000, "thousand", "हज़ार"),
    (100, "hundred", "सौ"),
)
