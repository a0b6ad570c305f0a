"""How written Hindi is read aloud: figures, money, times, units, and the Latin words in it.

Numbers of somebody (of a complaint, a telephone, a house) are said with English digits, as most people
in India say them, and as callers are asked to say them: who hears `ज़ीरो फ़ाइव` answers in kind. What
is counted or measured is said in Hindi, whose figures the voice reads right: `30 मिनट`.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.meaning.numbers import group
from npcl_voice.meaning.readout import MONTHS, day_of_month, time_of_day
from npcl_voice.speech.local.devanagari import in_devanagari, letters_by_name
from npcl_voice.speech.local.reading import hour_of, short_numbers

__all__ = ["HindiReading", "in_english_words"]

DIGITS: Final = "ज़ीरो वन टू थ्री फ़ोर फ़ाइव सिक्स सेवन एट नाइन".split()
TEENS: Final = "टेन इलेवन ट्वेल्व थर्टीन फ़ोर्टीन फ़िफ़्टीन सिक्सटीन सेवनटीन एटीन नाइनटीन".split()
TENS: Final = "ट्वेंटी थर्टी फ़ोर्टी फ़िफ़्टी सिक्सटी सेवंटी एटी नाइंटी".split()
UNITS: Final = {
    "kw": "किलोवाट",
    "kva": "के वी ए",
    "kwh": "यूनिट",
    "mw": "मेगावाट",
    "v": "वोल्ट",
    "w": "वाट",
    "a": "एम्पियर",
    "km": "किलोमीटर",
    "m": "मीटर",
    "min": "मिनट",
    "mins": "मिनट",
    "hr": "घंटे",
    "hrs": "घंटे",
    "%": "प्रतिशत",
}
COUNTED: Final = (
    "मिनट|मिनटों|घंटा|घंटे|घंटों|दिन|दिनों|हफ़्ते|हफ्ते|महीने|महीनों|साल|बजे|बजकर|बार|रुपये|रुपए|पैसे|प्रतिशत|"
    "मीटर|किलोमीटर|किलोवाट|वोल्ट|यूनिट|लोग|लोगों|अंक|अंकों|तारीख़|तारीख|मीटर|कॉल|फ़ीट|घर|घरों|गुना"
)
"""Before one of these a short number counts something."""

_KEPT = "\ue000"
"""Stands before figures that the voice is to read as a Hindi number."""
_NUMBER: Final = r"\d{1,3}(?:,\d{2,3})+|\d+"
_MONEY: Final = rf"({_NUMBER})(?:\.(\d\d?))?"
_PUNCTUATION: Final = str.maketrans({
    "‘": "'", "’": "'", "“": "", "”": "", '"': "", "–": "-", "—": ", ", "…": "।", "−": "-", "\u00a0": " ",
    "&": " और ", "/": " ", "#": " हैश ", "*": " स्टार ", "@": " ऐट ", "+": " ", "\u200c": "", "\u200d": "", _KEPT: "",
})  # fmt: skip


def in_english_words(number: int) -> str:
    """A number below a hundred as it is said in English: 34 is `थर्टी फ़ोर`."""
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return TEENS[number - 10]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens - 2]} {DIGITS[ones]}" if ones else TENS[tens - 2]


class HindiReading:
    """Hindi as a call centre in Greater Noida reads it.

    `company` has the short numbers that are no amounts, the packaged one unless given.
    """

    def __init__(self, company: Company | None = None) -> None:
        self._helplines = short_numbers(packaged_company() if company is None else company)
        self._steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (re.compile(rf"(?:₹|\bRs\.?|\bINR|रु\.)\s*{_MONEY}(?:/-)?(?:\s*रुपय?[ेए])?", re.IGNORECASE), _money),
            (re.compile(rf"{_MONEY}\s*रुपय?[ेए]"), _money),
            (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)\S*)?"), _iso_date),
            (re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b"), _date),
            (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(MONTHS)})\b"), _day_of_month),
            (re.compile(r"\b(\d{1,2})[:.](\d\d)\s*([ap])\.?m\b\.?(?:\s*बजे)?", re.IGNORECASE), _clock),
            (re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b()(?:\s*बजे)?"), _clock),
            (re.compile(r"\b(\d{1,2})()\s*([ap])\.?m\b\.?(?:\s*बजे)?", re.IGNORECASE), _clock),
            (re.compile(r"(?:\+91[- ]?|\b)(\d{3,5})-(\d{5,8})\b"), lambda m: f"{_spelled(m[1])}, {_spelled(m[2])}"),
            (re.compile(r"\+91[- ]?(\d{10})\b"), lambda m: _spelled(m[1])),
            (
                re.compile(
                    rf"\b({_NUMBER})(?:\.(\d+))?\s?(kwh|kva|kw|mw|km|mins?|hrs?|(?-i:[VWm])|(?<=\s)(?-i:A)|%)(?![a-z])",
                    re.IGNORECASE,
                ),
                _measure,
            ),
            (re.compile(r"\b([A-Za-z])-?(\d{1,4})\b"), lambda m: f"{letters_by_name(m[1])} {_of_somebody(m[2])}"),
            (re.compile(r"\b(\d{1,4})-?([A-Z])\b"), lambda m: f"{_of_somebody(m[1])} {letters_by_name(m[2])}"),
            (re.compile(rf"(?<!{_KEPT})\b({_NUMBER})\.(\d+)"), _decimal),
            (re.compile(rf"(?<!{_KEPT})(?<![\d,])({_NUMBER})(?=\s*(?:{COUNTED})(?![ऀ-ॿ]))"), _counted),
            (re.compile(rf"(?<!{_KEPT})(?<![\d,])({_NUMBER})"), self._bare),
        )

    def spoken(self, text: str) -> str:
        """`text` in Devanagari, with no figures but those that count something, as it is to be said."""
        text = "".join(_figure_or_self(char) for char in unicodedata.normalize("NFC", text))
        for pattern, said in self._steps:
            text = pattern.sub(lambda m, said=said: f" {said(m)} ", text)  # type: ignore[misc]
        text = in_devanagari(text.translate(_PUNCTUATION))
        return re.sub(r"\s+([.,?!;:।])", r"\1", " ".join(text.split()))

    def _bare(self, match: re.Match[str]) -> str:
        digits = match[1].replace(",", "")
        if match[1] in self._helplines:
            return _spelled(digits)
        return _kept(digits) if "," in match[1] else _of_somebody(digits)


def _figure_or_self(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def _kept(digits: str) -> str:
    return f"{_KEPT}{int(digits.replace(',', ''))}"


def _spelled(digits: str) -> str:
    """Digit by digit, in groups with a short pause between them."""
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in part) for part in group(digits))


def _of_somebody(digits: str) -> str:
    """A number that names something: of two digits a number, else digit by digit."""
    if len(digits) <= 2 and (len(digits) == 1 or digits[0] != "0"):
        return in_english_words(int(digits))
    return _spelled(digits)


def _money(match: re.Match[str]) -> str:
    rupees = f"{_kept(match[1])} रुपये"
    paise = int((match[2] or "0").ljust(2, "0"))
    return f"{rupees} {_kept(str(paise))} पैसे" if paise else rupees


def _day(day: int, month: int, year: int) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= len(MONTHS)):
        return None
    return day_of_month(day, month, "hi", in_year=year)


def _iso_date(match: re.Match[str]) -> str:
    date = _day(int(match[3]), int(match[2]), int(match[1]))
    if date is None:
        return ", ".join(_of_somebody(part) for part in re.findall(r"\d+", match[0]))
    return f"{date}, {time_of_day(int(match[4]) % 24, int(match[5]), 'hi')}" if match[4] else date


def _date(match: re.Match[str]) -> str:
    date = _day(int(match[1]), int(match[2]), int(match[3]))
    return date or ", ".join(_of_somebody(part) for part in match.groups())


def _day_of_month(match: re.Match[str]) -> str:
    return day_of_month(int(match[1]), MONTHS.index(match[2]) + 1, "hi")


def _clock(match: re.Match[str]) -> str:
    return time_of_day(hour_of(match), int(match[2] or 0), "hi")


def _counted(match: re.Match[str]) -> str:
    return _kept(match[1]) if "," in match[1] or len(match[1]) <= 4 else _spelled(match[1])


def _decimal(match: re.Match[str]) -> str:
    return f"{_kept(match[1])} दशमलव {' '.join(_kept(digit) for digit in match[2])}"


def _measure(match: re.Match[str]) -> str:
    whole = _decimal(match) if match[2] else _kept(match[1])
    return f"{whole} {UNITS[match[3].lower()]}"
