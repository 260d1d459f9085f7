"""The records that flow through the monitor, each defined once: frozen, slotted, made of plain values.

They are grouped by how far the flow has come: `news` (feed, entry, document), `claims` (mention, quantity, claim), `ledger`
(what is known, and the verdict on what is new) and `alerts` (who is told what). `codec` writes and reads them as JSON.
"""

from monitor.records.alerts import (
    DeadLetter,
    Delivery,
    DeliveryState,
    Form,
    LastTold,
    Message,
    Pace,
    Snooze,
)
from monitor.records.claims import (
    Answer,
    Attribution,
    Carrier,
    Claim,
    Evidence,
    Mention,
    Qualifier,
    Quantity,
    Role,
    Stance,
)
from monitor.records.ledger import (
    ALERT_KINDS,
    Changes,
    Development,
    Event,
    Figure,
    Known,
    Ledger,
    Position,
    Proposition,
    Series,
    Verdict,
    VerdictKind,
    Wording,
)
from monitor.records.news import (
    Document,
    Entry,
    Field,
    ParsedEntry,
    ParsedFeed,
    Segment,
)
from monitor.records.work import Unit, carrier_of

__all__ = [
    "ALERT_KINDS",
    "Answer",
    "Attribution",
    "Carrier",
    "Changes",
    "Claim",
    "DeadLetter",
    "Delivery",
    "DeliveryState",
    "Development",
    "Document",
    "Entry",
    "Event",
    "Evidence",
    "Field",
    "Figure",
    "Form",
    "Known",
    "LastTold",
    "Ledger",
    "Mention",
    "Message",
    "Pace",
    "ParsedEntry",
    "ParsedFeed",
    "Position",
    "Proposition",
    "Qualifier",
    "Quantity",
    "Role",
    "Segment",
    "Series",
    "Snooze",
    "Stance",
    "Unit",
    "Verdict",
    "VerdictKind",
    "Wording",
    "carrier_of",
]
