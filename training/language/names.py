"""The corpora of names, brought to one scheme: PER, ORG, LOC, MISC (nationalities, events, works, products).

Each corpus follows rules of its own; what a corpus leaves open in this scheme is marked as missing, which is neither
learned nor scored. Kinds of common nouns (proteins, genres, algorithms, ...) are no names here. Countries are LOC,
whatever a corpus makes of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from training.language.treebank import Word, sentences

PER, ORG, LOC, MISC = "PER", "ORG", "LOC", "MISC"
LABELS: dict[str, str | None] = {
    # UNER, wikigold
    "PER": PER, "ORG": ORG, "LOC": LOC, "MISC": MISC,
    # WNUT-17
    "person": PER, "corporation": ORG, "group": ORG, "location": LOC, "creative-work": MISC, "product": MISC,
    # CrossNER
    "politician": PER, "scientist": PER, "writer": PER, "musicalartist": PER, "researcher": PER, "organisation":
    ORG, "politicalparty": ORG,
    "university": ORG, "band": ORG, "country": LOC, "event": MISC, "election": MISC, "misc": MISC, "award": MISC,
    "academicjournal": MISC,
    "astronomicalobject": MISC, "theory": MISC, "album": MISC, "song": MISC, "book": MISC, "poem": MISC,
    "magazine": MISC, "conference": MISC,
    "programlang": MISC, "chemicalcompound": None, "chemicalelement": None, "protein": None, "enzyme": None, "discipline": None,
    "musicgenre": None, "literarygenre": None, "musicalinstrument": None, "algorithm": None, "task": None,
    "field": None, "metrics": None,
    # GUM
    "organization": ORG, "place": LOC, "object": MISC, "abstract": MISC,
    # re3d
    "Person": PER, "Organisation": ORG, "Location": LOC, "Nationality": MISC,
}  # fmt: skip
TITLES = frozenset(
    """
    Admiral Ambassador Ayatollah Baron Bishop Brigadier Captain Cardinal Chairman Chancellor Chief Coach Colonel
    Commander Commissioner Congressman Corporal Count Dean Deputy Director Doctor Dr Dr. Duke Emperor Father Foreign
    Minister Gen. General Gov. Governor Hon. Imam Inspector Judge Justice King Lady Lieutenant Lord Lt. Madam Major
    Mayor Miss Mr Mr. Mrs Mrs. Ms Ms. Officer Pope President Premier Prime Prince Princess Private Prof. Professor
    Queen Rep. Representative Rev. Reverend Saint Secretary Sen. Senator Sergeant Sgt. Sheikh Sheriff Sir Speaker
    Sultan Vice Assistant Spokesman Spokeswoman Spokesperson Special Envoy Office Defence Defense Interior
    Under-Secretary Major-General Uncle Aunt Sister Brother
    """.split()  # noqa: SIM905  # so many quoted words would read worse
)
NO_SPACE_BEFORE = frozenset(
    [
        ",",
        ".",
        ";",
        ":",
        "!",
        "?",
        ")",
        "]",
        "}",
        "%",
        "'s",
        "’s",
        "n't",
        "n’t",
        "'",
        "’",
        "''",
        "'re",
        "'ve",
        "'ll",
        "'d",
        "'m",
        "...",
    ]
)
NO_SPACE_AFTER = frozenset(["(", "[", "{", "$", "£", "€", "``", "#"])
NO_NAMES = frozenset(
    ["The", "A", "An", "I", "He", "She", "We", "They", "It", "Our", "Their", "This", "These", "You", "His", "Her", "Its", "Some"]
)
JOINTS = frozenset(["of", "the", "and", "for", "in", "al", "de", "bin", "on"])
JOINTS_OF_PEOPLE, JOINTS_OF_BODIES = frozenset(["-"]), frozenset(["-", "of", "&", "the"])
CERTAIN = 0.5  # re3d: confidence of its crowd
_ENTITY = re.compile(r"\([^()]*\)?|[^()]*\)")


def spaces_between(words: list[str]) -> list[bool]:
    """Whether a blank follows each word, for corpora that keep words only: closing marks cling to the left,
    opening ones to the right."""
    result, open_quote = list[bool](), False
    for number, word in enumerate(words):
        following = words[number + 1] if number + 1 < len(words) else ""
        blank = following not in NO_SPACE_BEFORE and word not in NO_SPACE_AFTER
        if word == '"':
            open_quote = not open_quote
            blank = blank and not open_quote
        elif following == '"' and open_quote:
            blank = False
        result.append(blank)
    return result


def tagged(lines: Iterable[str], *, word: int = 0, tag: int = -1) -> Iterator[tuple[list[str], list[str]]]:
    """Sentences of a file with a word and an IOB or IO tag a line, parted by blank lines."""
    words, tags = list[str](), list[str]()
    for raw in lines:
        columns = raw.rstrip("\n").split("\t" if "\t" in raw else " ")
        if not raw.strip() or len(columns) < 2:
            if words:
                yield words, tags
                words, tags = [], []
        elif not raw.startswith("# ") and columns[word].strip():
            words.append(columns[word].strip())
            tags.append(columns[tag])
    if words:
        yield words, tags


def spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """(first word, word after the last, label) of IOB2 or IO tags, labels still those of the corpus."""
    result: list[tuple[int, int, str]] = []
    for number, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if not label:
            continue
        if prefix == "I" and result and result[-1][1] == number and result[-1][2] == label:
            result[-1] = (result[-1][0], number + 1, label)
        else:
            result.append((number, number + 1, label))
    return result


def tagged_document(vocab: Vocab, words: list[str], tags: list[str]) -> Doc:
    """One sentence of such a file as a document with entities in our scheme."""
    doc = Doc(vocab, words=words, spaces=spaces_between(words))
    found = [(start, end, LABELS[label]) for start, end, label in spans(tags)]
    doc.set_ents([Span(doc, start, end, label=label) for start, end, label in found if label], default="outside")
    return doc


def read_tagged(path: Path, vocab: Vocab, *, word: int = 0, tag: int = -1) -> list[Doc]:
    """Every sentence of the file at `path` as a document."""
    with path.open(encoding="utf-8") as lines:
        return [tagged_document(vocab, words, tags) for words, tags in tagged(lines, word=word, tag=tag)]


def gum_documents(lines: Iterable[str], vocab: Vocab) -> Iterator[Doc]:
    """GUM's mentions that are names: the run of proper nouns around a mention's head. A capitalised word in no
    such run is left open."""
    for sentence in sentences(lines):
        words = sentence.words
        doc = Doc(vocab, words=[w.form for w in words], spaces=[w.space for w in words])
        found: dict[int, Span] = {}
        for start, end, kind in _mentions(words):
            label = LABELS.get(kind)
            run = _name(words, start, end, JOINTS_OF_PEOPLE if label == PER else JOINTS_OF_BODIES)
            if label == PER and run and words[run[1] - 1].xpos == "NNPS":
                label = MISC  # "Americans", "Russians"
            if label and run and not any(i in found for i in range(*run)):
                found.update(dict.fromkeys(range(*run), Span(doc, *run, label=label)))
        found = {i: span for i, span in found.items() if span.label_ != MISC}  # of what kind those are GUM says too loosely
        open_words = [
            doc[i : i + 1] for i, w in enumerate(words) if i not in found and (w.xpos.startswith("NNP") or w.lemma[:1].isupper())
        ]
        open_words = [span for span in open_words if words[span.start].upos != "PRON"]
        doc.set_ents(list({span.start: span for span in found.values()}.values()), missing=open_words, default="outside")
        yield doc


def lay_over(trees: Sequence[Doc], sentences_of_names: Iterable[Doc]) -> None:
    """Sets the names of the sentences in the documents of the trees, which are of the same words in the same order but for
    line breaks between paragraphs."""
    tokens = (token for doc in sentences_of_names for token in doc)
    for doc in trees:
        tags = ["" if own.is_space else _iob(next(tokens)) for own in doc]
        found = [(start, end, label) for start, end, label in spans(tags)]
        open_words = [doc[i : i + 1] for i, tag in enumerate(tags) if tag == "?"]
        doc.set_ents([Span(doc, start, end, label=label) for start, end, label in found], missing=open_words, default="outside")


def _iob(token: Token) -> str:
    return "?" if token.ent_iob == 0 else f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O"


def opened(doc: Doc) -> Doc:
    """The document of a corpus without MISC, with every capitalised word that is in no name left open: it may be one."""
    starts = {0, *(t.i + 1 for t in doc if t.text in {".", "?", "!", '"', ":"})}
    unsure = [doc[t.i : t.i + 1] for t in doc if not t.ent_type_ and t.text[0].isupper() and t.i not in starts and t.text != "I"]
    doc.set_ents(list(doc.ents), missing=unsure, default="outside")
    return doc


def _mentions(words: list[Word]) -> list[tuple[int, int, str]]:
    """(start, end, type) of the mentions in the column MISC, inner ones first. Mentions that run over a
    sentence's end do not occur."""
    pending: list[tuple[list[str], int]] = []
    result: list[tuple[int, int, str]] = []
    for number, word in enumerate(words):
        for bracket in _ENTITY.findall(word.misc.get("Entity", "")):
            fields = bracket.strip("()").split("-", 7)
            if bracket.startswith("("):
                pending.append((fields, number))
            if bracket.endswith(")"):
                place = max((i for i, (opened, _) in enumerate(pending) if opened[0] == fields[0]), default=None)
                if place is None:
                    continue  # opened in an earlier sentence
                opened, start = pending.pop(place)
                kind = opened[1] if len(opened) > 1 else ""
                known = len(opened) > 7  # linked to an encyclopedia
                result.append((start, number + 1, kind if known or kind not in {"abstract", "object"} else ""))
    return result


def _name(words: list[Word], start: int, end: int, joints: frozenset[str]) -> tuple[int, int] | None:
    heads = [i for i in range(start, end) if not start <= words[i].head < end or words[i].head == i]
    if len(heads) != 1 or not words[heads[0]].xpos.startswith("NNP"):
        return None
    first = last = heads[0]

    def proper(i: int) -> bool:
        return start <= i < end and words[i].xpos.startswith("NNP")

    def joint(i: int) -> bool:
        return start <= i < end and words[i].form in joints

    while proper(first - 1) or (joint(first - 1) and words[first - 1].form == "-" and proper(first - 2)):
        first -= 1
    while proper(last + 1) or (joint(last + 1) and (proper(last + 2) or (joint(last + 2) and proper(last + 3)))):
        last += 1
    while first < last and words[first].form in TITLES:
        first += 1
    if words[first].form in TITLES or not words[first].form[0].isupper():
        return None
    return first, last + 1


def read_gum(path: Path, vocab: Vocab) -> list[Doc]:
    """Every sentence of a GUM file as a document."""
    with path.open(encoding="utf-8") as lines:
        return list(gum_documents(lines, vocab))


def re3d_documents(folder: Path, nlp: Language) -> list[tuple[str, Doc]]:
    """The documents of re3d with their ids in order. Descriptions ("mourners", "the city") are no names; what
    else is not of our scheme is left open."""
    texts: dict[str, str] = {}
    entities: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for path in sorted(folder.glob("*/documents.json")):
        texts |= {row["_id"]: row["text"] for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if row}
        for row in map(json.loads, (path.parent / "entities.json").read_text(encoding="utf-8").splitlines()):
            entities[row["documentId"]].append(row)
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for rows in entities.values():
        for row in rows:
            kinds[str(row["value"])][str(row["type"])] += float(str(row["confidence"])) >= CERTAIN
    places = {value for value, counts in kinds.items() if counts["Location"] * 8 > counts.total()}
    nations = {value for value, counts in kinds.items() if counts["Nationality"]}
    return [(number, re3d_document(texts[number], entities[number], places, nations, nlp)) for number in sorted(texts)]


def re3d_document(text: str, rows: list[dict[str, object]], places: set[str], nations: set[str], nlp: Language) -> Doc:
    """One document; places, nations: names that the corpus often calls a location, or ever a nationality, so that
    countries are LOC everywhere."""
    doc = nlp.make_doc(text)
    taken: dict[int, Span | None] = {}
    for row in sorted(rows, key=lambda row: (-float(str(row["confidence"])), str(row["_id"]))):
        span = doc.char_span(int(str(row["begin"])), int(str(row["end"])), alignment_mode="expand")
        if span is None or float(str(row["confidence"])) < CERTAIN:
            continue
        label = LABELS.get(str(row["type"]))
        name = _trim(span, label)
        if name is None or any(i in taken for i in range(name.start, name.end)):
            continue
        if label != PER and name.text in places:
            label = LOC
        elif label != PER and name.text in nations:
            label = MISC
        elif span.end > name.end:
            label = None  # "Daesh fighters": a description that begins with a name of unknown kind
        value = Span(doc, name.start, name.end, label=label) if label else None
        taken.update(dict.fromkeys(range(name.start, name.end), value))
    names = list({span.start: span for span in taken.values() if span}.values())
    starts = {0, *(t.i + 1 for t in doc if t.text in {".", "?", "!"} or t.is_space)}
    unsure = [
        t.i
        for t in doc
        if (t.i in taken and taken[t.i] is None) or (t.i not in taken and t.text[0].isupper() and t.i not in starts)
    ]
    doc.set_ents(names, missing=[doc[i : i + 1] for i in unsure], default="outside")
    return doc


def _trim(span: Span, label: str | None) -> Span | None:
    """The name in a mention: without article and titles; None where the mention is a description."""
    doc, start, end = span.doc, span.start, span.end
    if label == PER:
        end = next((i for i in range(start, end) if doc[i].text in {",", "(", "for", "in"}), end)
        after = [
            i + 1
            for i in range(start, end)
            if doc[i].text in TITLES or (doc[i].text == "State" and i > start and doc[i - 1].text == "of")
        ]
        start = max(after, default=start)
    while start < end and (not doc[start].text[0].isupper() or doc[start].text in NO_NAMES):
        start += 1
    while end > start and not (doc[end - 1].text[0].isupper() or doc[end - 1].is_digit):
        end -= 1
    inner = [t.text for t in doc[start:end] if t.text[0].islower() and t.text not in JOINTS]
    if (
        start >= end
        or inner
        or {"[", "("} & set(doc[start:end].text)
        or (label == PER and (end - start > 5 or "of" in doc[start:end].text.split()))
    ):
        return None
    return doc[start:end]
