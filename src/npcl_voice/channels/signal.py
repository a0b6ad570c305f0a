"""What is wrong with a microphone's sound, told once and in one line."""

import numpy as np

from npcl_voice.audio.level import level_db

__all__ = ["SignalCheck"]

CHECK_MS = 5_000
"""After so much sound the verdict is given."""
QUIET_MS = 20_000
"""Nearly silent is judged later: the caller listens to the greeting first."""
QUIET_DB = -60.0
"""Somebody who speaks is louder than that."""
FULL_SCALE = 32_000
CLIPPED_SHARE = 0.002
"""Of all samples; speech that is only just too loud has this many at full scale."""
RATE_TOLERANCE = 0.05
"""A device's clock is right to a hundredth of a per cent; a wrong rate is off by 8 per cent and more."""


class SignalCheck:
    """Listens to the first seconds of a device, PCM of 16 bits at `rate_hz`."""

    def __init__(self, rate_hz: int, device: str) -> None:
        self._rate_hz = rate_hz
        self._device = device
        self._samples = 0
        self._clipped = 0
        self._zeros = 0
        self._loudest = -120.0
        self._began: float | None = None
        self._done = False

    def hear(self, pcm: bytes, now: float) -> str | None:
        """The verdict, once, when it is time for it and something is wrong; `now` is in seconds."""
        if self._done:
            return None
        if self._began is None:  # what came before is of unknown age
            self._began = now
            return None
        samples = np.frombuffer(pcm, "<i2")
        self._samples += samples.size
        self._clipped += int((np.abs(samples.astype(np.int32)) >= FULL_SCALE).sum())
        self._zeros += int((samples == 0).sum())
        self._loudest = max(self._loudest, level_db(samples))
        if (now - self._began) * 1000 < CHECK_MS:
            return None
        self._done = (now - self._began) * 1000 >= QUIET_MS
        verdict = self._verdict(now - self._began)
        self._done |= verdict is not None
        return verdict

    def _verdict(self, seconds: float) -> str | None:
        rate = self._samples / seconds
        device = self._device
        if abs(rate / self._rate_hz - 1) > RATE_TOLERANCE:
            return f"{device} gives {rate:.0f} samples a second instead of {self._rate_hz}: choose another device."
        if self._zeros == self._samples:
            return (
                f"{device} gives nothing but digital silence: is it muted, or the wrong one? See `npcl-voice devices`."
            )
        if self._done and self._loudest < QUIET_DB:
            return f"{device} is nearly silent ({self._loudest:.0f} dB): turn it up, or choose another one."
        if self._clipped > CLIPPED_SHARE * self._samples:
            return f"{device} is too loud and clips: turn it down, or speak further away."
        return None
