"""How we practise: callers who listen and answer, and a clock that runs fast."""

__all__: list[str] = []
