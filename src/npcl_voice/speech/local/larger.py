"""Which ears: the small ones, or a larger model from a folder of the operator's.
"""

from collections.abc import Mapping, Sequence

import msgspec

from npcl_voice.speech.local.ears import Ears, EarsModel, Vocabulary

__all__ = ["EarsChoice", "ears_of"]


class EarsChoice(msgspec.Struct, frozen=True):
    """What the ears are made from."""

    hear: Mapping[str, Sequence[str]]
    """The `hear` table of a language."""
    places: tuple[str, ...]


def ears_of(choice: EarsChoice) -> Ears:
    """The ears of that choice."""
    return EarsModel(Vocabulary.of(choice.hear, choice.places))
