"""WHAT IS TRUE AT NPCL: rules over plain records; no words, no store."""
