"""A server's settings: what holds when nothing was said, and what a partial update makes of them.

Only present keys change, null goes back to the default. Where the service does not say whether a
partial `turn_detection` is merged or replaces the old one, it is merged as long as its type stays.
"""

from typing import Final, TypeVar

import msgspec
from msgspec import UNSET

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime.session import (
    Audio,
    AudioFormat,
    AudioInput,
    AudioOutput,
    Pcm,
    ResponseAudio,
    ResponseAudioOutput,
    ResponseParameters,
    SemanticVad,
    ServerVad,
    SessionConfig,
    Transcription,
    TurnDetection,
    VoiceId,
)

__all__ = ["Settings"]

_SERVER_VAD: Final = ServerVad(
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    idle_timeout_ms=None,
    create_response=True,
    interrupt_response=True,
)
_SEMANTIC_VAD: Final = SemanticVad(eagerness="auto", create_response=True, interrupt_response=True)
_NO_INPUT: Final = AudioInput(format=Pcm(), noise_reduction=None, transcription=None, turn_detection=None)
_NO_OUTPUT: Final = AudioOutput(format=Pcm(), voice="marin", speed=1.0)
_NOTHING: Final = SessionConfig(
    output_modalities=("audio",),
    instructions="",
    tools=(),
    tool_choice="auto",
    max_output_tokens="inf",
    truncation="auto",
    tracing=None,
    include=None,
)
"""What null means for each key; keys that are absent here are absent from then on."""

_Part = TypeVar("_Part", bound=msgspec.Struct)


class Settings(msgspec.Struct, frozen=True):
    """All settings of a session."""

    session: SessionConfig
    """Without `audio`, which is in the two below."""
    input: AudioInput
    output: AudioOutput

    @classmethod
    def at_first(cls, session_id: str, model: str, expires_at: int) -> "Settings":
        """What holds before the client has said anything: turn detection is on."""
        session = msgspec.structs.replace(
            _NOTHING, model=model, id=session_id, object="realtime.session", expires_at=expires_at
        )
        return cls(session, msgspec.structs.replace(_NO_INPUT, turn_detection=_SERVER_VAD), _NO_OUTPUT)

    def updated(self, update: SessionConfig, *, voice_fixed: bool) -> "Settings":
        """The settings after an update.

        The model is the connection's, whatever the update says. With `voice_fixed` the assistant has
        been heard: another voice raises RemoteProtocolError (`cannot_update_voice`).
        """
        kept = {"model", "audio", "id", "object", "expires_at"}
        session = _over(self.session, update, _NOTHING, kept)
        if not update.audio:
            return Settings(session, self.input, self.output)
        hearing = self._hearing(update.audio.input) if update.audio.input else self.input
        speaking = self._speaking(update.audio.output) if update.audio.output else self.output
        if voice_fixed and speaking.voice != self.output.voice:
            msg = "Cannot update a conversation's voice if assistant audio is present."
            raise RemoteProtocolError(msg, code="cannot_update_voice", param="session.audio.output.voice")
        return Settings(session, hearing, speaking)

    def echo(self) -> SessionConfig:
        """The settings as `session.created` and `session.updated` report them."""
        if not self.answers:
            return SessionConfig(
                type="transcription",
                audio=Audio(input=self.input),
                include=self.session.include,
                id=self.session.id,
                object="realtime.transcription_session",
                expires_at=self.session.expires_at,
            )
        return msgspec.structs.replace(self.session, audio=Audio(input=self.input, output=self.output))

    @property
    def answers(self) -> bool:
        """Whether this session answers at all: a transcription session only listens."""
        return self.session.type != "transcription"

    @property
    def input_format(self) -> AudioFormat:
        """The format of the caller's sound."""
        return self.input.format or Pcm()

    @property
    def detection(self) -> TurnDetection | None:
        """How turns are noticed; None: the client says."""
        return self.input.turn_detection or None

    @property
    def creates(self) -> bool:
        """Whether the server answers by itself at the end of a turn."""
        return self.answers and self.detection is not None and self.detection.create_response is True

    @property
    def interrupts(self) -> bool:
        """Whether the server cancels its answer when the caller speaks."""
        return self.detection is not None and self.detection.interrupt_response is True

    @property
    def transcribes(self) -> bool:
        """Whether the client wants the caller's words."""
        return bool(self.input.transcription)

    def for_response(self, wish: ResponseParameters | None) -> ResponseParameters:
        """Everything that one response goes by: what the client wished, and the session's where it did not."""
        wish = wish or ResponseParameters()
        audio = (wish.audio.output if wish.audio else None) or ResponseAudioOutput()
        voice = audio.voice or self.output.voice or None
        session = self.session
        return ResponseParameters(
            conversation=wish.conversation or "auto",
            input=wish.input,
            instructions=session.instructions or "" if wish.instructions is None else wish.instructions,
            output_modalities=wish.output_modalities or session.output_modalities or None,
            audio=ResponseAudio(
                ResponseAudioOutput(
                    format=audio.format or self.output.format or None,
                    voice=voice.id if isinstance(voice, VoiceId) else voice,
                )
            ),
            tools=session.tools or () if wish.tools is None else wish.tools,
            tool_choice=wish.tool_choice or session.tool_choice or "auto",
            parallel_tool_calls=_first(wish.parallel_tool_calls, session.parallel_tool_calls),
            reasoning=wish.reasoning or session.reasoning or None,
            max_output_tokens=wish.max_output_tokens or session.max_output_tokens or None,
            metadata=wish.metadata,
        )

    def _hearing(self, update: AudioInput) -> AudioInput:
        hearing = _over(self.input, update, _NO_INPUT)
        if isinstance(hearing.transcription, Transcription):
            # Strict clients fail on any key but these three.
            asked = hearing.transcription
            known = Transcription(model=asked.model, language=asked.language, prompt=asked.prompt)
            hearing = msgspec.structs.replace(hearing, transcription=known)
        before: TurnDetection
        match update.turn_detection:
            case ServerVad() as detection:
                before = self.detection if isinstance(self.detection, ServerVad) else _SERVER_VAD
                hearing = msgspec.structs.replace(hearing, turn_detection=_over(before, detection, _SERVER_VAD))
            case SemanticVad() as detection:
                before = self.detection if isinstance(self.detection, SemanticVad) else _SEMANTIC_VAD
                hearing = msgspec.structs.replace(hearing, turn_detection=_over(before, detection, _SEMANTIC_VAD))
            case _:
                pass
        return hearing

    def _speaking(self, update: AudioOutput) -> AudioOutput:
        speaking = _over(self.output, update, msgspec.structs.replace(_NO_OUTPUT, voice=self.output.voice))
        voice = speaking.voice
        return msgspec.structs.replace(speaking, voice=voice.id) if isinstance(voice, VoiceId) else speaking


def _over(now: _Part, update: msgspec.Struct, nothing: msgspec.Struct, kept: set[str] | None = None) -> _Part:
    """`now` with the present keys of `update` over it; null becomes what `nothing` has."""
    changes = {}
    for name in now.__struct_fields__:
        value = getattr(update, name)
        if value is not UNSET and name not in (kept or ()):
            changes[name] = getattr(nothing, name) if value is None else value
    return msgspec.structs.replace(now, **changes)


def _first(wish: bool | None, otherwise: bool | None | msgspec.UnsetType) -> bool | None:
    """The wish, where there is one; false is one."""
    if wish is not None:
        return wish
    return None if isinstance(otherwise, msgspec.UnsetType) else otherwise
