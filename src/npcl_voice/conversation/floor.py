"""Who has the floor: one small machine, as a table.

The other small machine, what the matter is, stands in `context.py`. The source design's one state
is derived from both.
"""

from enum import Enum

from npcl_voice.conversation.context import Matter

__all__ = ["FLOORS", "Floor", "FloorEvent", "state_name"]


class Floor(Enum):
    """Whose turn it is."""

    INITIAL = "initial"
    """Nobody has answered yet."""
    GREETING = "greeting"
    """We speak our first words."""
    LISTENING = "listening"
    """The caller may speak."""
    PROCESSING = "processing"
    """The caller has spoken; an answer is on its way."""
    RESPONDING = "responding"
    """We speak."""
    ENDED = "ended"
    """The line is closed."""


class FloorEvent(Enum):
    """What moves the floor."""

    ANSWERED = "line opened"
    VOICE_BEGAN = "our voice is heard"
    VOICE_ENDED = "all was heard"
    VOICE_CUT = "our voice was cut"
    TURN_TAKEN = "the caller's turn is complete"
    NOTHING_SAID = "the answer has no words"
    ENDED = "the line closed"


FLOORS: dict[Floor, dict[FloorEvent, Floor]] = {
    Floor.INITIAL: {FloorEvent.ANSWERED: Floor.GREETING, FloorEvent.ENDED: Floor.ENDED},
    Floor.GREETING: {
        FloorEvent.VOICE_BEGAN: Floor.GREETING,
        FloorEvent.VOICE_ENDED: Floor.LISTENING,
        FloorEvent.VOICE_CUT: Floor.LISTENING,
        FloorEvent.TURN_TAKEN: Floor.PROCESSING,
        FloorEvent.ENDED: Floor.ENDED,
    },
    Floor.LISTENING: {
        FloorEvent.VOICE_BEGAN: Floor.RESPONDING,
        FloorEvent.TURN_TAKEN: Floor.PROCESSING,
        FloorEvent.ENDED: Floor.ENDED,
    },
    Floor.PROCESSING: {
        FloorEvent.VOICE_BEGAN: Floor.RESPONDING,
        FloorEvent.NOTHING_SAID: Floor.LISTENING,
        FloorEvent.TURN_TAKEN: Floor.PROCESSING,
        FloorEvent.ENDED: Floor.ENDED,
    },
    Floor.RESPONDING: {
        FloorEvent.VOICE_ENDED: Floor.LISTENING,
        FloorEvent.VOICE_CUT: Floor.LISTENING,
        FloorEvent.TURN_TAKEN: Floor.PROCESSING,
        FloorEvent.ENDED: Floor.ENDED,
    },
    Floor.ENDED: {},
}
"""Where each event leads; an event that is not listed leaves the floor as it is."""


def state_name(floor: Floor, matter: Matter) -> str:
    """The source design's state: Complaint and Resolution come from the matter, else the floor."""
    return matter.value if matter in {Matter.COMPLAINT, Matter.RESOLUTION} else floor.value
