"""placeholder until merged"""

from collections.abc import Callable
from npcl_voice.ports import Clock
from npcl_voice.speech.local.engine import LocalDoor, LocalEngine


class RecordedEngine(LocalDoor):
    name = "recorded"
