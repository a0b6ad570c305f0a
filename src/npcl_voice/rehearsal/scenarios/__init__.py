"""The stories that synthetic callers play, as data: what they want, what they know, what they answer."""

__all__: list[str] = []
