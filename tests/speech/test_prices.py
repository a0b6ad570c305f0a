"""Prices: what an answer and a transcript cost, whatever a server tells of them."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.responses import CachedTokens, InputTokens, OutputTokens, TranscriptionUsage, Usage
from npcl_voice.speech.prices import (
    ModelPrice,
    Prices,
    TokenPrice,
    TranscriberPrice,
    answer_cost,
    packaged_prices,
    transcript_cost,
)

PRICE = ModelPrice(text=TokenPrice(4, 0.4, 24), audio=TokenPrice(32, 0.4, 64))
MINUTE, TOKENS = TranscriberPrice(minute=0.06), TranscriberPrice(text_in=2.5, audio_in=6, out=10)

counts = st.none() | st.integers(0, 200_000)
usages = st.builds(
    Usage,
    counts,
    counts,
    counts,
    st.none() | st.builds(InputTokens, counts, counts, counts, counts, st.none() | st.builds(CachedTokens, counts)),
    st.none() | st.builds(OutputTokens, counts, counts),
)


def read(text=None, audio=None, cached=None, **kinds) -> InputTokens:
    """Tokens that were read."""
    return InputTokens(text, audio, None, cached, CachedTokens(**kinds) if kinds else None)


# By hand: the rates per million tokens are text 4, 0.40 and 24, sound 32, 0.40 and 64.
@pytest.mark.parametrize(
    ("usage", "millionths"),
    [
        (Usage(), 0),
        (Usage(253, 132, 121, read(119, 13, 64, text_tokens=64, audio_tokens=0), OutputTokens(30, 91)), 7_205.6),
        (Usage(input_token_details=read(100, 200, 150, text_tokens=100, audio_tokens=50)), 4_860),
        # Only the sum of what was cached: text first, then sound.
        (Usage(input_token_details=read(100, 200, 150)), 4_860),
        (Usage(input_token_details=read(100, 200, 40)), 240 + 16 + 6_400),
        # Only sums: sound, the dearer kind.
        (Usage(input_tokens=10, output_tokens=20), 320 + 1_280),
        (Usage(input_tokens=30, input_token_details=read(10, 5)), 40 + 20 * 32),
        (Usage(output_tokens=30, output_token_details=OutputTokens(10, None)), 240 + 20 * 64),
        # More cached than read: all that was read.
        (Usage(input_token_details=read(10, 10, 900, text_tokens=500, audio_tokens=500)), 8),
    ],
)
def test_an_answer_costs_what_its_tokens_do(usage: Usage, millionths: float) -> None:
    """Cached tokens are among those read and cost their own price; nothing is counted twice."""
    assert answer_cost(PRICE, usage) * 1_000_000 == pytest.approx(millionths)


@given(usages)
def test_an_answer_never_costs_less_than_nothing_nor_more_than_sound(usage: Usage) -> None:
    """However its figures disagree, the dearest price of every token is the most there is."""
    into, out = usage.input_token_details or InputTokens(), usage.output_token_details or OutputTokens()
    most_read = max((into.text_tokens or 0) + (into.audio_tokens or 0), usage.input_tokens or 0)
    most_made = max((out.text_tokens or 0) + (out.audio_tokens or 0), usage.output_tokens or 0)
    assert 0 <= answer_cost(PRICE, usage) <= (most_read * 32 + most_made * 64) / 1_000_000 + 1e-9


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (TranscriptionUsage("duration", seconds=90), 0.09),
        (TranscriptionUsage("duration", seconds=0), 0),
        (TranscriptionUsage("tokens"), 0),
        (TranscriptionUsage("tokens", input_tokens=30, output_tokens=10), (30 * 6 + 10 * 10) / 1_000_000),
        (
            TranscriptionUsage("tokens", input_tokens=30, input_token_details=read(20, 10)),
            (20 * 2.5 + 10 * 6) / 1_000_000,
        ),
    ],
)
def test_a_transcript_costs_by_the_minute_or_by_the_token(usage: TranscriptionUsage, usd: float) -> None:
    """Whichever its server tells."""
    price = MINUTE if usage.seconds is not None else TOKENS
    assert transcript_cost(price, usage) == pytest.approx(usd)


def test_a_price_that_is_not_there_is_none() -> None:
    """A row without a price of that kind makes nothing of it; the list fills such gaps before."""
    assert transcript_cost(TOKENS, TranscriptionUsage("duration", seconds=60)) == 0
    assert transcript_cost(MINUTE, TranscriptionUsage("tokens", input_tokens=1, output_tokens=1)) == 0


@pytest.mark.parametrize("count", [-1, 10_000_001, 10**400])
def test_figures_that_cannot_be_are_refused(count: int) -> None:
    """Below zero, and more than any model reads or makes."""
    for usage in (
        Usage(input_tokens=count),
        Usage(output_tokens=count),
        Usage(input_token_details=read(text=count)),
        Usage(input_token_details=read(audio_tokens=count)),
        Usage(output_token_details=OutputTokens(audio_tokens=count)),
    ):
        with pytest.raises(ValueError, match="cannot be a number of tokens"):
            answer_cost(PRICE, usage)
    with pytest.raises(ValueError, match="cannot be a number of tokens"):
        transcript_cost(TOKENS, TranscriptionUsage("tokens", output_tokens=count))


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf"), 1e9])
def test_sound_has_a_length_that_can_be(seconds: float) -> None:
    """A day at most, and a number."""
    with pytest.raises(ValueError, match="cannot be the length"):
        transcript_cost(MINUTE, TranscriptionUsage("duration", seconds=seconds))


def test_the_packaged_list_is_whole() -> None:
    """It has its source and date, and the models that the settings begin with."""
    prices = packaged_prices()
    assert prices.as_of >= date(2026, 7, 1)
    assert "OpenAI" in prices.source
    assert prices.model("gpt-realtime-2.1") == (PRICE, True)
    assert prices.transcriber("gpt-live-transcribe")[1]
    for price in prices.models.values():
        for kind in (price.text, price.audio):
            assert kind.cached <= kind.read <= kind.made
    for name, row in prices.transcribers.items():
        by_token = (row.text_in, row.audio_in, row.out)
        assert (row.minute is None) != (None in by_token), name


def test_a_dated_version_costs_what_its_model_does() -> None:
    """Only a day is taken off a name: `-mini` is another model."""
    prices = packaged_prices()
    assert prices.model("gpt-realtime-mini-2025-12-15") == (prices.models["gpt-realtime-mini"], True)
    assert prices.transcriber("whisper-1-2026-01-01")[1]
    assert not prices.model("gpt-realtime-2.1-maxi")[1]
    assert not prices.model("2026-01-01")[1]


def test_an_unknown_model_costs_what_the_dearest_does() -> None:
    """Kind by kind, so that nothing is ever dearer than what is counted."""
    row = {"text": {"in": 1, "cached": 1, "out": 9}, "audio": {"in": 5, "cached": 1, "out": 5}}
    other = {"text": {"in": 2, "cached": 0, "out": 3}, "audio": {"in": 4, "cached": 2, "out": 6}}
    prices = msgspec.convert(
        {
            "source": "a test",
            "as_of": date(2026, 7, 1),
            "models": {"one": row, "two": other},
            "transcribers": {"one": {"minute": 3}, "two": {"text_in": 1, "audio_in": 2, "out": 3}, "free": {}},
        },
        Prices,
    )
    dearest = ModelPrice(text=TokenPrice(2, 1, 9), audio=TokenPrice(5, 2, 6))
    assert prices.model("deployment-of-ours") == (dearest, False)
    assert prices.transcriber("deployment-of-ours") == (TranscriberPrice(3, 1, 2, 3), False)
    assert prices.transcriber("one") == (TranscriberPrice(3, 1, 2, 3), True)
