"""Words by which the masking knows a person's name, and words that are none.

The names stand in `words/names.toml`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from npcl_voice.meaning.script import romanised

__all__ = ["COMMON_WORDS", "DEVANAGARI_OF", "FAMILY_NAMES", "GIVEN_NAMES", "PERSONS_NAMES", "PLACEHOLDERS", "in_latin"]


def _table() -> Mapping[str, dict[str, str]]:
    text = files("npcl_voice.meaning").joinpath("words", "names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


GIVEN_NAMES: Final[Mapping[str, str]] = MappingProxyType(_table()["given"])
"""Given names in Latin letters, and how each is written in Devanagari."""
FAMILY_NAMES: Final[Mapping[str, str]] = MappingProxyType(_table()["family"])
"""The same of families."""
DEVANAGARI_OF: Final[Mapping[str, str]] = MappingProxyType({**GIVEN_NAMES, **FAMILY_NAMES})
"""All of them, and how each is written in Devanagari."""
PERSONS_NAMES: Final = frozenset(DEVANAGARI_OF)
"""All of them in Latin letters."""
PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(_table()["placeholders"])
"""What stands for a name that is covered, in Latin letters and in Devanagari: plants, which nobody here is called."""

COMMON_WORDS: Final = frozenset(
    "a about above account actually after again ago agent all alright also am amount an and another any anybody "
    "anyone area around as ask at away back bad be because been before behind being below best better bill block "
    "both box bye call called calling can cannot case check city colony come coming complain complaint connect "
    "connected connection consumer correct could current customer cut daily damaged danger dark day days dead "
    "dear did do does doing done don't down due each electric electricity else emergency engineer evening every "
    "everybody everyone everything extension facing few find fine fire first fix flat floor for from full gali "
    "get getting give given go going gone good goodbye got great greater had half happened has have having he "
    "hello help her here hi him his hold home hour hours house how i if i'm in inside is it its just kindly know "
    "lady lane last late later left let light lights line like live living long looking lot low madam main make "
    "man manager many market may me meter minute minutes mobile month more morning most mr mrs ms much my myself "
    "name near nearby need never new next night no nobody noida none not nothing now number of off office "
    "officer ok okay old on once one only open opposite or other our out over owner park part past pay payment "
    "people person phase phone place please pole police power present problem quite rather reading ready really "
    "regarding register registered report request resident residing right road room sad same say school sector "
    "see send sent service she shop should since sir sitting so society some somebody someone something sorry "
    "speak speaking stand standing staying still stop street stuck such supply sure system talk talking tell "
    "temple tenant than thank thanks that the their them then there these they thing this those through till time "
    "tired to today tomorrow too tower transformer trying under unable until up upset us very village voltage "
    "waiting want wanting was way we well went were west what when where which while who why will wire with "
    "without working would wrong year yes yesterday yet you your".split()
)
"""No name, wherever they stand."""


def in_latin(text: str) -> str:
    """`text` in Latin letters: known names, and what stands for one, as they are written; all else by its sound."""
    return _DEVANAGARI.sub(lambda found: _WRITTEN.get(_bare(found[0])) or romanised(found[0]), text)


def _bare(word: str) -> str:
    """A word as far as all write it alike: no dot of a borrowed sound, each nasal a dot, no long `i` and `u`."""
    plain = unicodedata.normalize("NFD", word).replace(_NUKTA, "")
    return _NASAL.sub(_DOT, plain).translate(_SHORT)


_DEVANAGARI: Final = re.compile(r"[\u0900-\u097f]+")
_NUKTA, _DOT = "\u093c", "\u0902"
_NASAL: Final = re.compile("\u0901|[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
_SHORT: Final = str.maketrans("\u0908\u090a\u0940\u0942", "\u0907\u0909\u093f\u0941")
_WRITTEN: Final[Mapping[str, str]] = MappingProxyType(
    {_bare(written): name for name, written in reversed([*DEVANAGARI_OF.items(), *PLACEHOLDERS.items()])}
)
"""The names by how they are written in Devanagari; of two spellings the first."""
