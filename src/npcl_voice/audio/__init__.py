"""Sound as numbers: frames and their formats, the telephone's alphabet, and what moves between them.

Only frames are offered here, since everybody handles those: `g711`, `level`, `resample` and
`wave` bring numpy along, which whoever only passes frames on need not wait for.
"""

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCM_24K, PCMA, PCMU, Codec, Format, Frame

__all__ = ["PCMA", "PCMU", "PCM_8K", "PCM_16K", "PCM_24K", "Codec", "Format", "Frame"]
