"""Rates and codecs, live and whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCM_24K, PCMA, PCMU, Codec, Format, Frame
from npcl_voice.audio.resample import LIVE_RATES_HZ, Converter, Resampler, convert, decode, encode, resample

PAIRS = [(a, b) for a in (8_000, 16_000, 24_000) for b in (8_000, 16_000, 24_000) if a != b]
pairs = st.sampled_from(PAIRS)
formats = st.sampled_from([PCM_8K, PCM_16K, PCM_24K, PCMU, PCMA])


def tone(hz: float, rate_hz: int, seconds: float = 0.5, amplitude: float = 10_000) -> np.ndarray:
    at = np.arange(int(rate_hz * seconds)) / rate_hz
    return np.rint(amplitude * np.sin(2 * np.pi * hz * at)).astype(np.int16)


def live(samples: np.ndarray, from_hz: int, to_hz: int) -> tuple[np.ndarray, Resampler]:
    """What comes out, 20 ms at a time."""
    leg = Resampler(from_hz, to_hz)
    tick = from_hz // 50
    return np.concatenate([leg.process(samples[at : at + tick]) for at in range(0, samples.size, tick)]), leg


def fitted(made: np.ndarray, hz: float, rate_hz: int, delay_ms: float) -> tuple[float, float, float]:
    """Gain in dB, phase in radians and signal to noise in dB of a tone that was delayed by so much."""
    part = slice(made.size // 4, made.size * 3 // 4)
    at = (np.arange(made.size) / rate_hz - delay_ms / 1000)[part]
    waves = np.stack([np.sin(2 * np.pi * hz * at), np.cos(2 * np.pi * hz * at)], axis=1)
    (sine, cosine), *_ = np.linalg.lstsq(waves, made[part].astype(float))
    rest = made[part] - waves @ np.array([sine, cosine])
    size = np.hypot(sine, cosine)
    return 20 * np.log10(size / 10_000), np.arctan2(cosine, sine), 20 * np.log10(size / np.sqrt(2) / rest.std())


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
@pytest.mark.parametrize(("hz", "gain_db"), [(100, 0.0), (1000, 0.0), (3300, -0.2)])
def test_speech_passes_unchanged(from_hz, to_hz, hz, gain_db):
    """The telephone's band passes at its level, exactly as late as said, and clean."""
    made, leg = live(tone(hz, from_hz), from_hz, to_hz)
    gain, phase, snr = fitted(made, hz, to_hz, leg.delay_ms)
    assert gain == pytest.approx(gain_db if 8_000 in (from_hz, to_hz) else 0.0, abs=0.01)
    assert phase == pytest.approx(0.0, abs=1e-3)
    assert snr > 75


@pytest.mark.parametrize(
    ("from_hz", "to_hz", "hz"), [(16_000, 8_000, 5_000), (24_000, 8_000, 7_000), (24_000, 16_000, 11_000)]
)
def test_aliases_are_kept_out(from_hz, to_hz, hz):
    """What the lower rate cannot carry is gone, not folded back."""
    made, _leg = live(tone(hz, from_hz), from_hz, to_hz)
    assert np.abs(made[made.size // 4 : made.size * 3 // 4]).max() <= 10


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_20_ms_are_20_ms(from_hz, to_hz):
    """Every tick gives exactly one tick."""
    leg = Resampler(from_hz, to_hz)
    for _ in range(5):
        assert leg.process(np.zeros(from_hz // 50, np.int16)).shape == (to_hz // 50,)


def test_delays():
    """Two milliseconds next to the telephone's rate, one above it, none without a change."""
    assert [Resampler(*pair).delay_ms for pair in PAIRS] == [2.0, 2.0, 2.0, 1.0, 2.0, 1.0]
    assert Resampler(8_000, 8_000).delay_ms == 0.0
    assert LIVE_RATES_HZ == (8_000, 16_000, 24_000)


def test_constant_sound():
    """A constant level stays what it is, in each phase of the filter."""
    for from_hz, to_hz in PAIRS:
        made, _leg = live(np.full(from_hz // 5, 10_000, np.int16), from_hz, to_hz)
        settled = made[made.size // 2 :]
        assert settled.min() >= 9_990
        assert settled.max() <= 10_010


def test_full_scale_is_clipped():
    """A step to full scale rings above it, and is cut there instead of wrapping round."""
    for level in (32_767, -32_768):
        made, _leg = live(np.concatenate([np.zeros(160), np.full(320, level)]).astype(np.int16), 8_000, 24_000)
        assert made.dtype == np.int16
        assert (made[-480:] * np.sign(level) > 30_000).all()
        assert level in made


@given(pairs, st.lists(st.integers(0, 700), max_size=12), st.integers(0, 2**32 - 1))
def test_blocks_of_any_size(pair, sizes, seed):
    """However the sound is cut, the same comes out, and never more than two samples wait."""
    from_hz, to_hz = pair
    samples = np.random.default_rng(seed).integers(-20_000, 20_000, sum(sizes)).astype(np.int16)
    whole = Resampler(from_hz, to_hz).process(samples)
    leg = Resampler(from_hz, to_hz)
    cuts = np.split(samples, np.cumsum(sizes))
    pieces = np.concatenate([leg.process(piece) for piece in cuts])
    assert (
        pieces.size
        == whole.size
        == samples.size // (from_hz // np.gcd(from_hz, to_hz)) * (to_hz // np.gcd(from_hz, to_hz))
    )
    assert np.abs(pieces.astype(int) - whole).max(initial=0) <= 1


@pytest.mark.parametrize("pair", PAIRS)
def test_a_sample_at_a_time(pair):
    """What makes no whole group waits for the next sample."""
    samples = np.arange(240, dtype=np.int16) * 100
    leg = Resampler(*pair)
    made = np.concatenate([leg.process(samples[at : at + 1]) for at in range(samples.size)])
    assert np.array_equal(made, Resampler(*pair).process(samples))


def test_the_same_rate_passes():
    """Nothing to do is nothing done."""
    samples = tone(440, 16_000)
    assert Resampler(16_000, 16_000).process(samples) is samples


@pytest.mark.parametrize("pair", [(44_100, 16_000), (16_000, 22_050)])
def test_other_rates_are_refused(pair):
    """A live leg runs at three rates only."""
    wrong = next(rate for rate in pair if rate != 16_000)
    with pytest.raises(ValueError, match=f"a live leg runs at 8000, 16000 or 24000 Hz, not at {wrong}"):
        Resampler(*pair)


@given(formats, formats, st.integers(1, 10))
def test_legs_between_formats(source, target, ticks):
    """Each tick in is a tick out, in the other format."""
    leg = Converter(source, target)
    made = [leg.convert(source.silence(source.samples_in(20))) for _ in range(ticks)]
    assert [one.format for one in made] == [target] * ticks
    assert [one.samples for one in made] == [target.samples_in(20)] * ticks
    assert max(np.abs(decode(one)).max() for one in made) <= 12  # A-law has no zero, and a step from silence rings
    assert (leg.source, leg.target) == (source, target)
    assert leg.delay_ms == (
        Resampler(source.rate_hz, target.rate_hz).delay_ms if source.rate_hz != target.rate_hz else 0.0
    )


def test_legs_of_one_rate():
    """Between codecs of one rate each sample is re-coded by itself; the same format passes untouched."""
    frame = Frame(b"\x80\x00\xff", PCMU)
    assert Converter(PCMU, PCMU).convert(frame) is frame
    assert Converter(PCMU, PCMA).convert(frame) == encode(decode(frame), PCMA)
    assert Converter(PCMU, PCM_8K).convert(frame).data == np.array([32124, -32124, 0], "<i2").tobytes()
    odd = Format(Codec.PCM16, 44_100)
    assert Converter(odd, odd).delay_ms == 0.0


def test_a_leg_is_for_one_format():
    """A frame of another format is refused, not misread."""
    with pytest.raises(ValueError, match="this leg takes"):
        Converter(PCMU, PCM_16K).convert(PCMA.silence(160))


def test_a_leg_keeps_its_state():
    """Two ticks of a leg are one sound, not two."""
    sound = encode(tone(1000, 8_000, 0.04), PCM_8K)
    leg = Converter(PCM_8K, PCM_16K)
    halves = [leg.convert(piece) for piece in sound.chunks(160)]
    whole = Converter(PCM_8K, PCM_16K).convert(sound)
    assert np.abs(decode(Frame.join(halves, PCM_16K)).astype(int) - decode(whole)).max() <= 1


def test_whole_sentences():
    """At once, any rate, exactly as long, without delay."""
    sentence = tone(1000, 22_050)
    made = resample(sentence, 22_050, 24_000)
    assert made.dtype == np.int16
    assert made.size == 12_000
    gain, phase, snr = fitted(made, 1000, 24_000, 0.0)
    assert gain == pytest.approx(0.0, abs=0.01)
    assert phase == pytest.approx(0.0, abs=1e-3)
    assert snr > 60
    assert resample(sentence, 22_050, 22_050) is sentence
    assert resample(np.zeros(0, np.int16), 8_000, 16_000).size == 0


def test_convert():
    """A whole frame in another format; the same format passes untouched."""
    frame = encode(tone(1000, 16_000), PCM_16K)
    assert convert(frame, PCM_16K) is frame
    narrow = convert(frame, PCMA)
    assert (narrow.format, narrow.samples) == (PCMA, 4_000)
    gain, phase, snr = fitted(decode(narrow), 1000, 8_000, 0.0)
    assert gain == pytest.approx(0.0, abs=0.1)
    assert phase == pytest.approx(0.0, abs=1e-2)
    assert snr > 30


@given(formats, st.binary(max_size=100))
def test_decode_and_encode(format_, data):
    """A frame's samples make the same frame again (mu-law has two zeros)."""
    frame = Frame(data[: len(data) // 2 * 2].replace(b"\x7f", b"\xff"), format_)
    samples = decode(frame)
    assert samples.dtype == np.int16
    assert samples.size == frame.samples
    assert encode(samples, format_) == frame


def test_samples_that_skip():
    """Every other sample of an array is coded as well as a plain one."""
    samples = np.array([1000, 7, -1000, 7], np.int16)[::2]
    assert encode(samples, PCMU) == encode(np.array([1000, -1000], np.int16), PCMU)
    assert encode(samples, PCM_8K).data == b"\xe8\x03\x18\xfc"
