"""The sections of the settings: each field with its default, its unit and its reason."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from npcl_voice.errors import SettingsError
from npcl_voice.secret import DatabaseUrl, RealtimeUrl, Secret, SigningSecret, WebhookUrl

__all__ = [
    "OPENAI_URL",
    "Audio",
    "Call",
    "Domain",
    "Engine",
    "LatencyBudget",
    "Local",
    "Masking",
    "Outbox",
    "Realtime",
    "Retention",
    "Service",
    "Store",
    "Turns",
]

ENDING_S = 120.0
"""How long after its limit a call may still be ending."""

OPENAI_URL = RealtimeUrl("wss://api.openai.com/v1/realtime")
"""Where OpenAI's own Realtime API is."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """How one call goes."""

    language: Literal["en", "hi", "auto"] = "auto"
    """The language of a call, until its caller asks for another; it must have its file in `conversation/phrases`.
    `auto` begins in English and goes over to the language that the caller speaks."""
    idle_prompt_s: Annotated[float, Meta(ge=2, le=60)] = 8.0
    """Silence after a question before we ask whether the caller is there: people who look for a bill
    need some seconds, people who lost the line should not wait long."""
    idle_prompts: Annotated[int, Meta(ge=1, le=5)] = 2
    """Prompts without an answer before we say goodbye: two, so that one missed prompt costs nothing."""
    keypad_timeout_s: Annotated[float, Meta(ge=1, le=15)] = 3.0
    """Pause after the last key that ends keyed digits when neither `#` nor the full length did."""
    answer_due_ms: Annotated[int, Meta(ge=100, le=10_000)] = 1_200
    """After a turn, when its answer is due: what the source design's seven edges take together."""
    bridge_ms: Annotated[int, Meta(ge=0, le=10_000)] = 500
    """Silence, from when sound was due, after which our own voice asks for a moment's patience."""
    engine_ready_ms: Annotated[int, Meta(ge=200, le=30_000)] = 2_000
    """How long an engine may take until it has accepted our settings; then the next one is asked. Callers
    notice three seconds, and the next engine needs one of them."""
    engine_stall_ms: Annotated[int, Meta(ge=200, le=60_000)] = 1_500
    """Silence of the engine, from when its answer was due, after which the call goes on at the next one."""
    limit_s: Annotated[float, Meta(ge=30, le=7200)] = 600.0
    """A call's longest duration: a line left open must not stay so for ever."""
    limit_warning_s: Annotated[float, Meta(ge=20, le=7200)] = 540.0
    """When the caller is told that the call will soon end: early enough to finish the matter."""

    @property
    def longest(self) -> timedelta:
        """After so long a call is over, whatever its record says: it ends with a farewell and what is waited for."""
        return timedelta(seconds=self.limit_s + ENDING_S)


class Turns(msgspec.Struct, frozen=True, kw_only=True):
    """When the caller begins and ends to speak, and who has the floor."""

    min_speech_ms: Annotated[int, Meta(ge=0, le=2000)] = 250
    """A sound shorter than this during our own voice is no turn: a cough or a slammed door."""
    prefix_padding_ms: Annotated[int, Meta(ge=0, le=2000)] = 300
    """Sound kept from before speech was detected: the first consonant is softer than the detector's bar."""
    silence_ms_any: Annotated[int, Meta(ge=100, le=5000)] = 480
    """Closing silence of a turn when anything may be said: longer than a breath inside a sentence."""
    silence_ms_yes_no: Annotated[int, Meta(ge=100, le=5000)] = 300
    """Closing silence after a yes/no question: the answer is one word, so the pause may be short."""
    silence_ms_number: Annotated[int, Meta(ge=100, le=5000)] = 850
    """Closing silence while a number is dictated: people pause up to 700 ms between its groups."""
    hold_first_sound_ms: Annotated[int, Meta(ge=0, le=2000)] = 400
    """How long our first sound waits for the transcript after a turn, so that danger is heard first."""
    max_turn_ms: Annotated[int, Meta(ge=2000, le=60_000)] = 12_000
    """A turn is closed at this length: behind it usually stands a television, not a sentence."""


class Audio(msgspec.Struct, frozen=True, kw_only=True):
    """The microphone and the loudspeaker of this machine."""

    input_device: str = ""
    """The microphone's name or a part of it; the remembered one unless given, else the system's default."""
    output_device: str = ""
    """The loudspeaker's name or a part of it; chosen in the same way."""
    sound_backend: Literal["sounddevice", "pyaudio"] = "sounddevice"
    """The library between us and PortAudio; `pyaudio` is for those who have built it."""
    chunk_bytes: Annotated[int, Meta(ge=240, le=4096)] = 1024
    """Sound is taken and given in pieces of so much, 16 bits at 24 kHz: 1024 bytes are 512 samples, 21.3 ms."""
    device_latency_s: Annotated[float, Meta(ge=0.005, le=1)] = 0.04
    """How much sound the device may hold: two chunks; less breaks up when the machine is busy."""
    echo: Literal["half_duplex", "livekit", "speexdsp", "none"] = "half_duplex"
    """How the assistant is kept from hearing itself. `half_duplex` is deaf while it speaks; the cancellers
    (extra packages) let a caller speak into it; `none` is for headsets."""
    echo_tail_ms: Annotated[float, Meta(ge=0, le=2000)] = 300
    """How long after our voice the half-duplex guard stays deaf: the device's buffer and the room's echo."""
    barge_in_db: Annotated[float, Meta(ge=3, le=60)] = 12
    """How far above the echo a voice must be for the half-duplex guard to hear it; 60 leaves it to the key."""
    push_to_talk: bool = False
    """Whether the caller is heard only while the talk key (space) is on."""


class Local(msgspec.Struct, frozen=True, kw_only=True):
    """The embedded engine's own parts."""

    voice: Literal["rms", "slt", "awb", "kal16"] = "rms"
    """The assistant's English voice; `rms` was the clearest over the telephone's narrow band."""
    speed: Annotated[float, Meta(ge=0.5, le=2)] = 1.0
    """The voice's pace, as a ratio of its natural one."""
    workers: Annotated[int, Meta(ge=0, le=64)] = 0
    """Recognisers and voices at work at once; 0 means as many as there are cores."""
    local_capacity: Annotated[int, Meta(ge=0, le=1_000)] = 0
    """Calls that the embedded engine takes at once; the others hear the recorded voice. 0 means as many as
    were measured at start to be heard without falling behind."""
    recogniser_model: str = ""
    """Folder of a larger recogniser's model; empty means the packaged one."""
    voice_model: str = ""
    """Folder of a larger voice's model; empty means the packaged one."""


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """Where things are remembered."""

    data_dir: Path = Path()
    """Folder of the database, the event logs and the secret key; the user's data folder unless given."""
    database_url: DatabaseUrl = DatabaseUrl()
    """Where complaints and calls are kept: `sqlite+aiosqlite:///FILE` or `postgresql+psycopg://…`; a file in
    the data folder unless given."""

    @property
    def logs(self) -> Path:
        """Where the event logs of calls are."""
        return self.data_dir / "calls"


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How many days things are kept; `serve` lets go of the rest each day, `npcl-voice retention` at once."""

    keep_transcripts_d: Annotated[int, Meta(ge=2, le=36_500)] = 90
    """Transcripts, packets of handovers, and that names were tried: as long as somebody may ask about a call. The
    DPDP Act 2023 wants personal data erased when its purpose has ended."""
    keep_event_logs_d: Annotated[int, Meta(ge=1, le=36_500)] = 90
    """Event logs, by which a call is replayed: as long as its transcript, and for the same reason."""
    keep_calls_d: Annotated[int, Meta(ge=365, le=36_500)] = 365
    """When calls were and what came of them, settled callbacks, delivered jobs: the DPDP Rules 2025 want logs
    kept for one year at least."""
    keep_complaints_d: Annotated[int, Meta(ge=365, le=36_500)] = 1_095
    """Closed complaints and the numbers they were made from: evidence before the grievance forum (UPERC
    Regulations 2022). The forum's own period was found in no source, so three years."""
    keep_needs_d: Annotated[int, Meta(ge=1, le=3_650)] = 365
    """How long somebody counts as depending on power after saying so: health changes, and the flag may be set
    anew. It says nothing of what ails them."""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """The company's own data: areas, helplines, offices, promises, safety words, thresholds, transfer targets."""

    domain_dir: str = ""
    """Folder whose TOML files replace the packaged ones one by one; empty means that all are the packaged ones."""

    def texts(self) -> dict[str, str]:
        """The text of each TOML file in the folder, by its name; none without a folder.

        Raises SettingsError (`NPCL_DOMAIN_DIR`) for a folder or a file that cannot be read.
        """
        if not self.domain_dir:
            return {}
        path = Path(self.domain_dir)
        try:
            path = path.expanduser()
            found = sorted(file for file in path.iterdir() if file.suffix == ".toml")
            texts = {}
            for path in found:
                texts[path.name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            reason = "it names a user whom this machine does not know" if type(error) is RuntimeError else reason
            raise SettingsError("NPCL_DOMAIN_DIR", f"cannot read {path}: {reason}") from None
        return texts


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The network side, `npcl-voice serve`."""

    host: str = "127.0.0.1"
    """Address to listen on; the loopback, because opening a port to others is a decision."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8080
    """Port to listen on; 0 lets the system choose."""
    api_keys: tuple[Secret, ...] = ()
    """Bearer keys for `/v1/realtime`, separated by commas; with none set only the loopback may call."""


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """How what is owed to other systems reaches them."""

    webhook_url: WebhookUrl = WebhookUrl()
    """Where each job is sent, by https; plain http to this machine only. With none set, `outbox run` writes
    log lines."""
    webhook_secret: SigningSecret = SigningSecret()
    """Signs each request, so that the receiver knows that it is ours: `whsec_` and base64, or at least 16
    characters of any text."""
    webhook_timeout_s: Annotated[float, Meta(ge=0.05, le=120)] = 10.0
    """How long the receiver may take for one request: a stalled one keeps the next alert waiting."""
    webhook_http_hosts: str = ""
    """Names of hosts, separated by commas, that may be reached by plain http: those behind a tunnel or a
    proxy on the company's own network."""
    outbox_retry_s: Annotated[float, Meta(ge=0.1, le=600)] = 1.0
    """Longest wait before the second attempt; it doubles with each one, and chance shortens it, so that
    jobs that failed together do not come back together."""
    outbox_retry_max_s: Annotated[float, Meta(ge=1, le=86_400)] = 300.0
    """Longest wait before any attempt: nobody notices sooner than that that a receiver is back."""
    outbox_alert_retry_max_s: Annotated[float, Meta(ge=1, le=3600)] = 15.0
    """The same for an alert, which cannot wait so long."""
    outbox_stuck_after: Annotated[int, Meta(ge=1, le=10_000)] = 10
    """Attempts after which a job is shown as stuck, which is some minutes; it is tried on all the same."""


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """Who listens and answers."""

    name: Literal["auto", "openai", "local"] = "auto"
    """`auto` takes the remote engine where one is configured, by a key or an address, and else the embedded
    one; `openai` asks for the remote one; `local` is the embedded one alone, and nothing leaves this machine."""
    openai_api_key: Secret = Secret()
    """The key for the remote engine; without one the embedded engine answers. `npcl-voice key set` keeps it
    encrypted in the data folder; a key that is given here wins."""


class Realtime(msgspec.Struct, frozen=True, kw_only=True):
    """The remote engine: any server of OpenAI's Realtime API in its GA form."""

    realtime_url: RealtimeUrl = OPENAI_URL
    """Where it is: OpenAI, `wss://RESOURCE.openai.azure.com/openai/v1/realtime`, or a compatible server. Plain
    `ws` reaches this machine only. A key never stands in it."""
    realtime_model: str = "gpt-realtime-2.1"
    """The speech model; on Azure the name of the deployment."""
    realtime_voice: str = "marin"
    """The model's voice; it is sent once, since it cannot be changed after the first word."""
    realtime_transcriber: str = "gpt-live-transcribe"
    """Writes down what the caller says, beside the model: danger is looked for in those words."""
    realtime_fallback_url: RealtimeUrl = RealtimeUrl()
    """A second Realtime server, tried when the first fails; empty means that there is none."""
    realtime_fallback_model: str = ""
    """The model there; empty means the first server's."""
    realtime_fallback_key: Secret = Secret()
    """The key there: the first server's key is never sent to another host."""
    realtime_plain_hosts: str = ""
    """Names of hosts, separated by commas, that may be reached by plain `ws`: those behind a tunnel of the
    company's own."""
    realtime_keepalive_s: Annotated[float, Meta(ge=0.5, le=60)] = 5.0
    """How often the socket is pinged, and how long the answer may take."""
    realtime_wait_s: Annotated[float, Meta(ge=0, le=10)] = 4.0
    """How long a call waits for its turn when the provider's limits are reached; then the embedded engine
    answers it."""
    spend_per_call: Annotated[float, Meta(ge=0, le=1_000)] = 1.0
    """US dollars that one call may cost at the remote engine; then the embedded one goes on. A call of ten
    minutes costs about half of it. With 0 nothing may be spent, so no call begins there."""
    spend_per_day: Annotated[float, Meta(ge=0, le=1_000_000)] = 50.0
    """US dollars that all calls of this process may cost in a day (UTC) at the remote engine; then the embedded
    one answers until the next day. With 0 nothing may be spent."""


class Masking(msgspec.Struct, frozen=True, kw_only=True):
    """How personal data is covered in what we keep."""

    secret_key: Secret = Secret()
    """Keys the masks of event logs and transcripts, and encrypts the remote engine's kept key; made on first
    run and kept in the data folder. At least 16 characters, for a shorter one could be guessed."""


class LatencyBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What may take how long. Tests, benchmarks and reports read these numbers; nobody repeats them."""

    capture_ms: float = 50
    """Microphone to first byte: the first of the source design's seven edges."""
    processing_ms: float = 100
    """Our handling of the caller's sound."""
    encoding_ms: float = 200
    """Format conversion and base64."""
    network_ms: float = 500
    """To the engine and back."""
    api_ms: float = 200
    """The engine's own time."""
    response_ms: float = 100
    """Our handling of the answer."""
    decoding_ms: float = 50
    """The answer's last edge, back to sound."""
    dead_air_p95_ms: float = 1500
    """From when sound was due until something sensible is heard, whatever breaks."""
    talk_goes_on_p95_ms: float = 3000
    """From the same moment until the talk goes on."""
    own_share_p50_ms: float = 1
    """Frame in to model, model to frame out, barge-in to silence, at 20 calls."""
    own_share_p95_ms: float = 5
    """The same, of 95 in a hundred."""
    own_share_p99_ms: float = 20
    """The same, of 99 in a hundred."""
    first_sound_p50_ms: float = 600
    """Embedded engine: end of the caller's speech to first sound, turns without a dictated number."""
    first_sound_p95_ms: float = 900
    """The same, of 95 in a hundred."""
    first_sound_after_number_p50_ms: float = 1000
    """The same after a dictated number, whose closing silence is longer."""
    first_sound_after_number_p95_ms: float = 1300
    """The same, of 95 in a hundred."""
    greeting_ms: float = 300
    """Answer to first sound of the greeting, whose phrase is cached."""
    socket_open_ms: float = 1500
    """Start of `serve` to its open socket."""
    ready_ms: float = 5000
    """Start of `serve` to `/ready` with warm models."""
    loop_lag_p99_ms: float = 20
    """The event loop's delay while two callers speak at once."""

    @property
    def total_ms(self) -> float:
        """The source design's seven edges together."""
        return (
            self.capture_ms
            + self.processing_ms
            + self.encoding_ms
            + self.network_ms
            + self.api_ms
            + self.response_ms
            + self.decoding_ms
        )
