"""The one place that reads the environment and `.env`, and that makes the data folder ready."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from dotenv.parser import parse_stream

from npcl_voice.cli.keystore import SETTING, with_kept_key
from npcl_voice.config import Settings
from npcl_voice.errors import SettingsError

__all__ = ["KEY_FILE", "gather_settings", "load_settings", "read_settings"]

KEY_FILE = "secret.key"
"""The secret key's file in the data folder, readable by its owner alone."""


def load_settings(*, unlock: bool = True) -> Settings:
    """The settings for work: the data folder exists and may be written, the secret key is made.

    With `unlock` a kept key is among them. Raises SettingsError for a wrong setting, a data folder
    that cannot be used, and a kept key that cannot be read.
    """
    settings, _ = read_settings(unlock=unlock)
    _make_ready(settings.store.data_dir)
    if not settings.masking.secret_key:
        _make_key(settings.store.data_dir / KEY_FILE)
        settings, _ = read_settings(unlock=unlock)
    return settings


def read_settings(
    environment: Mapping[str, str] | None = None, folder: Path | None = None, *, unlock: bool = True
) -> tuple[Settings, dict[str, str]]:
    """The settings as they are given, and where each environment name was found; touches nothing.

    `environment` is the process's own unless given, `folder` the one in which `.env` is looked for,
    the current one unless given. The environment wins, and both win over a kept key, which `unlock`
    brings in. Raises SettingsError for a wrong setting, and for a kept key that cannot be read.
    """
    mapping, sources = gather_settings(environment, folder)
    settings = Settings.from_mapping(mapping)
    if unlock and not settings.engine.openai_api_key:
        settings = with_kept_key(settings)
        if settings.engine.openai_api_key:
            sources[SETTING] = "kept key"
    return settings, sources


def gather_settings(
    environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """The environment and `.env` as one mapping with a data folder, and where each name was found.

    Raises SettingsError for a `.env` that cannot be read and for a data folder in nobody's home.
    """
    surroundings = dict(os.environ if environment is None else environment)
    written = _dotenv((folder or Path.cwd()) / ".env")
    mapping = {name: value for name, value in written.items() if value.strip()}
    sources = dict.fromkeys(mapping, ".env")
    for name, value in surroundings.items():
        if value.strip():
            # A secret's two names are one setting: whichever the environment gives, it wins.
            other = name.removesuffix("_FILE") if name.endswith("_FILE") else f"{name}_FILE"
            if sources.get(other) == ".env":
                del mapping[other], sources[other]
            mapping[name] = value
            sources[name] = "environment"
    place = Path(mapping.get("NPCL_DATA_DIR") or platformdirs.user_data_dir("npcl-voice", appauthor=False))
    try:
        mapping["NPCL_DATA_DIR"] = str(place.expanduser().absolute())
    except RuntimeError:
        raise SettingsError("NPCL_DATA_DIR", f"{str(place)!r} names a user whom this machine does not know") from None
    key = Path(mapping["NPCL_DATA_DIR"]) / KEY_FILE
    if not {"NPCL_SECRET_KEY", "NPCL_SECRET_KEY_FILE"} & mapping.keys() and key.exists():
        mapping["NPCL_SECRET_KEY_FILE"] = str(key)
        sources["NPCL_SECRET_KEY"] = "data folder"
    return mapping, sources


def _dotenv(path: Path) -> dict[str, str]:
    """What a `.env` file says, its values as they are written."""
    try:
        with path.open(encoding="utf-8") as file:
            bindings = list(parse_stream(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(".env", f"cannot read {path}: {reason}") from None
    for binding in bindings:
        if binding.error:
            raise SettingsError(".env", f"line {binding.original.line} of {path} is not NAME=value")
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value is not None}


def _make_ready(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError("NPCL_DATA_DIR", f"cannot make the data folder {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError("NPCL_DATA_DIR", f"may not write to the data folder {folder}")


def _make_key(path: Path) -> None:
    """Make the key in the data folder unless somebody was first.

    It is written beside and then linked into place, which fails when it is there already: so nobody
    ever reads half a key, and all processes have the same one.
    """
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as draft:  # mode 0600
            draft.write(secrets.token_hex(32))
            draft.flush()
            os.fsync(draft.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    except OSError as error:
        raise SettingsError("NPCL_SECRET_KEY", f"cannot make {path}: {error.strerror}") from None
