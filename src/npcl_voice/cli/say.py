"""`npcl-voice say`: the assistant's voice to a WAV file."""

from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer

from npcl_voice.errors import SettingsError

__all__ = ["say"]

LONGEST_CHARS = 10_000


class Rate(IntEnum):
    """Samples a second that a file may have."""

    TELEPHONE = 8_000
    WIDE = 16_000
    FULL = 24_000


def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    save: Annotated[Path, typer.Option(help="The WAV file to write.", metavar="FILE")],
    language: Annotated[str, typer.Option(help="The language of the text.", metavar="CODE")] = "en",
    rate: Annotated[int, typer.Option(help="Samples a second: 8000, 16000 or 24000.")] = Rate.FULL,
) -> None:
    """Write the assistant's voice, saying TEXT, to a WAV file."""
    from npcl_voice.cli.settings import load_settings
    from npcl_voice.conversation.phrases import load_book, load_phrases

    if rate not in set(Rate):
        raise SettingsError("--rate", f"{rate} is not one of {', '.join(str(int(each)) for each in Rate)}")
    if not text.strip():
        raise SettingsError("TEXT", "there is nothing to say")
    if len(text) > LONGEST_CHARS:
        raise SettingsError("TEXT", f"at most {LONGEST_CHARS} characters are said at once")
    load_phrases(language)

    import numpy as np

    from npcl_voice.audio.frame import PCM_16K, Codec, Format
    from npcl_voice.audio.resample import encode, resample
    from npcl_voice.channels.recording import check_target, save_frame
    from npcl_voice.domain.company import read_company
    from npcl_voice.speech.local.pipeline import SENTENCE_GAP_MS
    from npcl_voice.speech.local.speakers import speakers_of

    check_target(save, "--save")
    settings = load_settings()
    company = read_company(settings.domain.texts())
    english, others = speakers_of(load_book(language, company), settings.local, company)
    mouth = others.get(language, english)
    gap = np.zeros(PCM_16K.samples_in(SENTENCE_GAP_MS), np.int16)
    sentences = [samples for sentence in mouth.sentences(text) if (samples := mouth.render(sentence)).size]
    if not sentences:
        raise SettingsError("TEXT", "there is nothing in it that can be spoken")
    parts = [part for sentence in sentences for part in (sentence, gap)][:-1]
    sound = encode(resample(np.concatenate(parts), mouth.rate_hz, rate), Format(Codec.PCM16, rate))
    save_frame(save, sound, "--save")
    typer.echo(f"{save}: {sound.ms / 1000:.1f} s", err=True)
