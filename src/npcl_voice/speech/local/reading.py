"""How written words are read aloud: figures, money, times, units, names.

No speech engine at hand can be trusted with figures: flite reads 2450 as a year, loses `Rs.` and
turns every character outside ASCII into junk. So everything that is not a plain word becomes one
here, the Indian way: lakh and crore, day before month, long numbers digit by digit in groups.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.meaning.numbers import DIGIT_WORDS, cardinal, read_back, small_number
from npcl_voice.meaning.readout import MONTHS, day_of_month, money, ordinal, time_of_day

__all__ = ["RESPELLINGS", "Reading", "hour_of", "short_numbers", "to_ascii"]

UNITS = {
    "kw": "kilowatt",
    "kva": "kilo volt ampere",
    "kwh": "kilowatt hours",
    "mw": "megawatt",
    "v": "volts",
    "w": "watts",
    "a": "amperes",
    "km": "kilometres",
    "m": "metres",
    "min": "minutes",
    "mins": "minutes",
    "hr": "hours",
    "hrs": "hours",
    "%": "percent",
}
LONGEST_AMOUNT = 4
"""Digits of a bare number that may be an amount; a longer one is a string of digits."""

A_HUNDRED = "100"
"""The police's number, too: more often it is a hundred, and is said as such."""

SAID_AS_WORDS = {"OK": "okay", "AM": "ay em", "PM": "P M", "NO": "no", "YES": "yes", "NOT": "not", "AND": "and"}
"""Capitals that are not spelled as they stand."""

RESPELLINGS: dict[str, str] = {
    "ajnara": "uj nah ruh",
    "alpha": "al fuh",
    "bijli": "bidge lee",
    "chi": "kai",
    "devanagari": "day vuh nah guh ree",
    "dhanyavaad": "dhun yuh vaad",
    "ecotech": "eeko tech",
    "gaur": "gower",
    "ghaziabad": "gah zee uh bahd",
    "hatewa": "huh tay wah",
    "hindi": "hindee",
    "hynish": "high nish",
    "ji": "jee",
    "kasna": "kuss nah",
    "kripya": "krip yah",
    "luksar": "look sir",
    "namaste": "nuh muss tay",
    "nirala": "nih rah lah",
    "noida": "noy duh",
    "panchsheel": "punch sheel",
    "shivalik": "shih vah lick",
    "surajpur": "sooruj poor",
    "tugalpur": "too gull poor",
    "xu": "zoo",
    "mu": "mew",
    "eta": "eeta",
    "omicron": "omikron",
}
"""Words that flite's American lexicon does not know, spelled so that it says them."""

LETTER_A = "ay"
"""The letter by its name: alone it would be read as the article."""

_PUNCTUATION = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": ", ", "…": ".", "।": ".", "₹": "Rs ", "−": "-",
    "\u00a0": " ", "°": " degrees ", "½": " and a half", "×": " by ", "/": "/", "&": " and ",
    "\u200c": "", "\u200d": "",
})  # fmt: skip

_NUMBER = r"\d{1,3}(?:,\d{2,3})+|\d+"


def to_ascii(text: str) -> str:
    """`text` in ASCII: accents dropped, any script's digits as 0-9, other characters gone.

    Any byte beyond ASCII would be read as junk without an error.
    """
    kept = []
    for char in unicodedata.normalize("NFKD", text.translate(_PUNCTUATION)):
        digit = unicodedata.decimal(char, None)
        kept.append(char if char.isascii() else "" if digit is None else str(digit))
    return "".join(kept)


def short_numbers(company: Company) -> frozenset[str]:
    """Emergency numbers and short helplines: said digit by digit wherever they stand."""
    return frozenset(number for number in company.public_numbers() if len(number) <= LONGEST_AMOUNT) - {A_HUNDRED}


class Reading:
    """English as an Indian call centre reads it.

    `respellings` are the words that the voice would say wrong, as {word in lower case: spelling};
    `company` has the short numbers that are no amounts, the packaged one unless given.
    """

    def __init__(self, respellings: Mapping[str, str] = RESPELLINGS, company: Company | None = None) -> None:
        self._respellings = respellings
        self._helplines = short_numbers(packaged_company() if company is None else company)
        self._steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (re.compile(rf"(?:\bRs\.?|\bINR)\s*({_NUMBER})(?:\.(\d\d?))?(?:/-)?", re.IGNORECASE), _money),
            (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)\S*)?"), _iso_date),
            (re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b"), _date),
            (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(m[:3] for m in MONTHS)})[a-z]*\.?\b"), _day),
            (re.compile(r"\b(\d{1,2})[:.](\d\d)\s*([ap])\.?m\b\.?", re.IGNORECASE), _clock),
            (re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b()"), _clock),
            (re.compile(r"\b(\d{1,2})()\s*([ap])\.?m\b\.?", re.IGNORECASE), _clock),
            (re.compile(r"(?:\+91[- ]?|\b)(\d{3,5})-(\d{5,8})\b"), _phone),
            (re.compile(r"\+91[- ]?(\d{10})\b"), _mobile),
            (
                re.compile(
                    rf"\b({_NUMBER})(?:\.(\d+))?\s?(kwh|kva|kw|mw|km|mins?|hrs?|(?-i:[VWm])|(?<=\s)(?-i:A)|%)(?![a-z])",
                    re.IGNORECASE,
                ),
                _measure,
            ),
            (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda m: ordinal(int(m[1]))),
            (re.compile(r"\b([A-Za-z])-?(\d{1,4})\b"), _lettered),
            (re.compile(r"\b(\d{1,4})-?([A-Z])\b"), lambda m: f"{_figure(m[1])} {LETTER_A if m[2] == 'A' else m[2]}"),
            (re.compile(rf"({_NUMBER})\.(\d+)"), _decimal),
            (re.compile(_NUMBER), self._bare),
        )

    def spoken(self, text: str) -> str:
        """`text` in plain ASCII words and punctuation, as it is to be said."""
        text = to_ascii(text)
        for pattern, said in self._steps:
            text = pattern.sub(lambda m, said=said: f" {said(m)} ", text)  # type: ignore[misc]
        shouted = text.isupper()
        text = re.sub(r"[A-Za-z][A-Za-z']*", lambda m: self._word(m[0], shouted), text)
        text = re.sub(r"[^A-Za-z.,?!;:' -]+", " ", text)
        return re.sub(r"\s+([.,?!;:])", r"\1", " ".join(text.split()))

    def _bare(self, match: re.Match[str]) -> str:
        return read_back(match[0]) if match[0] in self._helplines else _figure(match[0])

    def _word(self, word: str, shouted: bool) -> str:
        lower = word.lower()
        if lower in self._respellings:
            return self._respellings[lower]
        if word in SAID_AS_WORDS:
            return SAID_AS_WORDS[word]
        if not shouted and 2 <= len(word) <= 6 and word.isupper():
            return " ".join(word)
        return lower if shouted else word


def _whole(digits: str) -> int:
    return int(digits.replace(",", ""))


def _figure(digits: str) -> str:
    """A bare number: an amount when it has commas or is short, else a string of digits."""
    if "," in digits:
        return cardinal(_whole(digits))
    if len(digits) > LONGEST_AMOUNT or (len(digits) > 1 and digits[0] == "0"):
        return read_back(digits)
    return cardinal(int(digits))


def _money(match: re.Match[str]) -> str:
    return money(_whole(match[1]), int((match[2] or "0").ljust(2, "0")), "en")


def _date_words(day: int, month: int, in_year: int) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= len(MONTHS)):
        return None
    return day_of_month(day, month, "en", in_year=in_year)


def _iso_date(match: re.Match[str]) -> str:
    date = _date_words(int(match[3]), int(match[2]), int(match[1])) or _plain(match[0])
    return f"{date}, {time_of_day(int(match[4]) % 24, int(match[5]), 'en')}" if match[4] else date


def _date(match: re.Match[str]) -> str:
    return _date_words(int(match[1]), int(match[2]), int(match[3])) or _plain(match[0])


def _plain(figures: str) -> str:
    return " ".join(_figure(part) for part in re.findall(r"\d+", figures))


def _day(match: re.Match[str]) -> str:
    month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(match[2]))
    return day_of_month(int(match[1]), month, "en")


def hour_of(match: re.Match[str]) -> int:
    """The hour from 0 to 23 of a written time: its first group the hour, its third the `a` or `p`, or nothing."""
    hour, half = int(match[1]), match[3].lower()
    return hour % 12 + (12 if half == "p" else 0) if half else hour


def _clock(match: re.Match[str]) -> str:
    return time_of_day(hour_of(match), int(match[2] or 0), "en")


def _phone(match: re.Match[str]) -> str:
    return f"{read_back(match[1])}, {read_back(match[2])}"


def _mobile(match: re.Match[str]) -> str:
    return read_back(match[1])


def _decimal(match: re.Match[str]) -> str:
    return f"{cardinal(_whole(match[1]))} point {' '.join(DIGIT_WORDS[int(d)] for d in match[2])}"


def _measure(match: re.Match[str]) -> str:
    whole = cardinal(_whole(match[1]))
    figure = f"{whole} point {' '.join(DIGIT_WORDS[int(d)] for d in match[2])}" if match[2] else whole
    return f"{figure} {UNITS[match[3].lower()]}"


def _lettered(match: re.Match[str]) -> str:
    return f"{match[1].upper()} {small_number(match[2])}"
