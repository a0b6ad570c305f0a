"""Sentences as words, figures and signs, and the one spelling of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.tokens import spelling, tokens_of


def kinds(text: str) -> list[tuple[str, str]]:
    """The kind and the lower-case text of each token."""
    return [(token.kind, token.plain) for token in tokens_of(text)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It's done, I've sent it.", "it is done , i have sent it ."),
        ("We won't and can't, don't", "we will not and can not , do not"),
        ("They'll, he'd, we're, let's, shan't", "they will , he would , we are , let us , shall not"),
        ("9 p.m. at Rs. 500", "9 pm at rs 500"),
        ("nine o’clock", "nine oclock"),
        ("The crew's been sent, the crew's working", "the crew is been sent , the crew is working"),
        ("Somebody's here, the crew's estimate", "somebody is here , the crew's estimate"),
        ("call-back and twenty-one", "call back and twenty one"),
        ("000-054 - 324", "000 - 054 - 324"),
        ("क्रू ५ बजे", "kroo 5 baje"),
        ("a_b", "a b"),
        ("", ""),
    ],
)
def test_what_is_written_in_many_ways_is_read_in_one(text, plain):
    """Contractions, dots, quotation marks, figures of both scripts, and hyphens between words."""
    assert " ".join(token.plain for token in tokens_of(text)) == plain


def test_kinds():
    """A figure may have commas; a clock, a date and an ordinal are one token each."""
    assert kinds("2,345.50 9:30 10/12/2026 2026-12-10 3rd ok!") == [
        ("figure", "2,345.50"),
        ("clock", "9:30"),
        ("date", "10/12/2026"),
        ("date", "2026-12-10"),
        ("ordinal", "3rd"),
        ("word", "ok"),
        ("sign", "!"),
    ]


@pytest.mark.parametrize(
    "spellings",
    [
        "शिकायत shikayat shikaayat",
        "कंप्लेंट complaint कम्प्लेंट",
        "रिपोर्ट report",
        "इंजीनियर engineer",
        "फ़ोन फोन phone",
        "पहले pehle",
        "साढ़े साढे saadhe sadhe",
        "chahiye chaahie चाहिए",
        "kahan kahaan कहाँ",
        "khuli खुली",
        "rukiye रुकिए",
        "hain हैं hai",
    ],
)
def test_spellings_of_one_word(spellings):
    """In either script, and English words in Devanagari."""
    assert len({spelling(word) for word in spellings.split()}) == 1


def test_words_that_differ_stay_apart():
    """A last n counts, an order is no statement, and opening is no call."""
    pairs = [
        ("teen", "thi"),
        ("rahiye", "rahi"),
        ("khol", "call"),
        ("main", "mein"),
        ("dhai", "de"),
        ("ban", "ba"),
        ("ले", "लाइन"),
    ]
    assert [pair for pair in pairs if spelling(pair[0]) == spelling(pair[1])] == []


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text):
    """No token is empty, and nothing that is a letter or a figure is lost."""
    tokens = tokens_of(text)
    assert all(token.raw for token in tokens)
    figures = [letter for letter in text if letter.isascii() and letter.isdigit()]
    assert sum(letter.isdigit() and letter.isascii() for token in tokens for letter in token.raw) >= len(figures)
