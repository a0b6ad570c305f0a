"""A voice assistant for the customers of a power utility, over the Realtime protocol."""

__all__ = ["__version__"]

__version__ = "0.1.0"
