"""The network: all-MiniLM-L6-v2 (a BERT of six layers), with heads for tags, features, names and a biaffine parser.

Word vectors are those of each word's first piece. Trees: Dozat and Manning, "Deep Biaffine Attention for Neural
Dependency Parsing", ICLR 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from monitor.extract.pieces import SPELLINGS

WIDTH, HEADS, INNER, LAYERS, EPSILON = 384, 12, 1536, 6, 1e-12
ARC, RELATION = 256, 96
FORBIDDEN = -1e4  # as a score: what no softmax will choose; small enough for eight bits' scales


@dataclass(slots=True)
class Batch:
    """Sentences side by side, zeros behind the shorter ones. pieces, spellings: sentence x piece; first: sentence x word,
    the place of the word's first piece, 0 where there is no word."""

    pieces: Tensor
    spellings: Tensor
    first: Tensor


@dataclass(slots=True)
class Scores:
    """By sentence and word: tags, morphs, names; arcs also by head (0: the root, else 1 + its place); relations also by
    label."""

    tags: Tensor
    morphs: Tensor
    names: Tensor
    arcs: Tensor
    dependents: Tensor
    governors: Tensor


class Layer(nn.Module):
    """Attention and a feed-forward step, each with its residue and norm."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = nn.Linear(WIDTH, 3 * WIDTH)  # query, key and value in one
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.first_norm, self.second_norm = nn.LayerNorm(WIDTH, eps=EPSILON), nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: sentence x piece x width; mask: added to the scores of attention."""
        batch, length, _ = x.shape

        parts = self.asked(x).reshape(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        scores = parts[0] @ parts[1].transpose(2, 3) * (HEADS / WIDTH) ** 0.5 + mask
        mixed = scores.softmax(-1) @ parts[2]
        x = self.first_norm(x + self.attended(mixed.transpose(1, 2).reshape(batch, length, WIDTH)))
        done: Tensor = self.second_norm(x + self.outer(functional.gelu(self.inner(x))))
        return done


class Network(nn.Module):
    """Encoder and heads; sizes: how many tags, morphs, names and relations there are."""

    def __init__(self, vocabulary: int, tags: int, morphs: int, names: int, relations: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, WIDTH), nn.Embedding(512, WIDTH)
        self.spellings = nn.Embedding(SPELLINGS, WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, eps=EPSILON), nn.Dropout(dropout)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.tags, self.morphs, self.names = nn.Linear(WIDTH, tags), nn.Linear(WIDTH, morphs), nn.Linear(WIDTH, names)
        self.arc_dependent, self.arc_governor = _head(ARC), _head(ARC)
        self.relation_dependent, self.relation_governor = _head(RELATION), _head(RELATION)
        self.arc = nn.Linear(ARC + 1, ARC, bias=False)
        self.relation = nn.Parameter(torch.zeros(relations, RELATION + 1, RELATION + 1))
        nn.init.zeros_(self.spellings.weight)
        nn.init.zeros_(self.arc.weight)

    def load_encoder(self, weights: Mapping[str, Tensor]) -> None:
        """The published encoder's weights; the rows of segments are folded into those of places."""
        found = {name.removeprefix("bert."): tensor.float() for name, tensor in weights.items()}
        self.words.weight.data.copy_(found["embeddings.word_embeddings.weight"])
        self.words.weight.requires_grad = False  # as they are: most rows would be learned from few words or none
        segment = found["embeddings.token_type_embeddings.weight"][0]
        self.places.weight.data.copy_(found["embeddings.position_embeddings.weight"] + segment)
        _copy(self.norm, found, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            for own, published in {
                "attended": "attention.output.dense", "first_norm": "attention.output.LayerNorm",
                "inner": "intermediate.dense", "outer": "output.dense", "second_norm": "output.LayerNorm",
            }.items():  # fmt: skip
                _copy(getattr(layer, own), found, f"encoder.layer.{number}.{published}")
            for part, parameter in layer.asked.named_parameters():
                names = [f"encoder.layer.{number}.attention.self.{name}.{part}" for name in ("query", "key", "value")]
                parameter.data.copy_(torch.cat([found[name] for name in names]))

    def encode(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """(sentence x (1 + word) x width, the root's vector first; which of the words there are)."""
        x = self.words(batch.pieces) + self.places.weight[: batch.pieces.shape[1]] + self.spellings(batch.spellings)
        x = self.dropout(self.norm(x))
        mask = (batch.pieces == 0)[:, None, None, :] * FORBIDDEN
        for layer in self.layers:
            x = layer(x, mask)
        places = functional.pad(batch.first, (1, 0))
        return x.gather(1, places[:, :, None].expand(-1, -1, WIDTH)), batch.first > 0

    def forward(self, batch: Batch) -> Scores:
        """All scores but the relations', for which `relations` wants the heads."""
        nodes, there = self.encode(batch)
        nodes = self.dropout(nodes)
        words = nodes[:, 1:]
        arcs = self.arc(_one(self.arc_dependent(words))) @ self.arc_governor(nodes).transpose(1, 2)
        size = arcs.shape[1]
        itself = torch.arange(1, size + 1)[:, None] == torch.arange(size + 1)[None]
        barred = itself[None] | ~functional.pad(there, (1, 0), value=True)[:, None, :]
        arcs = arcs.masked_fill(barred, FORBIDDEN)
        return Scores(
            self.tags(words), self.morphs(words), self.names(words), arcs,
            _one(self.relation_dependent(words)), _one(self.relation_governor(nodes)),
        )  # fmt: skip

    def relations(self, scores: Scores, heads: Tensor) -> Tensor:
        """sentence x word x label, each word hung on its head."""
        governors = scores.governors.gather(1, heads[:, :, None].expand(-1, -1, RELATION + 1))
        mixed = torch.einsum("bwi,lij->bwlj", scores.dependents, self.relation)
        return torch.einsum("bwlj,bwj->bwl", mixed, governors)


class Shipped(nn.Module):
    """What is exported: (pieces, spellings, first) to (tags, morphs, names' scores, arcs' scores, relations for each head)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: Tensor, spellings: Tensor, first: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """The best tag and morph of each word, and for each word and head the best relation."""
        scores = self.network(Batch(pieces, spellings, first))
        count, side = self.network.relation.shape[0], RELATION + 1
        batch, words = first.shape
        mixed = scores.dependents @ self.network.relation.permute(1, 0, 2).reshape(side, count * side)
        every = mixed.reshape(batch, words * count, side) @ scores.governors.transpose(1, 2)
        relations = every.reshape(batch, words, count, words + 1).argmax(2)
        return scores.tags.argmax(-1), scores.morphs.argmax(-1), scores.names, scores.arcs, relations


def _head(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(WIDTH, width), nn.LeakyReLU(0.1), nn.Dropout(0.2))


def _one(x: Tensor) -> Tensor:
    return functional.pad(x, (0, 1), value=1.0)


def _copy(module: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    for part, parameter in module.named_parameters():
        parameter.data.copy_(weights[f"{name}.{part}"])
