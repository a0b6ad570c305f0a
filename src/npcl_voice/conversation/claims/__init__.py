"""What was said aloud against what the store has confirmed."""

from npcl_voice.conversation.claims.judging import Claim, ClaimKind
from npcl_voice.conversation.claims.ledger import Ledger
from npcl_voice.conversation.claims.recorded import Recorded
from npcl_voice.conversation.claims.sentences import Sentence, Sentences

__all__ = ["Claim", "ClaimKind", "Ledger", "Recorded", "Sentence", "Sentences"]
