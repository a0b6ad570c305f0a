"""How we practise: callers who listen and answer, a server that fails on purpose, and a clock that runs fast."""

__all__: list[str] = []
