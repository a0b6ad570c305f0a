"""The Realtime protocol, both sides, no socket: what is said on the wire, and what it means.

`events` and `codec` are the words, `client` and `server` the two who keep to them.
"""

from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.codec import decode_client, decode_server, encode
from npcl_voice.realtime.events import ClientEvent, ServerEvent
from npcl_voice.realtime.server import ServerSession

__all__ = ["ClientEvent", "ClientSession", "ServerEvent", "ServerSession", "decode_client", "decode_server", "encode"]
