"""`python -m npcl_voice`: the same front door as the command `npcl-voice`."""

from npcl_voice.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
