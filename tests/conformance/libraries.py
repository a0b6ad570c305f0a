"""Other people's client libraries, each in an environment of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / ".conformance"
"""Where environments and recordings are made; `make clean` removes it."""
INSTALL_S = 1_200


@dataclass(frozen=True)
class Library:
    """One client library."""

    name: str
    pointed: str
    """How it is pointed at another server."""
    mind: str
    """What was asked of it, and what its users should know."""

    @property
    def pins(self) -> str:
        """What is installed for it."""
        return (HERE / f"requirements-{self.name}.txt").read_text("utf-8")

    @property
    def version(self) -> str:
        """The pinned version."""
        return self.pins.split("==")[1].split()[0]

    @property
    def script(self) -> Path:
        """The script that holds a scene with it."""
        return HERE / "clients" / f"with_{self.name.replace('-', '_')}.py"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return BUILD / self.name / "bin" / "python"


LIBRARIES = (
    Library(
        "openai",
        pointed='Pass `base_url="http://HOST:PORT/v1"` to `AsyncOpenAI`.',
        mind="The library leaves playing, cutting and truncating to its user; `server_vad` is asked for with both of "
        "its flags on.",
    ),
    Library(
        "openai-agents",
        pointed='Pass `model_config={"url": "ws://HOST:PORT/v1/realtime?model=…", "api_key": …}` to '
        "`RealtimeRunner.run`.",
        mind="Its own settings are used: `semantic_vad`, voice `ash`, `gpt-4o-mini-transcribe`, and a second "
        '`session.update` with `tracing: "auto"`, which is accepted and traces nothing. The library posts traces of '
        "its own to OpenAI unless `set_tracing_disabled(True)` is called.",
    ),
    Library(
        "pipecat-ai",
        pointed='Pass `base_url="ws://HOST:PORT/v1/realtime"` to `OpenAIRealtimeLLMService`.',
        mind="The session is that of the library's example: `semantic_vad`, `gpt-realtime-whisper`, near-field noise "
        "reduction; the assistant speaks first. Typed words reach the model as the caller's only in the context that "
        "a pipeline begins with: what is appended later goes out as system items. When a function returns within "
        "about 5 ms of the end of the caller's turn, the library sends its result but no `response.create`: it still "
        "counts the caller as speaking. The embedded engine calls functions at once: let such a function take 50 ms.",
    ),
    Library(
        "livekit-plugins-openai",
        pointed='Pass `base_url="http://HOST:PORT/v1"` to `openai.realtime.RealtimeModel`.',
        mind="The plugin's own settings are used: `semantic_vad`, voice `marin`, `gpt-4o-mini-transcribe`. An "
        "`AgentSession` hears no barge-in during the first three seconds of its first answer unless "
        "`aec_warmup_duration=None`.",
    ),
)


VERSIONS = {library.name: library.version for library in LIBRARIES}
REMARKS = {library.name: f"{library.pointed} {library.mind}" for library in LIBRARIES}


def install(library: Library) -> None:
    """Make the library's environment, unless it is there with the same pins and the same Python."""
    folder = BUILD / library.name
    stamp = folder / ".pins"
    wanted = f"python {sys.version_info.major}.{sys.version_info.minor}\n{library.pins}"
    if library.python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    print(f"installing {library.name} {library.version}", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=INSTALL_S)
    pip = [library.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]
    subprocess.run([*pip, HERE / f"requirements-{library.name}.txt"], check=True, timeout=INSTALL_S)
    stamp.write_text(wanted, "utf-8")
