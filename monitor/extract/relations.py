"""Who does what to whom: grammatical relations, read through one table per scheme of dependency labels.

Two schemes are known: Universal Dependencies (the pipeline that ships with the monitor) and CLEAR with OntoNotes entities
(en_core_web_sm/md/lg/trf). Rules ask `Relations` and never look at `token.dep_` or `ent.label_` themselves, so each rule
holds under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from monitor.errors import ConfigurationError, Problem
from monitor.extract.encoder import Encoder


class EntityClass(StrEnum):
    """What a name names. PLACE holds countries too: whether one acts or lies somewhere is read from the sentence."""

    PERSON = "person"
    BODY = "body"
    PLACE = "place"
    OTHER = "other"


def _labels(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Which labels stand for which relation.

    preposition_heads: CLEAR hangs the noun on its preposition ("to" <- "reporters"), UD the preposition on its noun.
    copula_heads: CLEAR makes "be" the head of "is ready", UD the predicate.
    known: every label of the scheme, to recognise it by.
    """

    name: str
    subject: frozenset[str]
    passive_subject: frozenset[str]
    object: frozenset[str]
    receiver: frozenset[str]
    oblique: frozenset[str]
    agent: frozenset[str]
    adnominal: frozenset[str]
    preposition: frozenset[str]
    clause: frozenset[str]
    open_clause: frozenset[str]
    adverbial_clause: frozenset[str]
    relative_clause: frozenset[str]
    apposition: frozenset[str]
    negation: frozenset[str]
    conjunct: frozenset[str]
    auxiliary: frozenset[str]
    copula: frozenset[str]
    predicate: frozenset[str]
    marker: frozenset[str]
    modifier: frozenset[str]
    possessor: frozenset[str]
    number: frozenset[str]
    preposition_heads: bool
    copula_heads: bool
    known: frozenset[str]
    entities: Mapping[str, EntityClass]


UD = Scheme(
    name="UD",
    subject=_labels("nsubj nsubj:outer csubj"),
    passive_subject=_labels("nsubj:pass csubj:pass"),
    object=_labels("obj"),
    receiver=_labels("iobj"),
    oblique=_labels("obl obl:unmarked obl:npmod obl:tmod"),
    agent=_labels("obl:agent"),
    adnominal=_labels("nmod"),
    preposition=_labels("case"),
    clause=_labels("ccomp"),
    open_clause=_labels("xcomp"),
    adverbial_clause=_labels("advcl advcl:relcl"),
    relative_clause=_labels("acl:relcl"),
    apposition=_labels("appos"),
    negation=frozenset(),  # "not" is an advmod there; `negated` knows it by its lemma
    conjunct=_labels("conj"),
    auxiliary=_labels("aux aux:pass"),
    copula=_labels("cop"),
    predicate=frozenset(),
    marker=_labels("mark"),
    modifier=_labels("amod compound flat nmod:desc det"),
    possessor=_labels("nmod:poss"),
    number=_labels("nummod"),
    preposition_heads=False,
    copula_heads=False,
    known=_labels(
        """ROOT root acl acl:relcl advcl advcl:relcl advmod amod appos aux aux:pass case cc cc:preconj ccomp
        compound compound:prt conj cop csubj
        csubj:outer csubj:pass dep det det:predet discourse dislocated expl fixed flat goeswith iobj list mark
        nmod nmod:desc nmod:npmod nmod:poss
        nmod:tmod nmod:unmarked nsubj nsubj:outer nsubj:pass nummod obj obl obl:agent obl:npmod obl:tmod
        obl:unmarked orphan parataxis punct
        reparandum vocative xcomp flat:foreign flat:name"""
    ),
    entities={"PER": EntityClass.PERSON, "ORG": EntityClass.BODY, "LOC": EntityClass.PLACE, "MISC": EntityClass.OTHER},
)
CLEAR = Scheme(
    name="CLEAR",
    subject=_labels("nsubj csubj"),
    passive_subject=_labels("nsubjpass csubjpass"),
    object=_labels("dobj"),
    receiver=_labels("dative"),
    oblique=_labels("npadvmod"),
    agent=_labels("agent"),
    adnominal=frozenset(),
    preposition=_labels("prep"),
    clause=_labels("ccomp"),
    open_clause=_labels("xcomp"),
    adverbial_clause=_labels("advcl"),
    relative_clause=_labels("relcl"),
    apposition=_labels("appos"),
    negation=_labels("neg"),
    conjunct=_labels("conj"),
    auxiliary=_labels("aux auxpass"),
    copula=frozenset(),
    predicate=_labels("attr acomp oprd"),
    marker=_labels("mark"),
    modifier=_labels("amod compound nmod det"),
    possessor=_labels("poss"),
    number=_labels("nummod"),
    preposition_heads=True,
    copula_heads=True,
    known=_labels(
        """ROOT acl acomp advcl advmod agent amod appos attr aux auxpass case cc ccomp compound conj csubj
        csubjpass dative dep det dobj expl intj
        mark meta neg nmod npadvmod nsubj nsubjpass nummod oprd parataxis pcomp pobj poss preconj predet prep
        prt punct quantmod relcl xcomp"""
    ),
    entities={
        "PERSON": EntityClass.PERSON, "ORG": EntityClass.BODY, "GPE": EntityClass.PLACE, "LOC":
        EntityClass.PLACE, "FAC": EntityClass.PLACE,
        "NORP": EntityClass.OTHER, "EVENT": EntityClass.OTHER, "LAW": EntityClass.OTHER, "PRODUCT": EntityClass.OTHER,
        "WORK_OF_ART": EntityClass.OTHER, "LANGUAGE": EntityClass.OTHER,
    },
)  # fmt: skip
SCHEMES = (UD, CLEAR)
NO_NAMES = _labels(
    "DATE TIME PERCENT MONEY QUANTITY ORDINAL CARDINAL"
)  # OntoNotes entities that are figures; our own rules read those
NEGATIONS = _labels("not never no n't nobody nothing none neither nor hardly")
PREPOSITION_OBJECTS = _labels("pobj pcomp")  # CLEAR


def scheme_of(nlp: Language) -> Scheme:
    """The scheme that holds all of the pipeline's dependency labels and entity labels.

    Raises ConfigurationError where the pipeline has no parser, or naming the labels that no scheme knows.
    """
    labels, entities = _labels_of(nlp)
    if not labels:
        raise _unusable("the pipeline has no parser", "name one with a parser, or leave nlp.model out")
    scheme = min(SCHEMES, key=lambda scheme: len(labels - scheme.known))
    unknown = (labels - scheme.known) | (entities - set(scheme.entities) - NO_NAMES)
    if unknown:
        raise _unusable(
            f"the pipeline uses labels that the scheme {scheme.name} does not have: {', '.join(sorted(unknown))}",
            "name a pipeline with UD and PER/ORG/LOC/MISC labels, or with CLEAR and OntoNotes labels (en_core_web_*)",
        )
    return scheme


def _labels_of(nlp: Language) -> tuple[set[str], set[str]]:
    """(dependency labels, entity labels) of spaCy's own components or of the encoder that does both."""
    relations, entities = set[str](), set[str]()
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, Encoder):
            relations |= set(pipe.relations)
            entities |= set(pipe.kinds)
        elif name == "parser":
            relations |= {label.partition("||")[0] for label in pipe.labels}  # type: ignore[attr-defined]  # set by every TrainablePipe
        elif name == "ner":
            entities |= set(pipe.labels)  # type: ignore[attr-defined]  # as above
    return relations, entities


def _unusable(message: str, fix: str) -> ConfigurationError:
    return ConfigurationError((Problem(file="configuration", line=1, column=1, key="nlp.model", message=message, fix=fix),))


@dataclass(frozen=True, slots=True)
class Oblique:
    """A noun that hangs on a verb or noun through a preposition ("" for none: "on Monday" / "Monday")."""

    preposition: str
    noun: Token


@dataclass(frozen=True, slots=True)
class Relations:
    """Questions about a parsed sentence. A clause is named by its verb: "said", and for "is ready" the word
    "ready" (UD) or "is" (CLEAR)."""

    scheme: Scheme

    @classmethod
    def of(cls, doc: Doc) -> Relations | None:
        """What a Doc's tree tells, by the scheme of its labels; None where it has no tree.

        Where labels of both schemes would fit, only relations occur that both call the same.
        """
        labels = {token.dep_ for token in doc if token.dep_}
        return cls(min(SCHEMES, key=lambda scheme: len(labels - scheme.known))) if labels else None

    def subjects(self, verb: Token) -> list[Token]:
        """Who does it: "Oslo" in "Oslo sent tanks"; with their conjuncts; of the passive only those named
        with "by" are agents."""
        own = self._with_conjuncts(self._children(verb, self.scheme.subject))
        if not own and verb.dep_ in self.scheme.conjunct | self.scheme.open_clause and not self.patients(verb):
            return self.subjects(verb.head)
        return own

    def own_subjects(self, verb: Token) -> list[Token]:
        """The subjects that the verb does not share: "Lind" of "sends" in "Oru waits and Lind sends ships"."""
        return self._children(verb, self.scheme.subject | self.scheme.passive_subject)

    def coordinated(self, verb: Token) -> list[Token]:
        """The verbs of clauses beside the verb's: "sends" in "Oru waits and Lind sends ships", "... as Lind sends ships"."""
        return self._children(verb, self.scheme.conjunct | self.scheme.adverbial_clause)

    def patients(self, verb: Token) -> list[Token]:
        """The subject of a passive: "tanks" in "tanks were sent"."""
        return self._with_conjuncts(self._children(verb, self.scheme.passive_subject))

    def agents(self, verb: Token) -> list[Token]:
        """ "Oslo" in "tanks were sent by Oslo"."""
        if self.scheme.preposition_heads:
            return [noun for by in self._children(verb, self.scheme.agent) for noun in self._children(by, PREPOSITION_OBJECTS)]
        passive = bool(self._children(verb, self.scheme.passive_subject)) or "Voice=Pass" in str(verb.morph)
        named = self._children(verb, self.scheme.agent)
        return named or ([o.noun for o in self.obliques(verb) if o.preposition == "by"] if passive else [])

    def objects(self, verb: Token) -> list[Token]:
        """ "tanks" in "Oslo sent tanks and guns", with "guns"."""
        return self._with_conjuncts(self._children(verb, self.scheme.object))

    def receivers(self, verb: Token) -> list[Token]:
        """ "reporters" in "he told reporters that ...": where nothing else is told, UD calls them the object."""
        found = self._children(verb, self.scheme.receiver)
        return found or (self.objects(verb) if self.contents(verb) else [])

    def obliques(self, head: Token) -> list[Oblique]:
        """Nouns with their prepositions: "to reporters", "on Monday" in "He spoke to reporters on Monday";
        for nouns "in Kyiv" in "officials in Kyiv"."""
        result: list[Oblique] = []
        if self.scheme.preposition_heads:
            for preposition in self._children(head, self.scheme.preposition | self.scheme.agent):
                result += [Oblique(preposition.lower_, noun) for noun in self._children(preposition, PREPOSITION_OBJECTS)]
            result += [Oblique("", noun) for noun in self._children(head, self.scheme.oblique)]
            return sorted(result, key=lambda o: o.noun.i)
        for noun in self._children(head, self.scheme.oblique | self.scheme.adnominal | self.scheme.agent):
            words = [case.lower_ for case in self._children(noun, self.scheme.preposition) if case.i < noun.i]
            result.append(Oblique(" ".join(words), noun))
        return result

    def contents(self, verb: Token) -> list[Token]:
        """The verbs of what is said, thought or wanted: "sent" in "He said (that) Oslo sent tanks", "leave"
        in "He promised to leave"."""
        return self._children(verb, self.scheme.clause | self.scheme.open_clause)

    def negated(self, verb: Token) -> bool:
        """ "He did not say", "never said", "no official said"."""
        nouns = (
            [*self.subjects(verb), *self.objects(verb)]
            if verb.dep_ not in self.scheme.conjunct
            else self._children(verb, self.scheme.subject)
        )
        own = any(
            t.dep_ in self.scheme.negation or t.lower_ in NEGATIONS for t in verb.children if t.dep_ not in self.scheme.marker
        )
        return (
            own
            or any(t.lower_ == "no" for noun in nouns for t in noun.children)
            or any(noun.lower_ in NEGATIONS for noun in nouns)
        )

    def appositions(self, noun: Token) -> list[Token]:
        """ "minister" in "Ivo Marek, the defence minister, said"."""
        return self._children(noun, self.scheme.apposition)

    def possessors(self, noun: Token) -> list[Token]:
        """ "Oslo" in "Oslo's tanks"."""
        return self._children(noun, self.scheme.possessor)

    def numbers(self, noun: Token) -> list[Token]:
        """ "300" in "300 tanks"."""
        return self._children(noun, self.scheme.number)

    def entity_class(self, ent: Span) -> EntityClass | None:
        """What the name names; None for figures and dates, which some pipelines mark too."""
        return self.scheme.entities.get(ent.label_)

    def phrase(self, noun: Token) -> Span:
        """The noun with what stands before it in its phrase: "the two remaining battalions"."""
        wanted = self.scheme.modifier | self.scheme.possessor | self.scheme.number
        before = [t.left_edge.i for t in noun.lefts if t.dep_ in wanted]
        after = [t.i for t in noun.rights if t.dep_ in {"flat", "flat:name"}]
        return noun.doc[min([noun.i, *before]) : max([noun.i, *after]) + 1]

    def _children(self, head: Token, labels: Iterable[str]) -> list[Token]:
        return [child for child in head.children if child.dep_ in labels]

    def _with_conjuncts(self, tokens: Iterable[Token]) -> list[Token]:
        return [each for token in tokens for each in self._conjuncts(token)]

    def _conjuncts(self, token: Token) -> Iterator[Token]:
        yield token
        for child in token.children:
            if child.dep_ in self.scheme.conjunct:
                yield from self._conjuncts(child)
