"""Where a caller is: recordings, a keyboard, or the far end of a simulated line."""

__all__: list[str] = []
