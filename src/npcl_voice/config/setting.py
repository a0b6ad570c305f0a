"""One setting of the catalogue: what may be given for it, in words, and what was given."""

import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.secret import Secret

__all__ = ["Setting"]

UNITS = {"_ms": "ms", "_s": "s", "_d": "days", "_bytes": "bytes", "_hz": "Hz", "_per_call": "USD", "_per_day": "USD"}


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

    def given(self, mapping: Mapping[str, str]) -> str | None:
        """What stands for it in a mapping, under its own name or in the file that `<NAME>_FILE` names.

        Raises SettingsError for both at once, and for a file that cannot be read.
        """
        file_name = f"{self.env}_FILE"
        if not self.secret or file_name not in mapping:
            return mapping.get(self.env)
        if self.env in mapping:
            raise SettingsError(file_name, f"{self.env} is set too; give one of them")
        try:
            text = Path(mapping[file_name]).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SettingsError(file_name, f"cannot read {mapping[file_name]}: {reason}") from None
        if not text:
            raise SettingsError(file_name, f"{mapping[file_name]} is empty")
        return text


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *typing.get_args(annotation))
