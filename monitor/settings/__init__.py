"""The configuration's models: every setting with its default, unit and meaning, once.

Strict: an unknown key or a value of another type is an error. The file itself (YAML, includes, places of errors, secrets) is
read by `workers.adapters.configuration`; the models know nothing of files. `docs/configuration.md` lists every setting and a
test compares the two.
"""

from monitor.settings.config import Config
from monitor.settings.delivery import Channel, DeliverySettings
from monitor.settings.feeds import FeedSettings, HttpSettings, ScheduleSettings, WarmUpSettings, WebSubSettings
from monitor.settings.sensitivity import BOUNDS, Bounds
from monitor.settings.subscriptions import Subscription
from monitor.settings.topics import LedgerSettings, NlpSettings, Topic

__all__ = [
    "BOUNDS",
    "Bounds",
    "Channel",
    "Config",
    "DeliverySettings",
    "FeedSettings",
    "HttpSettings",
    "LedgerSettings",
    "NlpSettings",
    "ScheduleSettings",
    "Subscription",
    "Topic",
    "WarmUpSettings",
    "WebSubSettings",
]
