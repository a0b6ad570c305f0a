"""The remote engine's key at rest: one file in the data folder, encrypted with the house's secret key.

The file holds a salt and a [Fernet](https://github.com/fernet/spec/blob/master/Spec.md) token; its
key is drawn from NPCL_SECRET_KEY by HKDF (RFC 5869), anew for each salt.
"""

import base64
import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from npcl_voice.config import Secret, Settings
from npcl_voice.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

__all__ = ["KEPT_FILE", "SETTING", "checked_key", "forget", "keep", "kept_key", "with_kept_key"]

KEPT_FILE = "openai.key"
"""Where a kept key is, in the data folder, readable by its owner alone."""

SETTING = "OPENAI_API_KEY"
"""The setting that a kept key stands for; errors name it."""

SHORTEST, LONGEST = 8, 4096
"""Characters of a key: OpenAI's have some 160; a token of a company's own directory may be long."""

LONGEST_FILE_BYTES = 4 * LONGEST
SALT_BYTES = 16
PURPOSE = b"npcl-voice: the remote engine's key"
AGAIN = "run `npcl-voice key set` again, or `npcl-voice key remove`"


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the file."""

    version: Literal[1]
    salt: bytes
    token: str


def checked_key(text: str) -> Secret:
    """What somebody entered, as a key: one line of printable characters.

    Raises SettingsError, which never shows any of it.
    """
    line = text.strip()
    if not line:
        raise SettingsError(SETTING, "nothing was entered; nothing was changed")
    if not (line.isascii() and line.isprintable()) or " " in line:
        raise SettingsError(SETTING, "is no key: it has spaces, more than one line, or characters that no key has")
    if not SHORTEST <= len(line) <= LONGEST:
        raise SettingsError(SETTING, f"is no key: allowed are {SHORTEST} to {LONGEST} characters")
    return Secret(line)


def keep(folder: Path, key: Secret, secret: Secret) -> None:
    """Write the key, encrypted, in the place of the one that was kept; nobody ever reads half of it.

    Raises SettingsError when the file cannot be written.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    token = _cipher(salt, secret).encrypt(key.reveal().encode()).decode()
    path = folder / KEPT_FILE
    try:
        descriptor, draft = tempfile.mkstemp(dir=folder, prefix=f".{KEPT_FILE}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(_Kept(1, salt, token)))
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(draft).unlink()
        _fsync(folder)
    except OSError as error:
        raise SettingsError(SETTING, f"cannot write {path}: {error.strerror}") from None


def forget(folder: Path) -> bool:
    """Delete the kept key; whether there was one. Raises SettingsError when it cannot be deleted."""
    path = folder / KEPT_FILE
    try:
        path.unlink()
        _fsync(folder)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SettingsError(SETTING, f"cannot delete {path}: {error.strerror}") from None
    return True


def kept_key(folder: Path, secret: Secret) -> Secret:
    """The kept key, an empty one where none is kept.

    Raises SettingsError for a file that cannot be read, that others may read, or that this secret key
    does not decrypt.
    """
    path = folder / KEPT_FILE
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            written = file.read(LONGEST_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Secret()
    except OSError as error:
        raise SettingsError(SETTING, f"cannot read the kept key {path}: {error.strerror}; {AGAIN}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(SETTING, f"others may read the kept key {path} (mode {mode:04o}): chmod 600 {path}")
    if not secret:
        lost = "give NPCL_SECRET_KEY as it was when the key was kept"
        raise SettingsError(SETTING, f"the secret key that decrypts {path} is gone: {lost}, or {AGAIN}")
    from cryptography.fernet import InvalidToken

    try:
        kept = msgspec.json.decode(written, type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SettingsError(SETTING, f"the kept key {path} is damaged: {AGAIN}") from None
    try:
        key = _cipher(kept.salt, secret).decrypt(kept.token.encode()).decode()
    except (InvalidToken, UnicodeError):
        changed = "NPCL_SECRET_KEY is another one than when the key was kept, or the file is damaged"
        raise SettingsError(SETTING, f"the kept key {path} cannot be decrypted: {changed}: {AGAIN}") from None
    return checked_key(key)


def with_kept_key(settings: Settings) -> Settings:
    """The settings with the kept key in them, unless a key was given elsewhere. Raises SettingsError as above."""
    if settings.engine.openai_api_key:
        return settings
    key = kept_key(settings.store.data_dir, settings.masking.secret_key)
    return msgspec.structs.replace(settings, engine=msgspec.structs.replace(settings.engine, openai_api_key=key))


def _cipher(salt: bytes, secret: Secret) -> "Fernet":
    # Loaded here, for most commands have no kept key to read.
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    drawn = HKDF(algorithm=SHA256(), length=32, salt=salt, info=PURPOSE).derive(secret.reveal().encode())
    return Fernet(base64.urlsafe_b64encode(drawn))


def _fsync(folder: Path) -> None:
    """See that the folder's own list of files is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
