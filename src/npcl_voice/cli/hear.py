"""`npcl-voice hear`: what the embedded ears make of recordings, one JSON line each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from npcl_voice.errors import SettingsError

if TYPE_CHECKING:
    from npcl_voice.meaning.expectation import Expectation

__all__ = ["hear"]

MOST_DIGITS = 20
CHUNK_BYTES = 3_200
NEVER_MS = 3_600_000


def hear(
    files: Annotated[list[Path], typer.Argument(help="WAV files of any PCM rate, mono or stereo.", metavar="FILE...")],
    expect: Annotated[
        str, typer.Option(help="What was asked for: any, yes_no, number, or number:10 for exact lengths.")
    ] = "any",
    language: Annotated[
        str, typer.Option(help="The language that is spoken: en, hi, or auto for either.", metavar="CODE")
    ] = "en",
) -> None:
    """Show what the embedded ears make of recordings, each taken as one turn: a JSON line a file."""
    from npcl_voice.conversation.phrases import load_book
    from npcl_voice.meaning.expectation import heard_at_first

    expectation = _expectation(expect)
    book = load_book(language)

    import msgspec
    import numpy as np

    from npcl_voice.audio.resample import resample
    from npcl_voice.channels.recording import read_recording
    from npcl_voice.cli.settings import read_settings
    from npcl_voice.domain.company import read_company
    from npcl_voice.meaning.expectation import Kind
    from npcl_voice.speech.local.detector import WINDOW_BYTES, SpeechDetector
    from npcl_voice.speech.local.ears import RATE_HZ
    from npcl_voice.speech.local.larger import EarsChoice, EarsSource, ears_of

    company = read_company(read_settings()[0].domain.texts())
    sounds = [read_recording(path, "FILE") for path in files]
    expected = heard_at_first(language)
    model = ears_of(EarsSource.of(EarsChoice.of(book, company.areas, "", expected)))
    expectation = msgspec.structs.replace(expectation, languages=expected)
    for path, recording in zip(files, sounds, strict=True):
        pcm = np.asarray(resample(recording.samples, recording.rate_hz, RATE_HZ), "<i2").tobytes()
        listener = model.listener()
        listener.begin(expectation)
        for at in range(0, len(pcm), CHUNK_BYTES):
            listener.feed(pcm[at : at + CHUNK_BYTES])
        heard = listener.finish()
        detector = SpeechDetector()
        detector.turns.wait(NEVER_MS)
        began: int | None = None
        for at in range(0, len(pcm) - WINDOW_BYTES + 1, WINDOW_BYTES):
            detector.step(pcm[at : at + WINDOW_BYTES])
            if began is None and detector.turns.in_turn:
                began = round(detector.turns.now_ms)
        speech_ms = 0 if began is None else round(detector.turns.now_ms - detector.turns.quiet_ms) - began
        shown = {
            "file": str(path),
            "text": heard.text,
            "digits": heard.digits if expectation.kind is Kind.NUMBER else None,
            "confidence": round(heard.confidence, 3),
            "speech_ms": max(0, speech_ms),
            "cpu_ms": round(heard.cpu_ms, 1),
        }
        typer.echo(msgspec.json.encode(shown).decode())


def _expectation(text: str) -> "Expectation":
    """What `--expect` means; raises SettingsError for anything else."""
    from npcl_voice.conversation.questions import NUMBER_LENGTHS
    from npcl_voice.meaning.expectation import ANYTHING, YES_OR_NO, Expectation, Kind

    kind, _, lengths = text.partition(":")
    if kind == "number":
        try:
            wanted = tuple(sorted({int(length) for length in lengths.split(",")})) if lengths else NUMBER_LENGTHS
        except ValueError:
            wanted = ()
        if wanted and 0 < wanted[0] <= wanted[-1] <= MOST_DIGITS:
            return Expectation(Kind.NUMBER, wanted)
        raise SettingsError("--expect", f"{lengths!r} are no lengths; write number:10 or number:9,10")
    known = {"any": ANYTHING, "yes_no": YES_OR_NO}
    if text not in known:
        raise SettingsError("--expect", f"{text!r} is not any, yes_no, number or number:LENGTHS")
    return known[text]
