"""The two laws of the telephone."""

import hashlib
import sys
import warnings

import numpy as np
import pytest

from npcl_voice.audio.frame import Codec
from npcl_voice.audio.g711 import decode, encode

LAWS = [Codec.PCMU, Codec.PCMA]
EVERY_CODE = bytes(range(256))
EVERY_LEVEL = np.arange(-32_768, 32_768).astype(np.int16)

MU_LAW = (
    "-32124 -31100 -30076 -29052 -28028 -27004 -25980 -24956 -23932 -22908 -21884 -20860 -19836 -18812 -17788 -16764 "
    "-15996 -15484 -14972 -14460 -13948 -13436 -12924 -12412 -11900 -11388 -10876 -10364 -9852 -9340 -8828 -8316 "
    "-7932 -7676 -7420 -7164 -6908 -6652 -6396 -6140 -5884 -5628 -5372 -5116 -4860 -4604 -4348 -4092 "
    "-3900 -3772 -3644 -3516 -3388 -3260 -3132 -3004 -2876 -2748 -2620 -2492 -2364 -2236 -2108 -1980 "
    "-1884 -1820 -1756 -1692 -1628 -1564 -1500 -1436 -1372 -1308 -1244 -1180 -1116 -1052 -988 -924 "
    "-876 -844 -812 -780 -748 -716 -684 -652 -620 -588 -556 -524 -492 -460 -428 -396 "
    "-372 -356 -340 -324 -308 -292 -276 -260 -244 -228 -212 -196 -180 -164 -148 -132 "
    "-120 -112 -104 -96 -88 -80 -72 -64 -56 -48 -40 -32 -24 -16 -8 0"
)
"""ITU-T G.711, table 2b, codes 00 to 7F, in 16 bits; codes 80 to FF are the same levels above zero."""

A_LAW = (
    "-5504 -5248 -6016 -5760 -4480 -4224 -4992 -4736 -7552 -7296 -8064 -7808 -6528 -6272 -7040 -6784 "
    "-2752 -2624 -3008 -2880 -2240 -2112 -2496 -2368 -3776 -3648 -4032 -3904 -3264 -3136 -3520 -3392 "
    "-22016 -20992 -24064 -23040 -17920 -16896 -19968 -18944 -30208 -29184 -32256 -31232 -26112 -25088 -28160 -27136 "
    "-11008 -10496 -12032 -11520 -8960 -8448 -9984 -9472 -15104 -14592 -16128 -15616 -13056 -12544 -14080 -13568 "
    "-344 -328 -376 -360 -280 -264 -312 -296 -472 -456 -504 -488 -408 -392 -440 -424 "
    "-88 -72 -120 -104 -24 -8 -56 -40 -216 -200 -248 -232 -152 -136 -184 -168 "
    "-1376 -1312 -1504 -1440 -1120 -1056 -1248 -1184 -1888 -1824 -2016 -1952 -1632 -1568 -1760 -1696 "
    "-688 -656 -752 -720 -560 -528 -624 -592 -944 -912 -1008 -976 -816 -784 -880 -848"
)
"""ITU-T G.711, table 1b, codes 00 to 7F, in 16 bits; codes 80 to FF are the same levels above zero."""

ENCODED = {
    Codec.PCMU: "81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a",
    Codec.PCMA: "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b",
}
"""SHA-256 of the codes of all levels from -32768 up, as the standard library of Python 3.11 gives them."""


@pytest.mark.parametrize(("law", "below_zero"), [(Codec.PCMU, MU_LAW), (Codec.PCMA, A_LAW)])
def test_every_code(law, below_zero):
    """All 256 codes have the level of the standard."""
    levels = [int(level) for level in below_zero.split()]
    assert len(levels) == 128
    decoded = decode(EVERY_CODE, law)
    assert decoded.dtype == np.int16
    assert decoded.tolist() == [*levels, *(-level for level in levels)]


@pytest.mark.parametrize("law", LAWS)
def test_every_level(law):
    """All 65,536 levels have the code that telephone software gives them."""
    codes = encode(EVERY_LEVEL, law)
    assert hashlib.sha256(codes).hexdigest() == ENCODED[law]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left the standard library with 3.13")
@pytest.mark.parametrize("law", LAWS)
def test_against_the_standard_library(law):
    """The standard library says the same, to the last bit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
    there, back = (audioop.lin2ulaw, audioop.ulaw2lin) if law is Codec.PCMU else (audioop.lin2alaw, audioop.alaw2lin)
    assert encode(EVERY_LEVEL, law) == there(EVERY_LEVEL.tobytes(), 2)
    assert decode(EVERY_CODE, law).tobytes() == back(EVERY_CODE, 2)


@pytest.mark.parametrize("law", LAWS)
def test_there_and_back(law):
    """A code's level has that code again; of the two zeros of mu-law the positive one."""
    again = encode(decode(EVERY_CODE, law), law)
    differing = [code for code in EVERY_CODE if again[code] != code]
    assert differing == ([0x7F] if law is Codec.PCMU else [])


def test_no_law():
    """Linear samples have no law."""
    with pytest.raises(ValueError, match=r"pcm16 is not a law of G\.711"):
        decode(b"", Codec.PCM16)
    with pytest.raises(ValueError, match=r"pcm16 is not a law of G\.711"):
        encode(EVERY_LEVEL, Codec.PCM16)
