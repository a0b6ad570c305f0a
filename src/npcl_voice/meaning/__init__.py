"""WHAT WAS MEANT BY THOSE WORDS: intents, numbers, places, danger; and what nobody else may read."""
