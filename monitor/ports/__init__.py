"""What the roles need from the world, as small protocols. `workers.adapters` implements them, `workers.daemon` wires them.

Every commit is idempotent and fenced: done twice it changes nothing, and done by a worker that no longer owns the work it
does nothing and says so by its answer (False) or by LeaseLost. All methods may raise StoreUnavailable.
"""

from monitor.ports.decisions import Decisions, Events
from monitor.ports.delivery import Attempted, Breakers, Channel, Leased, OneByOne, Outboxes, OutboxName, Planner
from monitor.ports.intake import FeedStates, Fetched, Fetcher, PollEnd, PollEnds, PollTask, Pushes, Schedule, Units
from monitor.ports.past import Accounts, Keeper, Stops, WarmUps
from monitor.ports.work import Ailments, Clock, Configurations, Leadership, Received, Relevant, WorkQueue

__all__ = [
    "Accounts",
    "Ailments",
    "Attempted",
    "Breakers",
    "Channel",
    "Clock",
    "Configurations",
    "Decisions",
    "Events",
    "FeedStates",
    "Fetched",
    "Fetcher",
    "Keeper",
    "Leadership",
    "Leased",
    "OneByOne",
    "OutboxName",
    "Outboxes",
    "Planner",
    "PollEnd",
    "PollEnds",
    "PollTask",
    "Pushes",
    "Received",
    "Relevant",
    "Schedule",
    "Stops",
    "Units",
    "WarmUps",
    "WorkQueue",
]
