"""What was said aloud against what the store has confirmed."""

from npcl_voice.conversation.claims.judging import Claim, ClaimKind
from npcl_voice.conversation.claims.ledger import Ledger

__all__ = ["Claim", "ClaimKind", "Ledger"]
