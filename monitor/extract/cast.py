"""Who is who in a document: full names, and the state or organisation that each speaks for.

Names are brought to their fullest form in the document ("Marek" -> "Ivo Marek"), states and well-known bodies to one name
(`places`), and the topic's aliases to the topic's actors. What a document does not tell stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.extract.lexicon import BODIES, PEOPLE, PERSONAL, PREPOSITIONS, RELATIVES, ROLES
from monitor.extract.phrases import Words, name_run
from monitor.text.places import known_at
from monitor.text.words import words as word_list

_TITLE_PARTS = word_list(
    """
    prime vice deputy foreign defence defense interior finance economy affairs health agriculture supreme acting
    press security chief justice trade energy transport infrastructure state federal national former then first lady
    senior environment labour labor home external exterior education culture military armed forces army navy civil
    public cabinet climate digital emergency democratic republican labour conservative opposition party north south
    east west northern southern eastern western central regional
    """
)
"""Words in front of a name that belong to a title: "Deputy Interior Minister"."""
_STATELY = word_list(
    """minister ministers ministry president premier chancellor government parliament army military forces cabinet king queen
    department administration presidency ambassador envoy secretary senate congress"""
)
"""Roles and bodies of a state: where none is named, the state that the sentence is about is theirs."""
_GEOGRAPHY = word_list(
    """
    sea gulf strait ocean city river island islands bay valley province canal mountains peninsula strip bank coast
    desert square street avenue road bridge airport park hill hills beach county district street times post news
    herald journal tribune day week war
    """
)
"""Last words of names that are no person's: "Red Sea", "Gaza Strip", "Orbis News"."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One who speaks. name as people know it; person, else a body; heads: the role and body words that it was called by."""

    name: str
    org: str | None
    person: bool
    plural: bool = False
    heads: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cast:
    """The persons of a document and the topic's actors; filled sentence by sentence by `read`."""

    aliases: Mapping[str, tuple[str, bool]]
    full: dict[str, str] = field(default_factory=dict)
    orgs: dict[str, str] = field(default_factory=dict)
    roles: dict[str, set[str]] = field(default_factory=dict)
    home: str | None = None

    @classmethod
    def of(cls, actors: Mapping[str, Sequence[str]]) -> Cast:
        """A cast that knows the topic's actors: canonical name and aliases."""
        return cls({alias.casefold(): (name, alias[0].isupper()) for name, listed in actors.items() for alias in (name, *listed)})

    def read(self, words: Words) -> None:
        """Learns names, roles and states from one sentence."""
        index = 0
        while index < len(words):
            end = index
            while end < len(words) and (words.name[end] or (words.text[end] == "-" and end > index)):
                end += 1
            if end > index:
                self._meet(words, index, end)
            index = max(end, index + 1)

    def _meet(self, words: Words, start: int, end: int) -> None:
        first = strip_titles(words, start, end)
        size = end - first
        if not 1 <= size <= 4 or not is_person(words, first, end):
            return
        left = self._title_start(words, first)
        around = words.text[left:first] + self._apposition(words, end)
        found = {text.casefold() for text in around} & ROLES
        name = words.string(first, end)
        if size > 1 and (found or name.split()[-1].casefold() not in self.full):
            self.full.setdefault(name.split()[-1].casefold(), name)
        known = self.full.get(name.split()[-1].casefold(), name)
        if found:
            self.roles.setdefault(known, set()).update(found)
            org = self.org_of(around)
            if org:
                self.orgs.setdefault(known, org)

    @staticmethod
    def _title_start(words: Words, first: int) -> int:
        left = first
        while left > 0 and not words.is_punctuation(left - 1) and not words.is_verb(left - 1) and first - left < 9:
            if words.low[left - 1] in PREPOSITIONS - {"to", "in", "on"} or words.low[left - 1] in {"and", "that", "said", "told"}:
                break
            left -= 1
        return left

    @staticmethod
    def _apposition(words: Words, end: int) -> list[str]:
        """The words of ", the ministry's spokesman," behind a name."""
        if end + 1 >= len(words) or words.text[end] != ",":
            return []
        stop = end + 1
        while stop < len(words) and not words.is_punctuation(stop) and stop - end < 14:
            stop += 1
        inner = words.low[end + 1 : stop]
        opens = inner and (
            inner[0] in {"the", "a", "an", "its", "his", "her", "their"} or inner[0] in ROLES or words.name[end + 1]
        )
        return words.text[end + 1 : stop] if opens and not any(words.is_verb(i) for i in range(end + 1, stop)) else []

    def org_of(self, texts: Sequence[str]) -> str | None:
        """The first that the words name: a topic's actor by any alias, a state, or a well-known body's state."""
        for start in range(len(texts)):
            if actor := self.actor_at(texts, start):
                return actor
            if known := known_at(list(texts[start : start + 5]), 0):
                return self.canonical(known[1])
        return None

    def party_named(self, texts: Sequence[str]) -> str | None:
        """The actor or state whose name these words are, from the first to the last."""
        if texts and " ".join(texts).casefold() in self.aliases:
            return self.actor_at(texts, 0)
        known = known_at(list(texts), 0) if texts else None
        return self.canonical(known[1]) if known and known[0] == len(texts) else None

    def actor_at(self, texts: Sequence[str], start: int) -> str | None:
        """The topic's actor whose alias begins at that word; capitalised aliases must be so in the text."""
        for size in range(4, 0, -1):
            joined = " ".join(texts[start : start + size])
            name, capital = self.aliases.get(joined.casefold(), ("", False))
            if name and start + size <= len(texts) and (joined[0].isupper() or not capital):
                return name
        return None

    def canonical(self, state: str) -> str:
        """The state under the name that the topic gives it."""
        return self.aliases.get(state.casefold(), (state, True))[0]

    def describe(self, words: Words, start: int, end: int) -> Voice | None:
        """Who the noun phrase is; None for a pronoun, which only the flow of the document resolves."""
        if end - start == 1 and words.low[start] in PERSONAL:
            return None
        heads = frozenset(words.low[start:end]) & (ROLES | BODIES)
        person = self._person(words, start, end)
        org = self.org_of(words.text[start:end])
        if person:
            name = self.full.get(person.split()[-1].casefold(), person) if " " not in person else person
            known = self.orgs.get(name)
            sure = " " in name or bool(heads & ROLES)  # a lone name may be anything
            return Voice(name, org or known or self._actor(name), person=sure, heads=heads | frozenset(self.roles.get(name, ())))
        bare = start + (words.low[start] in {"the", "a", "an", "his", "her", "its", "their"})
        while bare < end and words.text[bare] in {"'s", ","}:
            bare += 1
        behind = next((i for i in range(bare + 1, end) if words.text[i] == "," or words.low[i] in RELATIVES), end)
        name = words.string(bare, behind)
        if not name:
            return None
        person_head = bool(heads & ROLES) and words.low[end - 1] not in BODIES
        return Voice(name, org, person=person_head, plural=bool(heads & PEOPLE), heads=heads)

    def _actor(self, name: str) -> str | None:
        for alias in (name, name.rsplit(maxsplit=1)[-1]):
            if alias.casefold() in self.aliases:
                return self.aliases[alias.casefold()][0]
        return None

    def _person(self, words: Words, start: int, end: int) -> str | None:
        """The person's name in the phrase: the last run of names that is no title, place or body."""
        office = any(low in ROLES for low in words.low[start:end])
        if (words.low[end - 1] in BODIES and not words.name[end - 1]) or (words.low[start] in {"the", "a", "an"} and not office):
            return None
        stop = end
        while stop > start:
            first, last = name_run(words, start, stop)
            if first < last:
                behind = strip_titles(words, first, last)
                owner = last < len(words) and words.text[last] in {"'s", "’s"} and last < end
                name = words.string(behind, last)
                stated = words.shouted and behind > first and not office  # "U.S. Diplomacy" in a headline
                if (
                    behind < last
                    and not owner
                    and is_person(words, behind, last, titled=behind > first or first > start)
                    and not (stated and name.casefold() not in self.full)
                ):
                    return name
                stop = first
            else:
                stop -= 1
        return None

    def is_stately(self, voice: Voice) -> bool:
        """Whether the voice holds an office of a state, so that some state must be meant."""
        return bool(voice.heads & _STATELY)


def strip_titles(words: Words, start: int, end: int) -> int:
    """Where the name proper begins in a run: behind titles, states and bodies in front ("President of Oru [Ivo Marek]")."""
    index = start
    while index < end:
        low = words.low[index].removesuffix("'s").rstrip(".")
        known = known_at(words.text[index:end], 0)
        if known and known[0] < end - index:
            index += known[0]
        elif known:  # "North Korea" is no Korea with a title
            break
        elif index < end - 1 and (
            low in ROLES or low in _TITLE_PARTS or low in {"of", "and", "the", "-", "for"} or low in BODIES
        ):
            index += 1
        else:
            break
    return index


def is_person(words: Words, start: int, end: int, *, titled: bool = False) -> bool:
    """Whether the run may be a person's name: no place, no body, no acronym, no role."""
    texts = words.text[start:end]
    if words.low[end - 1] in _GEOGRAPHY or words.low[start] in {"mount", "lake", "cape", "fort", "port", "camp"}:
        return False
    if known_at(texts, 0) or any(low in BODIES or low in ROLES for low in words.low[start:end]):
        return False
    if any(text.isupper() and len(text) > 2 for text in texts) or any(any(letter.isdigit() for letter in text) for text in texts):
        return False
    return end - start <= 4 and (titled or end - start > 1 or texts[0][0].isupper())
