"""What every intent is made of: a request, a tool made from it, and a function that serves it."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import msgspec

from npcl_voice.ports import Desk, Situation
from npcl_voice.realtime.session import FunctionTool

__all__ = ["MAX_TEXT", "Intent", "Result"]

Result = dict[str, Any]
"""What a tool answers: a JSON object with `ok`."""

ASK_AGAIN = (
    "The caller has not confirmed this number. Ask for it, read it back digit by digit, and call again when the caller "
    "has said that it is right. A number that is typed on the keypad needs no read-back."
)
MAX_TEXT = 200
"""Characters of any text that a model may hand in."""

Request = TypeVar("Request", bound=msgspec.Struct)


class Intent(msgspec.Struct, Generic[Request], frozen=True):
    """One thing that a caller can ask for."""

    name: str
    request: type[Request]
    """Its fields are the tool's parameters, its docstring is what the model reads."""
    serve: Callable[[Request, Desk, Situation], Awaitable[Result]]
    """Load, decide, save, and reply with facts; raises UnavailableError when the records do not answer."""
    confirmed: tuple[str, ...] = ()
    """Parameters that count only as the caller confirmed them: a number that a model made up is acted upon never."""
    limit: int | None = None
    """So many new cases may be made by it on one call; danger is never limited."""

    def tool(self) -> FunctionTool:
        """The tool as it is declared to an engine."""
        schema = msgspec.json.schema(self.request)["$defs"][self.request.__name__]
        properties = {name: _plain(spec) for name, spec in schema["properties"].items()}
        parameters = {"type": "object", "properties": properties, "additionalProperties": False}
        if required := schema.get("required"):
            parameters["required"] = required
        description = (self.request.__doc__ or "").strip()
        return FunctionTool(self.name, description, parameters)

    def read(self, arguments: str) -> Request:
        """The request in a model's arguments (JSON text, from a stranger).

        Raises ValueError, in words that let the model mend it, for anything that does not fit.
        """
        try:
            return msgspec.json.decode(arguments or "{}", type=self.request)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueError(str(error)) from None

    def unconfirmed(self, request: Request, situation: Situation) -> Result | None:
        """The answer to a number that the caller has not confirmed, in words that let the model ask; else None."""
        for name in self.confirmed:
            value = getattr(request, name)
            if value is not None and value != situation.facts.get(name):
                return {"ok": False, "reason": "not_confirmed", "parameter": name, "message": ASK_AGAIN}
        return None

    def is_too_many(self, situation: Situation) -> bool:
        """Whether the call has made as many new cases by it as one call may."""
        return self.limit is not None and len(situation.made.get(self.name, ())) >= self.limit


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without null and defaults: a model leaves out what it does not know."""
    kinds = [kind for kind in spec.get("anyOf", [spec]) if kind.get("type") != "null"]
    return {key: value for key, value in {**kinds[0]}.items() if key != "default"}
