"""Settings: what may be given, what is refused, and that secrets do not show."""

import ast
import inspect
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.config import (
    OPENAI_URL,
    DatabaseUrl,
    Domain,
    LatencyBudget,
    RealtimeUrl,
    Secret,
    Setting,
    Settings,
    SigningSecret,
    WebhookUrl,
    sections,
)
from npcl_voice.errors import SettingsError

SECRET = "sk-planted-canary-0123456789"


def refused(**mapping: str) -> str:
    """The message with which a mapping is refused."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping(mapping)
    return str(caught.value)


def test_nothing_given_is_the_defaults() -> None:
    """Without any setting there is a whole set of them, and the names of others do not matter."""
    settings = Settings.from_mapping({"PATH": "/bin", "NPCL_PORT": "", "OPENAI_API_KEY": "  "})
    assert settings.turns.min_speech_ms == 250
    assert settings.turns.silence_ms_any == 480
    assert settings.turns.silence_ms_yes_no == 300
    assert settings.turns.silence_ms_number == 850
    assert settings.turns.hold_first_sound_ms == 400
    assert settings.turns.max_turn_ms == 12_000
    assert settings.call.idle_prompt_s == 8
    assert settings.call.idle_prompts == 2
    assert settings.call.limit_s == 600
    assert settings.call.limit_warning_s == 540
    assert settings.call.keypad_timeout_s == 3
    assert settings.call.language == "auto"
    assert settings.local.voice == "rms"
    assert settings.local.workers == 0
    assert settings.service.host == "127.0.0.1"
    assert settings.service.port == 8080
    assert settings.service.api_keys == ()
    assert settings.engine.name == "auto"
    assert not settings.engine.openai_api_key
    assert settings.store.database_url.reveal() == "sqlite+aiosqlite:///npcl-voice.db"


def test_every_setting_is_read_from_its_own_name() -> None:
    """What is given under a name arrives in its field, as its type, and nowhere else."""
    settings = Settings.from_mapping(
        {
            "NPCL_MIN_SPEECH_MS": " 300 ",
            "NPCL_SPEED": "1.25",
            "NPCL_DATA_DIR": "data",
            "NPCL_API_KEYS": "one, two,,",
            "NPCL_CALL_LIMIT_S": "60",
            "NPCL_CALL_WARNING_S": "40.5",
            "NPCL_ENGINE": "local",
            "OPENAI_API_KEY": SECRET,
        }
    )
    assert settings.turns.min_speech_ms == 300
    assert settings.local.speed == 1.25
    assert settings.store.database_url.reveal() == "sqlite+aiosqlite:///data/npcl-voice.db"
    assert [key.reveal() for key in settings.service.api_keys] == ["one", "two"]
    assert (settings.call.limit_s, settings.call.limit_warning_s) == (60, 40.5)
    assert settings.engine.name == "local"
    assert settings.engine.openai_api_key.reveal() == SECRET


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("NPCL_PORT", "99999", "NPCL_PORT: '99999' is not allowed; allowed: a whole number from 0 to 65535"),
        ("NPCL_WORKERS", "1.5", "NPCL_WORKERS: '1.5' is not allowed; allowed: a whole number from 0 to 64"),
        ("NPCL_SPEED", "nan", "NPCL_SPEED: 'nan' is not allowed; allowed: a number from 0.5 to 2"),
        ("NPCL_LANGUAGE", "fr", "NPCL_LANGUAGE: 'fr' is not allowed; allowed: en, hi, auto"),
        ("NPCL_ENGINE", "other", "NPCL_ENGINE: 'other' is not allowed; allowed: auto, openai, local"),
        ("NPCL_SPEND_PER_CALL", "-1", "NPCL_SPEND_PER_CALL: '-1' is not allowed; allowed: a number from 0 to 1000"),
        ("NPCL_SPEND_PER_DAY", "nan", "NPCL_SPEND_PER_DAY: 'nan' is not allowed; allowed: a number from 0 to 1000000"),
        ("NPCL_PROT", "1", "NPCL_PROT: there is no such setting; the nearest is NPCL_PORT"),
        ("NPCL_MIN_SPEACH_MS", "1", "NPCL_MIN_SPEACH_MS: there is no such setting; the nearest is NPCL_MIN_SPEECH_MS"),
        ("NPCL_PORT_FILE", "x", "NPCL_PORT_FILE: there is no such setting; the nearest is NPCL_PORT"),
        (
            "NPCL_CALL_LIMIT_S",
            "540",
            "NPCL_CALL_WARNING_S: 540 is not before the call's end, NPCL_CALL_LIMIT_S=540",
        ),
        ("NPCL_SECRET_KEY", "short", "NPCL_SECRET_KEY: too short; allowed: at least 16 characters"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(name: str, value: str, message: str) -> None:
    """Whoever reads the message knows which setting, what is wrong, and what would be right."""
    assert refused(**{name: value}) == message


def test_another_database_is_refused_without_its_password() -> None:
    """The address is named so far as it is no secret."""
    message = refused(NPCL_DATABASE_URL=f"mysql+aiomysql://npcl:{SECRET}@db.example/npcl")
    assert message == (
        "NPCL_DATABASE_URL: mysql+aiomysql://npcl:***@db.example/npcl is no address that we can use; "
        "allowed: sqlite+aiosqlite:///FILE, postgresql+psycopg://USER:PASSWORD@HOST/NAME"
    )


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///other.db", f"postgresql+psycopg://npcl:{SECRET}@db.example/npcl"])
def test_a_database_of_ones_own_stays_as_given(url: str) -> None:
    """A given address wins over the data folder."""
    assert Settings.from_mapping({"NPCL_DATABASE_URL": url}).store.database_url.reveal() == url


def test_names_of_the_front_door_and_the_tests_are_known() -> None:
    """NPCL_DEBUG belongs to the front door, NPCL_TEST_ to the tests; they disturb nobody here."""
    assert Settings.from_mapping({"NPCL_DEBUG": "1", "NPCL_TEST_ANY": "x"}) == Settings.from_mapping({})


def test_a_secret_may_come_from_a_file(tmp_path) -> None:
    """`<NAME>_FILE` names a file whose content is the secret, without the line's end."""
    file = tmp_path / "key"
    file.write_text(SECRET + "\n")
    settings = Settings.from_mapping({"OPENAI_API_KEY_FILE": str(file)})
    assert settings.engine.openai_api_key.reveal() == SECRET


def test_a_secrets_file_must_be_there_hold_text_and_be_the_only_one(tmp_path) -> None:
    """Each way in which such a file can fail has its own words."""
    missing, empty, binary = tmp_path / "missing", tmp_path / "empty", tmp_path / "binary"
    empty.write_text(" \n")
    binary.write_bytes(b"\xff\xfe\xff")
    name = "NPCL_API_KEYS_FILE"
    assert refused(NPCL_API_KEYS_FILE=str(missing)) == f"{name}: cannot read {missing}: No such file or directory"
    assert refused(NPCL_API_KEYS_FILE=str(empty)) == f"{name}: {empty} is empty"
    assert refused(NPCL_API_KEYS_FILE=str(binary)) == f"{name}: cannot read {binary}: it is no text"
    twice = refused(NPCL_API_KEYS_FILE=str(empty), NPCL_API_KEYS="a")
    assert twice == f"{name}: NPCL_API_KEYS is set too; give one of them"


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example/hook",
        "https://10.0.0.5:8443/hook?key=x",
        "http://localhost:9000/",
        "http://127.9.9.9/",
        "http://[::1]:80/",
        "http://Desk.Internal/hook",
    ],
)
def test_a_webhook_is_reached_by_https_or_not_over_the_network(url: str) -> None:
    """Plain http is for this machine, and for hosts that were named."""
    settings = Settings.from_mapping(
        {"NPCL_WEBHOOK_URL": url, "NPCL_WEBHOOK_SECRET": SECRET, "NPCL_WEBHOOK_HTTP_HOSTS": "other, desk.internal"}
    )
    assert settings.outbox.webhook_url.reveal() == url


NO_ADDRESS = "NPCL_WEBHOOK_URL: is no web address; allowed: https://HOST/PATH"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("desk.example/canary", NO_ADDRESS),
        ("ftp://desk.example/canary", NO_ADDRESS),
        ("https:///canary", NO_ADDRESS),
        ("https://desk.example:0/canary", NO_ADDRESS),
        ("https://desk.example:canary/", NO_ADDRESS),
        ("https://[canary/", NO_ADDRESS),
        (
            "https://user:canary@desk.example/",
            "NPCL_WEBHOOK_URL: holds a user's name or password; leave them out, each request is signed",
        ),
        (
            "http://desk.example/canary",
            (
                "NPCL_WEBHOOK_URL: http is read by everybody on the way; use https, or name desk.example in "
                "NPCL_WEBHOOK_HTTP_HOSTS"
            ),
        ),
    ],
)
def test_a_webhook_that_cannot_be_used_is_refused_without_its_address(url: str, message: str) -> None:
    """Many receivers put a key into the address."""
    assert refused(NPCL_WEBHOOK_URL=url, NPCL_WEBHOOK_SECRET=SECRET) == message


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("", "is needed to sign what is sent; write whsec_ and what `openssl rand -base64 32` prints"),
        ("short", "too short; allowed: at least 16 bytes"),
        ("whsec_c2hvcnQ=", "too short; allowed: at least 16 bytes"),
        ("whsec_canary!", "what stands after whsec_ is no base64"),
    ],
)
def test_a_webhook_needs_a_secret_that_cannot_be_guessed(secret: str, message: str) -> None:
    """Without a signature anybody could write to the receiver in our name."""
    given = {"NPCL_WEBHOOK_URL": "https://desk.example/", "NPCL_WEBHOOK_SECRET": secret}
    assert refused(**given) == f"NPCL_WEBHOOK_SECRET: {message}"


def test_a_signing_secret_is_read_as_standard_webhooks_has_it() -> None:
    """Base64 behind its mark, and any other text as it is."""
    assert SigningSecret("whsec_AAECAwQFBgcICQoLDA0ODw==").key() == bytes(range(16))
    assert SigningSecret("sixteen characters").key() == b"sixteen characters"
    assert str(WebhookUrl()) == "not set"
    assert str(WebhookUrl("https://[canary")) == "an address that cannot be read"


@pytest.mark.parametrize(
    "url",
    [
        "wss://api.openai.com/v1/realtime",
        "wss://npcl.openai.azure.com/openai/v1/realtime",
        "wss://Speech.Example:8443/v1/realtime?api-version=2026-01-01",
        "ws://localhost:8765/v1/realtime",
        "ws://127.9.9.9/",
        "ws://[::1]:80/v1/realtime",
        "ws://Speech.Internal:9000/v1/realtime",
    ],
)
def test_a_realtime_server_is_reached_encrypted_or_not_over_the_network(url: str) -> None:
    """Plain `ws` is for this machine, and for hosts that were named; the first address and the second alike."""
    settings = Settings.from_mapping(
        {
            "NPCL_REALTIME_URL": url,
            "NPCL_REALTIME_FALLBACK_URL": url,
            "NPCL_REALTIME_PLAIN_HOSTS": "other, speech.internal",
        }
    )
    assert settings.realtime.realtime_url == settings.realtime.realtime_fallback_url == url
    assert isinstance(settings.realtime.realtime_url, RealtimeUrl)


NO_SERVER = "is no address of a Realtime server; allowed: wss://HOST/PATH"
KEYS_GO = "a key goes into a setting of its own (`npcl-voice key set`, OPENAI_API_KEY, NPCL_REALTIME_FALLBACK_KEY)"


@pytest.mark.parametrize("name", ["NPCL_REALTIME_URL", "NPCL_REALTIME_FALLBACK_URL"])
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("api.openai.com/canary", NO_SERVER),
        ("https://api.openai.com/canary", NO_SERVER),
        ("wss:///canary", NO_SERVER),
        ("wss://api.example:0/canary", NO_SERVER),
        ("wss://api.example:canary/", NO_SERVER),
        ("wss://[canary/", NO_SERVER),
        ("wss://api.example/can ary", NO_SERVER),
        ("wss://api.example/can\nary", NO_SERVER),
        ("wss://api.example/c\u0430nary", NO_SERVER),
        ("wss://api.example/canary" + "x" * 2048, NO_SERVER),
        ("wss://user:canary@api.example/", f"holds a user's name or password; leave them out, {KEYS_GO}"),
        ("wss://canary@api.example/", f"holds a user's name or password; leave them out, {KEYS_GO}"),
        ("wss://api.example/v1/realtime?api-key=canary", f"holds a key in its query; leave it out, {KEYS_GO}"),
        ("wss://api.example/?x=1&API_KEY=canary", f"holds a key in its query; leave it out, {KEYS_GO}"),
        ("wss://api.example/?subscription-key=canary", f"holds a key in its query; leave it out, {KEYS_GO}"),
        ("wss://api.example/?access_token=canary", f"holds a key in its query; leave it out, {KEYS_GO}"),
        ("wss://api.example/?sig=canary", f"holds a key in its query; leave it out, {KEYS_GO}"),
        ("wss://api.example/#canary", "has a part behind #, which no server sees; leave it out"),
        (
            "ws://api.example/canary",
            "ws is read by everybody on the way; use wss, or name api.example in NPCL_REALTIME_PLAIN_HOSTS",
        ),
    ],
)
def test_a_realtime_server_that_cannot_be_used_is_refused_without_its_address(name, url: str, message: str) -> None:
    """People put a key into an address, and a message may end up in a log."""
    told = refused(**{name: url})
    assert told == f"{name}: {message.format(name.removesuffix('URL'))}"
    assert "canary" not in told


def test_a_remote_engine_is_configured_by_a_key_or_by_an_address() -> None:
    """A server of one's own may need no key; a second server alone is no first one."""

    def configured(**mapping: str) -> bool:
        return Settings.from_mapping(mapping).remote_configured

    assert not configured()
    assert not configured(NPCL_REALTIME_URL=OPENAI_URL, NPCL_REALTIME_FALLBACK_URL="wss://api.example/")
    assert configured(OPENAI_API_KEY=SECRET)
    assert configured(NPCL_REALTIME_URL="ws://127.0.0.1:8765/v1/realtime")
    assert Settings.from_mapping({"NPCL_ENGINE": "openai"}).engine.name == "openai"


def test_secrets_do_not_print() -> None:
    """No way of printing the settings shows a secret."""
    settings = Settings.from_mapping(
        {"OPENAI_API_KEY": SECRET, "NPCL_API_KEYS": f"{SECRET},{SECRET}", "NPCL_SECRET_KEY": SECRET}
    )
    shown = f"{settings} {settings!r} {settings.engine.openai_api_key:>20} {settings.engine.openai_api_key!s}"
    assert SECRET not in shown
    assert "<Secret: set>" in shown
    assert repr(Secret()) == "<Secret: not set>"
    with pytest.raises(TypeError):
        msgspec.json.encode(settings)


def test_secrets_compare_by_what_they_hide() -> None:
    """Equal secrets are equal and share a hash; nothing else is equal to one."""
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert bool(Secret("a")) is True
    assert bool(Secret()) is False


@given(st.text(st.characters(codec="ascii", exclude_characters=":@/"), min_size=8), st.booleans())
def test_a_database_address_never_shows_its_password(password: str, with_at: bool) -> None:
    """Whatever the password holds, the address shows three stars in its place."""
    password += "@" if with_at else ""
    assert str(DatabaseUrl(f"scheme://user:{password}@host/name")) == "scheme://user:***@host/name"


def test_every_setting_has_a_unit_or_needs_none() -> None:
    """Durations, sizes and rates say their unit in the name."""
    units = {setting.field: setting.unit for setting in Settings.catalogue()}
    assert units["min_speech_ms"] == "ms"
    assert units["silence_ms_any"] == units["silence_ms_yes_no"] == units["silence_ms_number"] == "ms"
    assert units["limit_s"] == "s"
    assert units["answer_due_ms"] == units["engine_ready_ms"] == units["engine_stall_ms"] == "ms"
    assert units["spend_per_call"] == units["spend_per_day"] == "USD"
    without = {field for field, unit in units.items() if not unit}
    assert without == {
        "name", "openai_api_key", "language", "idle_prompts", "voice", "speed", "workers", "local_capacity",
        "recogniser_model", "voice_model", "input_device", "output_device", "sound_backend", "echo", "barge_in_db",
        "push_to_talk", "data_dir", "database_url", "domain_dir", "host", "port", "api_keys", "secret_key",
        "webhook_url", "webhook_secret", "webhook_http_hosts", "outbox_stuck_after",
        "realtime_url", "realtime_model", "realtime_voice", "realtime_transcriber", "realtime_fallback_url",
        "realtime_fallback_model", "realtime_fallback_key", "realtime_plain_hosts",
    }  # fmt: skip


def test_every_setting_has_one_name_and_every_field_a_reason() -> None:
    """No two settings share a name, and beneath each field stands why it is so."""
    names = [setting.env for setting in Settings.catalogue()]
    assert len(names) == len(set(names))
    names_of_sections = {field.type.__name__ for field in msgspec.structs.fields(Settings)} | {"LatencyBudget"}
    for room in ast.parse(inspect.getsource(sections)).body:
        if isinstance(room, ast.ClassDef):
            names_of_sections.discard(room.name)
            fields = [index for index, line in enumerate(room.body) if isinstance(line, ast.AnnAssign)]
            for index in fields:
                beneath = room.body[index + 1]
                assert isinstance(beneath, ast.Expr), (room.name, ast.unparse(room.body[index]))
                assert isinstance(beneath.value, ast.Constant)
    assert names_of_sections == set()


def test_what_is_allowed_is_said_in_words() -> None:
    """Each type of setting has its words."""
    allowed = {setting.field: setting.allowed for setting in Settings.catalogue()}
    assert allowed["voice"] == "rms, slt, awb, kal16"
    assert allowed["data_dir"] == "a folder"
    assert allowed["host"] == "a text"
    assert allowed["limit_s"] == "a number from 30 to 7200"
    assert Setting("N", "s", "f", int, 0).allowed == "a whole number"


def test_the_sources_latency_budget_is_1200_ms_in_seven_edges() -> None:
    """The source design's figures, each and together."""
    budget = LatencyBudget()
    edges = [50, 100, 200, 500, 200, 100, 50]
    assert [getattr(budget, name) for name in LatencyBudget.__struct_fields__[:7]] == edges
    assert budget.total_ms == 1200
    assert msgspec.structs.replace(budget, api_ms=300).total_ms == 1300


def test_the_company_s_folder_is_read_file_by_file(tmp_path: Path) -> None:
    """TOML files alone, by their names; without a folder there is nothing of the operator's."""
    (tmp_path / "areas.toml").write_text("# ours: \u0915", "utf-8")
    (tmp_path / "notes.txt").write_text("not ours", "utf-8")
    assert Domain(domain_dir=str(tmp_path)).texts() == {"areas.toml": "# ours: \u0915"}
    assert Domain().texts() == {}
    settings = Settings.from_mapping({"NPCL_DOMAIN_DIR": str(tmp_path)})
    assert settings.domain.texts().keys() == {"areas.toml"}


def test_a_company_s_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """The line names the setting, the path and the reason."""
    (tmp_path / "areas.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "offices.toml").mkdir()
    for place, reason in (
        (tmp_path / "nowhere", f"cannot read {tmp_path / 'nowhere'}: No such file or directory"),
        (tmp_path, f"cannot read {tmp_path / 'areas.toml'}: it is no text"),
        ("~nobody-of-that-name", "cannot read ~nobody-of-that-name: it names a user whom this machine does not know"),
    ):
        with pytest.raises(SettingsError) as refused:
            Domain(domain_dir=str(place)).texts()
        assert str(refused.value) == f"NPCL_DOMAIN_DIR: {reason}"
