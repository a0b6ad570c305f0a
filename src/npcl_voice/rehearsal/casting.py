"""Who plays which caller: one synthetic caller, put together for one call."""

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor

from npcl_voice.audio.frame import Format
from npcl_voice.conversation.phrases import Phrases
from npcl_voice.errors import SettingsError
from npcl_voice.ports import Clock
from npcl_voice.rehearsal.caller import Manner, SyntheticCaller
from npcl_voice.rehearsal.effects import Conditions, Surroundings
from npcl_voice.rehearsal.listening import RecogniserEars, VoiceMouth, assistant_templates
from npcl_voice.rehearsal.script import Scenario, Script, load_cues
from npcl_voice.speech.local.ears import Vocabulary

__all__ = ["cast_caller", "ears_process"]


def cast_caller(
    scenario: Scenario,
    clock: Clock,
    format: Format,
    phrases: Phrases,
    places: Sequence[str],
    *,
    voice: str | None = None,
    manner: Manner | None = None,
    conditions: Conditions | None = None,
    executor: Executor | None = None,
) -> SyntheticCaller:
    """A caller who plays the scenario towards an assistant with those phrases, for a line of that format.

    `voice` takes the place of the scenario's; `executor` runs the caller's ears (`ears_process` for
    a call in real time). Raises SettingsError when caller and assistant would have the same voice.
    """
    voice = voice or scenario.voice
    if voice in phrases.voice.values():
        raise SettingsError("voice", f"{voice!r} is the assistant's own; a caller needs another")
    heard_back = [scenario.facts["name"]] if "name" in scenario.facts else []
    vocabulary = Vocabulary.of(assistant_templates(phrases.say), [*places, *heard_back])
    return SyntheticCaller(
        Script(scenario, load_cues()),
        RecogniserEars(vocabulary, executor),
        VoiceMouth(voice),
        clock,
        format,
        manner=manner,
        surroundings=Surroundings(conditions),
    )


def ears_process() -> ProcessPoolExecutor:
    """A process for a caller's ears; whoever asked for it shuts it down."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C goes to every process of a terminal; the parent ends the call and then this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
