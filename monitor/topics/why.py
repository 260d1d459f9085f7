"""Why a document does not concern a topic: what was looked for, and what of it was found."""

from __future__ import annotations

from monitor.records import Document
from monitor.records.ids import TopicSlug
from monitor.settings import Topic
from monitor.topics.find import Finder, fold, patterns
from monitor.topics.match import Matcher


def why_not(document: Document, slug: TopicSlug, topic: Topic) -> str:
    """In words, for a document that the topic does not match; that it matches, where it does."""
    if mentions := Matcher({slug: topic}).match(document).get(slug):
        found = ", ".join(dict.fromkeys(mention.by.removeprefix("actor:") for mention in mentions))
        return f"matches by {found} under the configuration in force"
    open_topic = topic.model_copy(update={"exclude": ()})
    if mentions := Matcher({slug: open_topic}).match(document).get(slug):
        found = ", ".join(dict.fromkeys(mention.by for mention in mentions if not mention.by.startswith("actor:")))
        return f"holds {found} only in sentences with an excluded phrase ({', '.join(topic.exclude)})"
    sought = [f"none of its {len(topic.keywords)} keywords stands in it"] if topic.keywords else []
    if topic.query:
        sought.append("its query is not answered")
    told = " and ".join(sought)
    if actors := _actors_in(document, topic):
        return f"{told}; it names {', '.join(actors)}, but actors alone are no match"
    return told


def _actors_in(document: Document, topic: Topic) -> list[str]:
    finder = Finder(
        (pattern, name)
        for name, aliases in topic.actors.items()
        for alias in (name, *aliases)
        for pattern in patterns(alias, name=True)
    )
    return list(dict.fromkeys(name for _, _, name in finder.find(document.text, fold(document.text))))
