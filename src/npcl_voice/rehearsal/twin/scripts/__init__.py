"""The scripted conversations that come with the twin, one TOML file each."""

__all__: list[str] = []
