"""The spaCy component that the shipped model's reading comes from: one small encoder, run by onnxruntime on one thread,
gives tags, features, dependency trees and names at once.

It reads sentence by sentence, as `monitor.text.sentences` parts them; where a sentence holds several trees side by side
with a full stop between them, each becomes a sentence of its own. Sentences are not read in batches: with weights of eight
bits the scale of the activations is taken from whatever is read together, and what is read from a sentence must not depend
on its neighbours. (A batch would be a tenth faster.)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from monitor.extract.decode import apart, best_heads, best_names
from monitor.extract.pieces import Pieces, spelling

NAME = "monitor_encoder"
MAX_PIECES = 200  # of one sentence; a longer one (a table, a list without stops) is read in parts
PIECES_AT_ONCE = 300
DOCS_AT_ONCE = 16
WEIGHTS, LABELS, VOCABULARY = "encoder.onnx", "labels.json", "pieces.txt"
_ASSIGNS = ["token.tag", "token.pos", "token.morph", "token.dep", "token.head", "token.is_sent_start", "doc.sents", "doc.ents"]
_FINAL = frozenset([".", "?", "!", "...", "…"])  # a tree that ends otherwise is a part of its sentence: "Ships wait, Oslo said"
_COLUMNS = ("TAG", "POS", "MORPH", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE")
_SPACE = ("_SP", "SPACE", "dep")  # tag, part of speech and relation of white space, as spaCy's own pipelines have them
_INSIDE, _OUTSIDE, _BEGINS = 1, 2, 3  # spaCy's ENT_IOB


@Language.factory(NAME, assigns=_ASSIGNS)
def _made(nlp: Language, name: str) -> Encoder:
    return Encoder(nlp.vocab, name)


def windows(doc: Doc, pieces: Pieces, limit: int = MAX_PIECES) -> Iterator[list[int]]:
    """The words of each sentence, white space left out; a sentence of more than `limit` pieces is cut."""
    window: list[int] = []
    size = 2
    for token in doc:
        more = 0 if token.is_space else len(pieces.of(token.text))
        if window and (token.is_sent_start or size + more > limit):
            yield window
            window, size = [], 2
        if more:
            window.append(token.i)
            size += more
    if window:
        yield window


class Encoder:
    """Reads documents that are cut into words, and into sentences if they are long; sets what `_ASSIGNS` names.

    Its files: the network (ONNX, in integers of 8 bits), its labels, the vocabulary of word pieces.
    """

    def __init__(self, vocab: Vocab, name: str = NAME) -> None:
        self.vocab, self.name = vocab, name
        self.relations: tuple[str, ...] = ()
        self.kinds: tuple[str, ...] = ()

    def from_disk(self, path: str | Path, exclude: Sequence[str] = ()) -> Encoder:
        """Loads the files in the folder `path`."""
        del exclude  # there is nothing that could be left out
        folder = Path(path)
        self._files = {name: (folder / name).read_bytes() for name in (LABELS, VOCABULARY)}
        labels = json.loads(self._files[LABELS])
        pieces = self._files[VOCABULARY].decode("utf-8").splitlines()
        self._pieces = Pieces({piece: number for number, piece in enumerate(pieces)})
        self._weights = folder / WEIGHTS
        self._session = _session(self._weights)
        self.relations = tuple(labels["relations"])
        self._learn_labels(labels)
        return self

    def to_disk(self, path: str | Path, exclude: Sequence[str] = ()) -> None:
        """Copies the files into the folder `path`."""
        del exclude
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**self._files, WEIGHTS: self._weights.read_bytes()}.items():
            (folder / name).write_bytes(content)

    def _learn_labels(self, labels: dict[str, list[str]]) -> None:
        strings = self.vocab.strings
        self._tags = np.array([strings.add(tag) for tag in labels["tags"]], dtype=np.uint64)
        parted = [morph.partition("|") for morph in labels["morphs"]]
        self._pos = np.array([strings.add(pos) for pos, _, _ in parted], dtype=np.uint64)
        self._morphs = np.array([self.vocab.morphology.add(feats) for _, _, feats in parted], dtype=np.uint64)
        self._relations = np.array([strings.add(relation) for relation in self.relations], dtype=np.uint64)
        self._root, self._aside = (np.uint64(strings.add(relation)) for relation in ("ROOT", "parataxis"))
        self._space = tuple(np.uint64(strings.add(label)) for label in _SPACE)
        marks = [name.partition("-")[::2] for name in labels["names"]]
        self.kinds = tuple(dict.fromkeys(kind for _, kind in marks if kind))
        self._iob = np.array([{"I": _INSIDE, "B": _BEGINS}.get(mark, _OUTSIDE) for mark, _ in marks], dtype=np.uint64)
        self._kinds = np.array([strings.add(kind) if kind else 0 for _, kind in marks], dtype=np.uint64)
        self._follows = np.array([[mark != "I" or kind == before for mark, kind in marks] for _, before in marks])

    def __call__(self, doc: Doc) -> Doc:
        """Reads one document."""
        if not len(doc):
            return doc
        table: Any = self._blank(doc)  # unsigned, which spaCy's type hint does not know
        for window in windows(doc, self._pieces):
            results = self._session.run(None, self._inputs(doc, window))
            ends = [doc[i].text in _FINAL for i in window]
            self._fill(table, np.array(window), ends, [result[0] for result in results])
        return doc.from_array(list(_COLUMNS), table)

    def _blank(self, doc: Doc) -> NDArray[np.uint64]:
        """One row a token, as if all were white space, which hangs on the word before it or else on the first word."""
        column = np.zeros((len(doc), 7), dtype=np.uint64)
        tag, pos, relation = self._space
        column[:, 0], column[:, 1], column[:, 4], column[:, 5] = tag, pos, relation, _OUTSIDE
        words = [token.i for token in doc if not token.is_space]
        before = words[0] if words else 0
        heads: list[int] = []
        for token in doc:
            before = before if token.is_space else token.i
            heads.append(before - token.i)
        column[:, 3] = np.array(heads, dtype=np.int64).astype(np.uint64)
        return column

    def _inputs(self, doc: Doc, window: Sequence[int]) -> dict[str, NDArray[np.int64]]:
        """The sentence as the network takes it: pieces, their words' spellings, the place of each word's first piece."""
        pieces, spellings, first = [self._pieces.first], [0], list[int]()
        for i in window:
            text = doc[i].text
            numbers = self._pieces.of(text)
            first.append(len(pieces))
            pieces += numbers
            spellings += [spelling(text, i == 0 or bool(doc[i - 1].whitespace_) or doc[i - 1].is_space)] * len(numbers)
        rows = {"pieces": [*pieces, self._pieces.last], "spellings": [*spellings, 0], "first": first}
        return {name: np.array([row], dtype=np.int64) for name, row in rows.items()}

    def _fill(
        self, table: NDArray[np.uint64], window: NDArray[np.intp], ends: Sequence[bool], results: Sequence[NDArray[Any]]
    ) -> None:
        """Writes what the network says of a sentence into its words' rows."""
        tags, morphs, names, arcs, relations = results
        free = best_heads(arcs)
        heads = np.array(apart(free, ends))
        chosen = self._relations[relations[np.arange(len(window)), heads]]
        chosen[heads != free] = self._aside
        chosen[heads == 0] = self._root
        offsets = np.where(heads == 0, 0, window[heads - 1] - window)
        labels = best_names(names, self._follows)
        columns = (self._tags[tags], self._pos[morphs], self._morphs[morphs], offsets.astype(np.int64).astype(np.uint64), chosen)
        table[window] = np.stack([*columns, self._iob[labels], self._kinds[labels]], axis=1)


def _session(weights: Path) -> Any:
    import onnxruntime  # only where the shipped model is used

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # nothing is said to the user but by the monitor itself
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
