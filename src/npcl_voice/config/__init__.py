"""Every setting of the house: its default, its unit and its reason.

`Settings.from_mapping` reads them once, from a mapping that `cli.settings` puts together; after
that they are handed down and never change. A setting's environment name is `NPCL_` and the field's
name in capitals, unless `NAMES` says otherwise. The unit is the end of the name (`_ms`, `_s`,
`_bytes`), the reason stands beneath the field, and `npcl-voice config` shows both.
"""

from npcl_voice.config.sections import (
    OPENAI_URL,
    Audio,
    Call,
    Domain,
    Engine,
    LatencyBudget,
    Local,
    Masking,
    Outbox,
    Realtime,
    Retention,
    Service,
    Store,
    Turns,
)
from npcl_voice.config.setting import Setting
from npcl_voice.config.settings import Settings, check_webhook
from npcl_voice.secret import DatabaseUrl, RealtimeUrl, Secret, SigningSecret, WebhookUrl

__all__ = [
    "OPENAI_URL",
    "Audio",
    "Call",
    "DatabaseUrl",
    "Domain",
    "Engine",
    "LatencyBudget",
    "Local",
    "Masking",
    "Outbox",
    "Realtime",
    "RealtimeUrl",
    "Retention",
    "Secret",
    "Service",
    "Setting",
    "Settings",
    "SigningSecret",
    "Store",
    "Turns",
    "WebhookUrl",
    "check_webhook",
]
