"""The twin of the Realtime API: a true server of its protocol, with scripted words and scripted faults.

In memory `TwinEngine` is an engine of the house on whatever clock it is given, and `FaultyEngine`
puts the same faults before any other engine; `TwinServer` offers either over a real socket.
"""

from npcl_voice.rehearsal.twin.engine import FaultyEngine, TwinEngine
from npcl_voice.rehearsal.twin.faults import Faults, load_faults, parse_faults
from npcl_voice.rehearsal.twin.recordings import Recordings, spoken
from npcl_voice.rehearsal.twin.script import Script, load_script, parse_script, script_names

__all__ = [
    "Faults",
    "FaultyEngine",
    "Recordings",
    "Script",
    "TwinEngine",
    "load_faults",
    "load_script",
    "parse_faults",
    "parse_script",
    "script_names",
    "spoken",
]
