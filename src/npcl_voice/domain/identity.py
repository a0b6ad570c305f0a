"""Who a caller is: the caller says the name, and it is compared with the one on record, never read out."""

from datetime import timedelta
from typing import Literal

from npcl_voice.domain.names import same_word, words_of

__all__ = ["TRIES_A_CALL", "TRIES_A_DAY", "TRIES_SPAN", "Verdict", "same_name", "verdict_of"]

Verdict = Literal["verified", "no_match", "locked", "unknown_account"]
"""What comes of comparing a name. `locked` is said of the right name, too, once too many were wrong."""

TRIES_A_CALL = 3
"""Wrong names on one call, after which nobody is verified on it."""

TRIES_A_DAY = 5
"""Wrong names for one account within `TRIES_SPAN`, on whatever calls, after which it is closed to callers."""

TRIES_SPAN = timedelta(hours=24)
"""How long a wrong name or a wrong code counts: a day back from now, so that midnight opens nothing."""


def same_name(said: str, on_record: str) -> bool:
    """Whether what a caller said, in Latin letters, is the name on record.

    The first name alone is enough; a surname alone is not, and a surname that is another one speaks
    against it. Spelling, titles, order and "my name is" do not count. An empty name is nobody's.
    """
    spoken, known = words_of(said), words_of(on_record)
    if not spoken or not known or len(spoken) > len(known) + 1:  # a list of names is no name
        return False
    unused = list(spoken)
    missed = [word for word in known if not _take(word, unused)]
    return known[0] not in missed and (not unused or not missed)


def verdict_of(said: str, on_record: str, *, wrong_on_call: int, wrong_on_account: int) -> Verdict:
    """What comes of a name, after so many wrong ones on this call, and for this account within `TRIES_SPAN`."""
    if wrong_on_call >= TRIES_A_CALL or wrong_on_account >= TRIES_A_DAY:
        return "locked"
    return "verified" if same_name(said, on_record) else "no_match"


def _take(word: str, spoken: list[str]) -> bool:
    """Cross out the spoken word that is this one."""
    found = next((one for one in spoken if same_word(word, one)), None)
    if found is not None:
        spoken.remove(found)
    return found is not None
