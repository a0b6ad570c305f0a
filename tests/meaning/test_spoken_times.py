"""Times as they are spoken, in three scripts, and what they are told from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.moments import Duration, Moment, Soon, SpokenTime
from npcl_voice.meaning.spoken_times import times_in
from npcl_voice.meaning.tokens import tokens_of


def written(time: SpokenTime) -> str:
    """A time in few letters."""
    match time:
        case Soon():
            return "soon"
        case Duration():
            span = f"{float(time.least_min):g}" + (
                "" if time.least_min == time.most_min else f"-{float(time.most_min):g}"
            )
            return f"{span} min {time.sense}" + (" most" if time.most else "")
        case Moment():
            clock = (
                ""
                if time.minute is None
                else f"{time.minute // 60}:{time.minute % 60:02d}" + ("!" if time.exact else "")
            )
            days = "/".join(f"{days:+d}" for days in sorted(time.days))
            weekday = "" if time.weekday is None else f"weekday {time.weekday}"
            date = "" if time.day is None else f"{time.day}." + ("" if time.month is None else f"{time.month}.")
            return " ".join(filter(None, (clock, time.part, days, weekday, date)))


def read(text: str) -> list[str]:
    """The times in a text."""
    return [written(time) for time in times_in(tokens_of(text))]


TIMES = [
    ("half past nine tonight", "9:30 night +0"),
    ("half nine", "9:30"),
    ("half nine hours", "540 min plain"),
    ("quarter to ten", "9:45"),
    ("quarter past nine tomorrow", "9:15 +1"),
    ("ten past nine", "9:10"),
    ("five minutes to ten", "9:55"),
    ("twenty before ten", "10:00"),
    ("quarter after six", "6:15"),
    ("nine o'clock", "9:00"),
    ("nine thirty pm", "21:30!"),
    ("9 pm", "21:00!"),
    ("9:30 pm tomorrow", "21:30! +1"),
    ("21:30", "21:30!"),
    ("9.30 pm", "21:30!"),
    ("by 9.30", "9:30"),
    ("by nine", "9:00"),
    ("by nine hours", "540 min plain"),
    ("by the nine", "9:00"),
    ("nine in the evening", "9:00 evening"),
    ("nine fifteen in the morning", "9:15 morning"),
    ("by nine thirty", "9:30"),
    ("nine thirty sharp", "9:30"),
    ("the nine thirty mark", "9:30"),
    ("nau baje", "9:00"),
    ("saadhe nau baje", "9:30"),
    ("रात साढ़े नौ बजे", "9:30 night"),
    ("डेढ़ बजे", "1:30"),
    ("ढाई बजे तक", "2:30"),
    ("पौने दस", "9:45"),
    ("सवा सात बजे", "7:15"),
    ("nau bajkar bees minute", "9:20"),
    ("das bajne mein paanch minute", "9:55"),
    ("nau tak", "9:00"),
    ("saadhe nau tak", "9:30"),
    ("nau pachas ka samay", "9:50"),
    ("tonight", "night +0"),
    ("tomorrow morning", "morning +1"),
    ("day after tomorrow", "+2"),
    ("kal subah", "morning -1/+1"),
    ("परसों शाम", "evening -2/+2"),
    ("aadhi raat", "0:00 midnight"),
    ("midnight", "0:00 midnight"),
    ("on Monday", "weekday 0"),
    ("somvar ko", "weekday 0"),
    ("10 December", "10.12."),
    ("10th December 2026", "10.12."),
    ("December the tenth", "10.12."),
    ("December tenth", "10.12."),
    ("on the tenth", "10."),
    ("das tareekh", "10."),
    ("दस तारीख तक", "10."),
    ("the twenty first of December", "21.12."),
    ("2026-12-10", "10.12."),
    ("10/12/2026", "10.12."),
    ("in two hours", "120 min ahead"),
    ("in about two hours", "120 min ahead"),
    ("within two hours", "120 min ahead most"),
    ("two to three hours", "120-180 min plain"),
    ("two or three hours", "120-180 min plain"),
    ("2-3 hours", "120-180 min plain"),
    ("in half an hour", "30 min ahead"),
    ("half an hour ago", "30 min back"),
    ("for a quarter of an hour", "15 min plain"),
    ("an hour", "60 min plain"),
    ("a couple of hours", "120 min plain"),
    ("a couple hours", "120 min plain"),
    ("a few hours", "120-720 min plain"),
    ("few minutes", "2-12 min plain"),
    ("two hours from now", "120 min ahead"),
    ("two hours time", "120 min ahead"),
    ("two working days", "2880 min plain"),
    ("two more hours", "120 min plain"),
    ("two and a half hours", "150 min plain"),
    ("two hours and a half", "150 min plain"),
    ("one hour and thirty minutes", "90 min plain"),
    ("ek ghanta aur tees minute", "90 min plain"),
    ("do ghante mein", "120 min ahead"),
    ("do ghante ke andar", "120 min ahead most"),
    ("do ghante pehle", "120 min back"),
    ("do ghante se", "120 min back"),
    ("do ghante se zyada", "120 min plain most"),
    ("no more than two hours", "120 min plain most"),
    ("no longer than two hours", "120 min plain most"),
    ("aadha ghanta", "30 min plain"),
    ("aadhe ghante mein", "30 min ahead"),
    ("dedh ghante mein", "90 min ahead"),
    ("two or one hours", "60 min plain"),
    ("since two hours", "120 min back"),
    ("last two hours", "120 min back"),
    ("soon", "soon"),
    ("as soon as possible", "soon"),
    ("shortly", "soon"),
    ("jald se jald", "soon"),
    ("jaldi", "soon"),
    ("within the hour", "soon"),
    ("tomorrow at nine in the morning", "9:00 morning +1"),
    ("nine on Monday, ten on Monday", "weekday 0, weekday 0"),
    ("morning or evening", "morning, evening"),
    ("today, tomorrow", "+0, +1"),
    ("kal ya parson", "-1/+1, -2/+2"),
    ("nine tonight tomorrow", "9:00 night +0, +1"),
    ("at 9 o'clock", "9:00"),
    ("nau aur das baje", "10:00"),
    ("raat ko", "night"),
    ("subah aath baje tak", "8:00 morning"),
    ("5 minutes", "5 min plain"),
    ("12:00 am", "0:00!"),
    ("12 pm", "12:00!"),
    ("noon", "noon"),
    ("Saturday the fifth", "weekday 5 5."),
    ("9:30 baje", "9:30"),
    ("nine thirty baje", "9:30"),
    ("kal mangalvar ko", "-1/+1 weekday 1"),
    ("five past nine and nine past five", "9:05, 5:09"),
]


@pytest.mark.parametrize(("text", "times"), TIMES)
def test_times_are_read_as_they_are_spoken(text, times):
    """Of the day, with parts of the day and days, and durations."""
    assert ", ".join(read(text)) == times


@pytest.mark.parametrize(
    "text",
    [
        "nine oh five",
        "9.30 rupees",
        "25:70",
        "nau bajkar",
        "das bajne mein der",
        "das bajne mein paanch log",
        "saadhe barah kilowatt",
        "saadhe teen sau",
        "saadhe chaubees",
        "December",
        "on the tenth floor",
        "twenty first",
        "31st",
        "32 December",
        "40/12/2026",
        "1/13/26",
        "a few things",
        "a thing",
        "as soon as",
        "nine thirty",
        "two nine",
        "nine hundred",
        "24 baje",
        "0 baje",
        "zero baje",
        "just after two",
        "by the end",
        "point five",
        "nine and a half",
        "by oh",
        "three in",
        "three in the",
    ],
)
def test_what_is_no_time(text):
    """Numbers that count other things, and days that no month has."""
    assert read(text) == []


@given(st.lists(st.sampled_from(sorted({word for text, _ in TIMES for word in text.split()})), max_size=12))
def test_any_words_can_be_read(words):
    """Nothing breaks it; each time names tokens of its own, in order."""
    tokens = tokens_of(" ".join(words))
    end = 0
    for time in times_in(tokens):
        assert end <= time.start < time.end <= len(tokens)
        end = time.end
