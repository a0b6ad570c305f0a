"""Every setting of the house: its default, its unit and its reason.

`Settings.from_mapping` reads them once, from a mapping that `cli.settings` puts together; after
that they are handed down and never change. A setting's environment name is `NPCL_` and the field's
name in capitals, unless `NAMES` says otherwise. The unit is the end of the name (`_ms`, `_s`,
`_bytes`), the reason stands beneath the field, and `npcl-voice config` shows both.
"""

import difflib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from npcl_voice.errors import SettingsError
from npcl_voice.secret import DatabaseUrl, Secret, SigningSecret, WebhookUrl

__all__ = [
    "Audio",
    "Call",
    "DatabaseUrl",
    "Domain",
    "Engine",
    "LatencyBudget",
    "Local",
    "Masking",
    "Outbox",
    "Realtime",
    "Secret",
    "Service",
    "Setting",
    "Settings",
    "SigningSecret",
    "Store",
    "Turns",
    "WebhookUrl",
    "check_webhook",
]


OPENAI_URL = "wss://api.openai.com/v1/realtime"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """How one call goes."""

    language: Literal["en", "hi", "auto"] = "en"
    """The language in which a call begins; it must have its file in `conversation/phrases`."""
    idle_prompt_s: Annotated[float, Meta(ge=2, le=60)] = 8.0
    """Silence after a question before we ask whether the caller is there: people who look for a bill
    need some seconds, people who lost the line should not wait long."""
    idle_prompts: Annotated[int, Meta(ge=1, le=5)] = 2
    """Prompts without an answer before we say goodbye: two, so that one missed prompt costs nothing."""
    keypad_timeout_s: Annotated[float, Meta(ge=1, le=15)] = 3.0
    """Pause after the last key that ends keyed digits when neither `#` nor the full length did."""
    limit_s: Annotated[float, Meta(ge=30, le=7200)] = 600.0
    """A call's longest duration: a line left open must not stay so for ever."""
    limit_warning_s: Annotated[float, Meta(ge=20, le=7200)] = 540.0
    """When the caller is told that the call will soon end: early enough to finish the matter."""


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
    """`local` is the embedded engine; `auto` takes the best there is, which is the embedded one until
    the remote engine's release; `openai` will be that one."""
    openai_api_key: Secret = Secret()
    """The key for OpenAI's Realtime API; without one the embedded engine answers."""


class Realtime(msgspec.Struct, frozen=True, kw_only=True):
    """The remote engine: any server of OpenAI's Realtime API in its GA form."""

    realtime_url: str = OPENAI_URL
    """Where it is: OpenAI, `wss://RESOURCE.openai.azure.com/openai/v1/realtime`, or a compatible server. Plain
    `ws` reaches this machine only."""
    realtime_model: str = "gpt-realtime-2.1"
    """The speech model; on Azure the name of the deployment."""
    realtime_voice: str = "marin"
    """The model's voice; it is sent once, since it cannot be changed after the first word."""
    realtime_transcriber: str = "gpt-live-transcribe"
    """Writes down what the caller says, beside the model: danger is looked for in those words."""
    realtime_fallback_url: str = ""
    """A second Realtime server, tried when the first fails; empty means that there is none."""
    realtime_fallback_model: str = ""
    """The model there; empty means the first server's."""
    realtime_fallback_key: Secret = Secret()
    """The key there: the first server's key is never sent to another host."""
    realtime_plain_hosts: str = ""
    """Names of hosts, separated by commas, that may be reached by plain `ws`: those behind a tunnel of the
    company's own."""
    realtime_ready_ms: Annotated[int, Meta(ge=200, le=30_000)] = 2_000
    """How long an engine may take until it has accepted our settings; then the next one is asked. Callers
    notice three seconds, and the next engine needs one of them."""
    realtime_stall_ms: Annotated[int, Meta(ge=200, le=30_000)] = 1_500
    """Silence of the engine, from when an answer was due, after which the call goes on at the next one."""
    realtime_keepalive_s: Annotated[float, Meta(ge=0.5, le=60)] = 5.0
    """How often the socket is pinged, and how long the answer may take."""
    realtime_wait_s: Annotated[float, Meta(ge=0, le=20)] = 4.0
    """How long a call waits for its turn when the provider's limits are reached; then the embedded engine
    answers it."""
    spend_per_call: Annotated[float, Meta(ge=0, le=1_000)] = 1.0
    """US dollars that one call may cost at the remote engine; then the embedded one goes on. A call of ten
    minutes costs about half of it."""
    spend_per_day: Annotated[float, Meta(ge=0, le=1_000_000)] = 50.0
    """US dollars that all calls of this process may cost in a day (UTC) at the remote engine."""


class Masking(msgspec.Struct, frozen=True, kw_only=True):
    """How personal data is covered in what we keep."""

    secret_key: Secret = Secret()
    """Keys the masks of event logs and transcripts; made on first run and kept in the data folder. At
    least 16 characters, for a shorter one could be guessed."""


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


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may be set, in the order in which `npcl-voice config` shows it."""

    engine: Engine = Engine()
    realtime: Realtime = Realtime()
    call: Call = Call()
    turns: Turns = Turns()
    audio: Audio = Audio()
    local: Local = Local()
    store: Store = Store()
    domain: Domain = Domain()
    service: Service = Service()
    outbox: Outbox = Outbox()
    masking: Masking = Masking()

    @classmethod
    def catalogue(cls) -> Iterator["Setting"]:
        """Every setting, section by section."""
        for section in msgspec.structs.fields(cls):
            for field in msgspec.structs.fields(section.type):
                path = f"{section.name}.{field.name}"
                env = NAMES.get(path, f"NPCL_{field.name.upper()}")
                yield Setting(env, section.name, field.name, field.type, field.default)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> "Settings":
        """Read the settings of an environment; an empty value counts as not given.

        Each secret may come as the content of the file that `<NAME>_FILE` names. Raises
        SettingsError for a value that is not allowed, a file that cannot be read, and a name that
        begins with `NPCL_` and is none of ours.
        """
        given = {name: value.strip() for name, value in mapping.items() if value.strip()}
        known = list(cls.catalogue())
        _refuse_unknown(given, known)
        sections: dict[str, dict[str, Any]] = {field: {} for field in cls.__struct_fields__}
        for setting in known:
            text = _text(setting, given)
            if text is not None:
                sections[setting.section][setting.field] = setting.parse(text)
        _fill_in(sections["store"])
        settings = cls(**{field.name: field.type(**sections[field.name]) for field in msgspec.structs.fields(cls)})
        _check_together(settings)
        return settings


NAMES = {
    "engine.name": "NPCL_ENGINE",
    "engine.openai_api_key": "OPENAI_API_KEY",
    "call.limit_s": "NPCL_CALL_LIMIT_S",
    "call.limit_warning_s": "NPCL_CALL_WARNING_S",
}
"""Environment names that do not follow from the field's name."""

OUTSIDE = ("NPCL_DEBUG",)
"""Names that belong to the front door alone: `NPCL_DEBUG=1` shows where an error came from."""

TESTS = "NPCL_TEST_"
"""What begins like this is the tests' own."""

SHORTEST_KEY = 16

SQLITE, POSTGRESQL = "sqlite+aiosqlite:///", "postgresql+psycopg://"

UNITS = {"_ms": "ms", "_s": "s", "_bytes": "bytes", "_hz": "Hz"}


class Setting(NamedTuple):
    """One line of the catalogue."""

    env: str
    section: str
    field: str
    type: Any
    default: Any

    @property
    def secret(self) -> bool:
        """Whether its value must not be shown."""
        return any(isinstance(kind, type) and issubclass(kind, Secret) for kind in _kinds(self.type))

    @property
    def unit(self) -> str:
        """The unit in its name, empty where there is none."""
        end = self.field.removesuffix("_any").removesuffix("_yes_no").removesuffix("_number")
        return next((unit for suffix, unit in UNITS.items() if end.endswith(suffix)), "")

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        base, limits = self.type, None
        if typing.get_origin(base) is Annotated:
            base, limits = typing.get_args(base)
        if typing.get_origin(base) is Literal:
            return ", ".join(typing.get_args(base))
        noun = {int: "a whole number", float: "a number", Path: "a folder", bool: "true or false"}.get(base, "a text")
        if limits is None:
            return noun
        return f"{noun} from {limits.ge} to {limits.le}"

    def parse(self, text: str) -> Any:
        """The value that `text` stands for; raises SettingsError when it stands for none."""
        if self.type == tuple[Secret, ...]:
            return tuple(Secret(part.strip()) for part in text.split(",") if part.strip())
        try:
            return msgspec.convert(text, self.type, strict=False, dec_hook=lambda kind, value: kind(value))
        except msgspec.ValidationError:
            raise SettingsError(self.env, f"{text!r} is not allowed; allowed: {self.allowed}") from None


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *typing.get_args(annotation))


def _text(setting: Setting, given: Mapping[str, str]) -> str | None:
    """What was given for a setting, from its own name or from the file it names."""
    file_name = f"{setting.env}_FILE"
    if not setting.secret or file_name not in given:
        return given.get(setting.env)
    if setting.env in given:
        raise SettingsError(file_name, f"{setting.env} is set too; give one of them")
    try:
        text = Path(given[file_name]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(file_name, f"cannot read {given[file_name]}: {reason}") from None
    if not text:
        raise SettingsError(file_name, f"{given[file_name]} is empty")
    return text


def _fill_in(store: dict[str, Any]) -> None:
    """Put the database into the data folder unless it was given another place."""
    folder = store.get("data_dir", Path())
    store.setdefault("database_url", DatabaseUrl(f"{SQLITE}{folder / 'npcl-voice.db'}"))


def _check_together(settings: Settings) -> None:
    """What no single setting's type can say."""
    if settings.audio.chunk_bytes % 2:
        raise SettingsError(
            "NPCL_CHUNK_BYTES", f"{settings.audio.chunk_bytes} is odd; allowed: whole samples of 2 bytes"
        )
    call, key, url = settings.call, settings.masking.secret_key, settings.store.database_url
    if settings.engine.name == "openai":
        raise SettingsError("NPCL_ENGINE", "'openai' comes with a later release; allowed now: auto, local")
    if call.limit_warning_s >= call.limit_s:
        end = f"NPCL_CALL_LIMIT_S={call.limit_s:g}"
        raise SettingsError("NPCL_CALL_WARNING_S", f"{call.limit_warning_s:g} is not before the call's end, {end}")
    if 0 < len(key.reveal()) < SHORTEST_KEY:
        raise SettingsError("NPCL_SECRET_KEY", f"too short; allowed: at least {SHORTEST_KEY} characters")
    if not url.reveal().startswith((SQLITE, POSTGRESQL)):
        allowed = f"{SQLITE}FILE, {POSTGRESQL}USER:PASSWORD@HOST/NAME"
        raise SettingsError("NPCL_DATABASE_URL", f"{url} is no address that we can use; allowed: {allowed}")
    check_webhook(settings.outbox)


def check_webhook(outbox: Outbox) -> None:
    """See that what is sent to the webhook cannot be read on the way, and can be signed.

    Raises SettingsError, which never shows the whole address.
    """
    secret = outbox.webhook_secret
    try:
        if secret and len(secret.key()) < SHORTEST_KEY:
            raise SettingsError("NPCL_WEBHOOK_SECRET", f"too short; allowed: at least {SHORTEST_KEY} bytes")
    except ValueError:
        raise SettingsError("NPCL_WEBHOOK_SECRET", "what stands after whsec_ is no base64") from None
    if outbox.webhook_url:
        outbox.webhook_url.check(outbox.webhook_http_hosts, "NPCL_WEBHOOK_URL")
        if not secret:
            message = "is needed to sign what is sent; write whsec_ and what `openssl rand -base64 32` prints"
            raise SettingsError("NPCL_WEBHOOK_SECRET", message)


def _refuse_unknown(given: Mapping[str, str], known: list[Setting]) -> None:
    names = {setting.env for setting in known} | {f"{setting.env}_FILE" for setting in known if setting.secret}
    names.update(OUTSIDE)
    for name in sorted(given):
        if name.startswith("NPCL_") and name not in names and not name.startswith(TESTS):
            nearest = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.0)
            raise SettingsError(name, f"there is no such setting; the nearest is {nearest[0]}")
