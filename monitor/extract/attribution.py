"""Who says what: source, cue and content of every sentence, with speaker, organisation and stance.

`attributions` reads a document from its first sentence to its last, because a pronoun ("he added"), a continued quotation and
reported speech that runs on ("The work would take a year.") mean whoever spoke before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from monitor.extract import quotes
from monitor.extract.cast import Cast, Voice
from monitor.extract.clauses import Clause, clauses
from monitor.extract.lexicon import CUES, PERSONAL, POINTING, ROLES
from monitor.extract.phrases import CLOSING, OPENING, Words, common_words, head_of, name_run, subject_of
from monitor.extract.relations import Relations
from monitor.extract.sources import find
from monitor.extract.spans import stretches
from monitor.extract.stance import Said, stance_of
from monitor.extract.verbs import Found
from monitor.records import Attribution, Stance
from monitor.text.places import states_in
from monitor.text.words import words as word_list

_COMMON_ROLES = word_list(
    "official officials source person people man woman aide member spokesman spokeswoman expert analyst officer dr mr mrs ms sir"
)
_SUREST = 3
"""The rank up to which an attribution within another is told."""
_THINKING = frozenset({"believe", "think"})
_BACKSHIFT = frozenset({"would", "had", "could"})


@dataclass(slots=True)
class _Flow:
    """Who spoke last, as the document is read."""

    cast: Cast
    relations: Relations | None = None
    last: Voice | None = None
    person: Voice | None = None
    body: Voice | None = None
    quoting: bool = False
    voices: list[Voice] = field(default_factory=list)

    def new_paragraph(self, *, opens_with_quote: bool) -> None:
        """A quotation runs on over a paragraph's end only where the next one opens with a quote again."""
        self.quoting = self.quoting and opens_with_quote

    def hear(self, voice: Voice) -> None:
        """Remembers who speaks."""
        self.last = voice
        self.voices.append(voice)
        if voice.person and not voice.plural:
            self.person = voice
        else:
            self.body = voice

    def resolve(self, words: Words, start: int, end: int) -> Voice | None:
        """Who the noun phrase is, pronouns and "the minister" brought back to whom they mean."""
        voice = self.cast.describe(words, start, end)
        if voice is None:
            low = words.low[start]
            if low == "it" and (party := self._party(words, start)):  # "Oru has no wish to talk, it said"
                return Voice(party, party, person=False)
            return {"he": self.person, "she": self.person, "it": self.body}.get(low) or self.last
        known = voice.name in self.cast.full.values()
        unnamed = not any(words.name[start:end])
        if words.low[start] in POINTING and not known:
            before = next((v for v in reversed(self.voices) if v.heads & voice.heads and (v.org or v.person)), None)
            if before is not None and unnamed:
                return before
        if unnamed and voice.person and not voice.plural:
            named = self._holders(voice)
            if len(named) == 1:
                return Voice(named[0], voice.org or self.cast.orgs.get(named[0]), person=True, heads=voice.heads)
        speaks_for = voice.person and any(head.startswith("spokes") for head in voice.heads)
        if unnamed and speaks_for and not voice.org and (party := self._party(words, start)):
            return replace(voice, org=party)
        if (
            unnamed
            and not voice.person
            and not voice.org
            and (words.low[start] in POINTING or (words.shouted and end - start == 1))
            and (party := self._party(words, start))
        ):
            bare = words.low[start] == "the" and end - start == 2  # "the company", not "the company's office in the north"
            return replace(voice, name=party if bare else voice.name, org=party)
        return voice

    def _holders(self, voice: Voice) -> list[str]:
        """Who in the document holds the office that an unnamed voice is called by, as far as states agree."""
        heads = (voice.heads & ROLES) - _COMMON_ROLES
        return [
            name
            for name, roles in self.cast.roles.items()
            if heads and heads <= roles and (not voice.org or self.cast.orgs.get(name, voice.org) == voice.org)
        ]

    def _party(self, words: Words, before: int) -> str | None:
        """The actor or state that the sentence was about when it says "the company" or "its ministry": its subject, where that
        is one, else the last one named."""
        texts = words.text[:before]
        called = words.low[before + 1 : before + 2]  # "The Oru Grain Agency is bankrupt, the [agency] said"
        last = next((i for i in range(before) if words.name[i] and [words.low[i]] == called and not words.shouted), 0)
        if last:
            return self.cast.org_of(words.text[name_run(words, 0, last + 1)[0] : last + 1])
        subject = subject_of(words)
        if subject and subject[1] <= before:
            end = head_of(words, *subject)
            parties = (self.cast.party_named(texts[start:end]) for start in range(subject[0], end))
            if party := next((party for party in parties if party), None):
                return party
        actors = [actor for start in range(before) if (actor := self.cast.actor_at(texts, start))]
        states = states_in(texts)
        return actors[-1] if actors else self.cast.canonical(states[-1]) if states else None


def attributions(
    doc: Doc, actors: Mapping[str, Sequence[str]], units: Sequence[Clause] | None = None
) -> list[Attribution | None]:
    """For each clause of the Doc its main attribution; None where the outlet itself speaks.

    actors: the topic's parties and their aliases; units: the clauses, found here where not given. Reads sentence starts and
    tokens, parts of speech and the tree where the pipeline set them; sets nothing.
    """
    return _all(doc, actors, units)[0]


def every_attribution(doc: Doc, actors: Mapping[str, Sequence[str]]) -> tuple[Attribution, ...]:
    """All attributions in the order of the text, those within what another says included: "The paper reported [that Marek said
    ...]"; a quotation over several sentences is one."""
    main, inner = _all(doc, actors, None)
    return tuple(sorted((*quotes.joined(doc.text, main), *inner), key=lambda one: min((*one.source, *one.cue, *one.content))))


def _all(
    doc: Doc, actors: Mapping[str, Sequence[str]], units: Sequence[Clause] | None
) -> tuple[list[Attribution | None], list[Attribution]]:
    units = clauses(doc) if units is None else units
    common = common_words(doc)
    read = [Words(unit.span, common) for unit in units]
    cast = Cast.of(actors)
    for words in read:
        cast.read(words)
    flow = _Flow(cast, Relations.of(doc))
    found: list[Attribution | None] = []
    inner: list[Attribution] = []
    text, end = doc.text, 0  # Doc.text is put together from its tokens each time
    for words, unit in zip(read, units, strict=True):
        if "\n\n" in text[end : unit.span.start_char]:
            flow.new_paragraph(opens_with_quote=unit.span[0].text in OPENING)
        candidates = find(words, cast, flow.relations) if len(words) else []
        found.append(_attribute(words, flow, candidates, first=unit.first) if len(words) else None)
        inner += (_complete(words, one, replace(flow, voices=[])) for one in _within(words, candidates))
        end = unit.span.end_char
    spans = [(unit.span.start_char, unit.span.end_char) for unit in units]
    for index, named in quotes.speakers(text, spans, found).items():
        by = found[named]
        if by is not None:
            found[index] = _carried(read[index], by.speaker, by.org, cast)
    for index, unit in enumerate(units[:-1]):
        by = found[index + 1] if unit.ahead else None
        if by is not None:
            found[index] = _carried(read[index], by.speaker, by.org, cast)
    return found, inner


def _within(words: Words, candidates: Sequence[Found]) -> Iterator[Found]:
    """Those beside the main one that surely say something of their own: ""[We think it will rain]," Marek said"."""
    if not candidates or candidates[0].lemma == "cite":
        return
    main = candidates[0]
    ends = min(main.cue[0], main.source[0] if main.source else main.cue[0])
    taken = {*range(*main.cue)}
    for one in candidates[1:]:
        cue = CUES.get(words.low[one.cue[0]])
        sure = one.lemma == "say" or one.lemma in _THINKING or bool(cue and cue.strong)
        clipped = tuple((a, min(b, ends) if a < ends else b) for a, b in one.content)
        if sure and one.source and clipped and not one.act and one.rank <= _SUREST and not taken & {*range(*one.cue)}:
            taken |= {*range(*one.cue)}
            yield replace(one, content=clipped)


def _carried(words: Words, speaker: str | None, org: str | None, cast: Cast) -> Attribution:
    """A clause that is said by somebody whom another clause names."""
    stance = stance_of(Said(Stance.ASSERTS, "say", (), words.string(0, len(words)), org, cast.org_of))
    return Attribution(source=(), cue=(), content=(words.span(0, len(words)),), speaker=speaker, org=org, stance=stance)


def _attribute(words: Words, flow: _Flow, candidates: Sequence[Found], *, first: bool) -> Attribution | None:
    continued = flow.quoting or words.text[0] in OPENING
    if continued and flow.last is not None:  # "I" is whoever speaks the quotation, and what they want is part of it
        candidates = [one for one in candidates if not (one.source and words.low[one.source[0]] in {"i", "we"})]
    _track_quotes(words, flow)
    if not first and words.low[0] == "adding" and flow.last is not None:  # "..., [adding that more would come]"
        start = 1 + (words.low[1:2] == ["that"])
        text = words.string(start, len(words))
        stance = stance_of(Said(Stance.ASSERTS, "add", (), text, flow.last.org, flow.cast.org_of))
        one = Found(0, None, (0, 1), (0, 1), ((start, len(words)),), "add", stance)
        return replace(_complete(words, one, flow), speaker=flow.last.name, org=flow.last.org)
    if candidates:
        return _complete(words, candidates[0], flow)
    if flow.last is not None and (continued or not first or _runs_on(words)):
        return _carried(words, flow.last.name, flow.last.org, flow.cast)
    if not continued:
        flow.last = None
    return None


def _complete(words: Words, one: Found, flow: _Flow) -> Attribution:
    """The attribution that was found, with its speaker resolved and its stance judged."""
    voice = flow.resolve(words, *one.source) if one.source else None
    content = " ".join(words.string(start, end) for start, end in one.content)
    org = voice.org if voice else None
    if voice and org is None and (flow.cast.is_stately(voice) or words.low[one.source[0]] in PERSONAL if one.source else False):
        state = next(iter(states_in(content.split())), None)
        org = flow.cast.canonical(state) if state else flow.cast.home
    if voice:
        voice = replace(voice, org=org)
        flow.hear(voice)
    begins = one.group[0]
    if words.low[max(begins - 2, 0) : begins] == ["no", "longer"]:  # "Oru [no longer rules out] a strike"
        begins -= 2
    source = words.low[slice(*one.source)] if one.source else ()
    group = tuple(words.low[begins : one.group[1]])
    stance = stance_of(Said(one.stance, one.lemma, group, content, org, flow.cast.org_of, one.act, tuple(source)))
    exact = stretches(words, one)
    return Attribution(
        source=tuple(words.span(*part) for part in exact.source),
        cue=() if one.act else tuple(words.span(*part) for part in exact.cue),
        content=tuple(words.span(*part) for part in exact.content),
        speaker=voice.name if voice else None,
        org=org,
        stance=stance,
    )


def _runs_on(words: Words) -> bool:
    """Whether the main verb is shifted back as in reported speech: "The work would take a year." """
    return any(low in _BACKSHIFT for low in words.low[: max(len(words) // 2, 8)])


def _track_quotes(words: Words, flow: _Flow) -> None:
    for text in words.text:
        if text in {'"'}:
            flow.quoting = not flow.quoting
        elif text in OPENING - CLOSING:
            flow.quoting = True
        elif text in {"”", "»"}:
            flow.quoting = False
