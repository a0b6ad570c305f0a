"""What an answer and a transcript cost at the remote engine, from the usage that its server reports."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from npcl_voice.realtime.responses import CachedTokens, InputTokens, OutputTokens, TranscriptionUsage, Usage

__all__ = [
    "ModelPrice",
    "Prices",
    "TokenPrice",
    "TranscriberPrice",
    "answer_cost",
    "packaged_prices",
    "transcript_cost",
]

MILLION = 1_000_000
MOST_TOKENS = 10 * MILLION
"""More cannot be in one answer: no model reads or makes so much, so such a figure is a fault."""
MOST_SECONDS = 86_400.0
SECONDS_A_MINUTE = 60

Usd = Annotated[float, Meta(ge=0, le=100_000)]

DATED = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")


class TokenPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars per million tokens of one kind."""

    read: Usd = msgspec.field(name="in")
    cached: Usd
    made: Usd = msgspec.field(name="out")


class ModelPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a speech model costs."""

    text: TokenPrice
    audio: TokenPrice


class TranscriberPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a recogniser costs: by the minute or by the token."""

    minute: Usd | None = None
    text_in: Usd | None = None
    audio_in: Usd | None = None
    out: Usd | None = None


P = TypeVar("P")


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list."""

    source: str
    as_of: date
    models: Annotated[dict[str, ModelPrice], Meta(min_length=1)]
    transcribers: Annotated[dict[str, TranscriberPrice], Meta(min_length=1)]

    def model(self, name: str) -> tuple[ModelPrice, bool]:
        """A model's price, and whether it is known; else it is taken to cost what the dearest does, kind by kind."""
        found = _listed(self.models, name)
        if found is not None:
            return found, True
        rows = self.models.values()
        return ModelPrice(_dearest([row.text for row in rows]), _dearest([row.audio for row in rows])), False

    def transcriber(self, name: str) -> tuple[TranscriberPrice, bool]:
        """A recogniser's price, and whether it is known. What its row does not say is taken from the dearest."""
        found = _listed(self.transcribers, name)
        row = found or TranscriberPrice()
        whole = {
            field: getattr(row, field)
            if getattr(row, field) is not None
            else max(getattr(one, field) or 0.0 for one in self.transcribers.values())
            for field in TranscriberPrice.__struct_fields__
        }
        return TranscriberPrice(**whole), found is not None


@cache
def packaged_prices() -> Prices:
    """The list that comes with the program, `prices.toml`."""
    text = (files("npcl_voice.speech") / "prices.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Prices)


def answer_cost(price: ModelPrice, usage: Usage) -> float:
    """US dollars for an answer: what was read, what of it was cached, and what was made.

    What a server leaves out counts as nothing; what it does not tell apart, as the kind that costs more.
    Raises ValueError for a figure that cannot be: below zero, or more than any model reads or makes.
    """
    into = usage.input_token_details or InputTokens()
    hit = into.cached_tokens_details or CachedTokens()
    out = usage.output_token_details or OutputTokens()
    text, audio = _tokens(into.text_tokens), _tokens(into.audio_tokens)
    audio += max(0, _tokens(usage.input_tokens) - text - audio)
    # Cached tokens are among those read, so there are never more of them. Where only their sum is
    # told they were text first, of which the cache saves less.
    cached_text, cached_audio = min(_tokens(hit.text_tokens), text), min(_tokens(hit.audio_tokens), audio)
    spare = max(0, _tokens(into.cached_tokens) - cached_text - cached_audio)
    of_text = min(spare, text - cached_text)
    cached_text += of_text
    cached_audio += min(spare - of_text, audio - cached_audio)
    made_text, made_audio = _tokens(out.text_tokens), _tokens(out.audio_tokens)
    made_audio += max(0, _tokens(usage.output_tokens) - made_text - made_audio)
    return (
        (text - cached_text) * price.text.read
        + cached_text * price.text.cached
        + made_text * price.text.made
        + (audio - cached_audio) * price.audio.read
        + cached_audio * price.audio.cached
        + made_audio * price.audio.made
    ) / MILLION


def transcript_cost(price: TranscriberPrice, usage: TranscriptionUsage) -> float:
    """US dollars for a transcript: by its seconds where the server tells them, else by its tokens.

    Raises ValueError as `answer_cost` does.
    """
    seconds = usage.seconds
    if seconds is not None:
        if not 0 <= seconds <= MOST_SECONDS:
            msg = f"{seconds} s cannot be the length of a transcript's sound"
            raise ValueError(msg)
        return seconds / SECONDS_A_MINUTE * (price.minute or 0.0)
    into = usage.input_token_details or InputTokens()
    text, audio = _tokens(into.text_tokens), _tokens(into.audio_tokens)
    audio += max(0, _tokens(usage.input_tokens) - text - audio)
    read = text * (price.text_in or 0.0) + audio * (price.audio_in or 0.0)
    return (read + _tokens(usage.output_tokens) * (price.out or 0.0)) / MILLION


def _tokens(count: int | None) -> int:
    if count is None:
        return 0
    if not 0 <= count <= MOST_TOKENS:
        msg = f"{count} cannot be a number of tokens"
        raise ValueError(msg)
    return count


def _listed(rows: Mapping[str, P], name: str) -> P | None:
    """The row of that name, or of the name without the day of its version."""
    return rows.get(name) or rows.get(DATED.sub("", name))


def _dearest(rows: list[TokenPrice]) -> TokenPrice:
    return TokenPrice(max(row.read for row in rows), max(row.cached for row in rows), max(row.made for row in rows))
