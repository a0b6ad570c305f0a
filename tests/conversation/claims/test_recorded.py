"""What was judged in a call holds when it is replayed."""

from npcl_voice.conversation.claims import Claim
from npcl_voice.conversation.claims.recorded import Recorded

CLAIM = {"kind": "claim", "text": "It is *** .", "claim": "number", "backed": True, "sentence": 1}
LIE = {"kind": "claim", "text": "A crew comes.", "claim": "commitment", "backed": False, "sentence": 3}
DOUBT = {"kind": "doubt", "text": "A crew"}


def test_claims_are_those_of_the_log():
    """By the number of their sentence; its words are those of the replay."""
    ledger = Recorded([[{"type": "report", "line": CLAIM}, {"type": "play"}], ["x"], [{"type": "report", "line": LIE}]])
    assert ledger.weigh("It is 5.", 1, 0.0) == (Claim("It is 5.", "number", backed=True),)
    assert ledger.weigh("Anything.", 2, 0.0) == ()
    assert ledger.weigh("A crew comes.", 3, 0.0) == (Claim("A crew comes.", "commitment", backed=False),)


def test_a_sentence_is_doubted_in_the_step_in_which_it_was():
    """And in no other."""
    ledger = Recorded([])
    assert ledger.weigh("A crew", 1, 0.0, whole=False) == ()
    ledger.turn_to([{"type": "report", "line": DOUBT}, "x", {"type": "report", "line": "x"}])
    assert [claim.backed for claim in ledger.weigh("A crew", 1, 0.0, whole=False)] == [False]
    ledger.turn_to([])
    assert ledger.weigh("A crew is", 1, 0.0, whole=False) == ()
