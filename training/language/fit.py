"""Fine-tunes the network on all corpora at once, one thread, repeatable from its seed; the state that reads the dev parts
best is kept."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.language.examples import OPEN, Item, Labels
from training.language.network import Batch, Network

SEED = 20260101
PIECES_PER_STEP = 1000
RATE, HEAD_RATE, WARMUP, DECAY, CLIP = 3e-4, 1e-3, 100, 0.01, 1.0
FADING = 0.35  # the last share of the steps, over which the rates go to nothing
SMOOTHING = 0.03
PUNCTUATION = "punct"
BEST = "best.pt"


@dataclass(slots=True)
class Marks:
    """Shares of right answers on the dev parts: tags, heads, heads with relation (punctuation left out), F1 of names."""

    tags: float
    unlabelled: float
    labelled: float
    names: float

    @property
    def total(self) -> float:
        """What the best state is chosen by."""
        return self.labelled + 0.5 * self.names + 0.2 * self.tags


def batches(items: Sequence[Item], dice: random.Random | None, size: int = PIECES_PER_STEP) -> list[list[Item]]:
    """Items of like length side by side, at most `size` pieces with padding; in random order where there are dice."""
    order = sorted(items, key=lambda item: len(item.pieces) + (dice.random() * 6 if dice else 0))
    result: list[list[Item]] = [[]]
    for item in order:
        if result[-1] and (len(result[-1]) + 1) * max(len(item.pieces), len(result[-1][-1].pieces)) > size:
            result.append([])
        result[-1].append(item)
    if dice:
        dice.shuffle(result)
    return result


def padded(rows: Iterable[Sequence[int]], value: int) -> Tensor:
    """The rows as one tensor, `value` behind the shorter ones."""
    tensors = [torch.tensor(row, dtype=torch.long) for row in rows]
    return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)


def batch_of(items: Sequence[Item]) -> Batch:
    """What the network reads."""
    return Batch(
        padded((i.pieces for i in items), 0), padded((i.spellings for i in items), 0), padded((i.first for i in items), 0)
    )


def loss_of(network: Network, items: Sequence[Item]) -> Tensor:
    """The sum of the mean losses of all heads, over what is annotated."""
    batch = batch_of(items)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = network(batch)
        heads = padded((i.heads for i in items), OPEN)
        relations = network.relations(scores, heads.clamp(min=0))
    total = torch.zeros(())
    for given, wanted, weight in (
        (scores.arcs, heads, 1.0),
        (relations, padded((i.relations for i in items), OPEN), 1.0),
        (scores.tags, padded((i.tags for i in items), OPEN), 0.5),
        (scores.morphs, padded((i.morphs for i in items), OPEN), 0.5),
        (scores.names, padded((i.names for i in items), OPEN), 2.0),
    ):
        known = wanted != OPEN
        if known.any():
            chosen = given[known].float()
            smoothing = SMOOTHING if given is not scores.arcs else 0.0
            every = functional.cross_entropy(chosen, wanted[known], label_smoothing=smoothing, reduction="sum")
            total = total + weight * every / known.numel()
    return total


def optimizer_of(network: Network) -> torch.optim.AdamW:
    """The encoder's own weights move more slowly than the heads', which start from nothing."""
    slow = [*network.places.parameters(), *network.norm.parameters(), *network.layers.parameters()]
    own = {id(p) for p in slow}
    fast = [p for p in network.parameters() if p.requires_grad and id(p) not in own]
    groups = [{"params": slow, "lr": RATE, "top": RATE}, {"params": fast, "lr": HEAD_RATE, "top": HEAD_RATE}]
    return torch.optim.AdamW(groups, weight_decay=DECAY, betas=(0.9, 0.98), fused=True)


def learn(
    network: Network, epochs: Sequence[Sequence[Item]], dev: Sequence[Item], labels: Labels, work: Path, steps: int
) -> None:
    """Trains over the epochs' items (each epoch has its own spellings); writes the best state to `work`."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    dice = random.Random(SEED)
    plan = [step for items in epochs for step in batches(items, dice)][:steps]
    optimizer = optimizer_of(network)
    best, started, losses = -1.0, time.monotonic(), 0.0
    every = max(1, min(200, len(plan) // 2))
    print(f"{len(plan)} steps, {sum(len(i.pieces) for step in plan for i in step):,} pieces", flush=True)
    for number, items in enumerate(plan, start=1):
        factor = min(number / WARMUP, (len(plan) - number + 1) / (FADING * len(plan)), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = group["top"] * factor
        network.train()
        loss = loss_of(network, items)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], CLIP)
        optimizer.step()
        losses += float(loss.detach())
        if number % every == 0 or number == len(plan):
            marks = score(network, dev, labels)
            print(
                f"{number:6d} {time.monotonic() - started:6.0f} s loss {losses / every:.3f} tags {marks.tags:.4f} "
                f"UAS {marks.unlabelled:.4f} LAS {marks.labelled:.4f} names {marks.names:.4f}",
                flush=True,
            )
            losses = 0.0
            if marks.total > best:
                best = marks.total
                torch.save(network.state_dict(), work / BEST)


@torch.no_grad()
def score(network: Network, dev: Sequence[Item], labels: Labels) -> Marks:
    """How the dev parts are read, heads and names chosen word by word."""
    network.eval()
    right = [0, 0, 0]
    words = [0, 0]
    found = wanted = both = 0
    punct = labels.relations.index(PUNCTUATION)
    for items in batches(dev, None, 4 * PIECES_PER_STEP):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = network(batch_of(items))
            best = scores.arcs.argmax(-1)
            relations = network.relations(scores, best).argmax(-1)
        tags, heads = padded((i.tags for i in items), OPEN), padded((i.heads for i in items), OPEN)
        true = padded((i.relations for i in items), OPEN)
        known = (true != OPEN) & (true != punct)
        words[0] += int((tags != OPEN).sum())
        right[0] += int(((scores.tags.argmax(-1) == tags) & (tags != OPEN)).sum())
        words[1] += int(known.sum())
        right[1] += int(((best == heads) & known).sum())
        right[2] += int(((best == heads) & (relations == true) & known).sum())
        for item, guess in zip(items, scores.names.argmax(-1).tolist(), strict=True):
            if max(item.names) >= 0:
                mine, theirs = spans(guess[: len(item.names)], labels), spans(item.names, labels)
                mine = {s for s in mine if OPEN not in item.names[s[0] : s[1]]}
                found, wanted, both = found + len(mine), wanted + len(theirs), both + len(mine & theirs)
    return Marks(
        right[0] / max(words[0], 1), right[1] / max(words[1], 1), right[2] / max(words[1], 1), 2 * both / max(found + wanted, 1)
    )


def spans(names: Sequence[int], labels: Labels) -> set[tuple[int, int, str]]:
    """(first word, word after the last, kind) of names in BIO."""
    result: set[tuple[int, int, str]] = set()
    start, kind = 0, ""
    for place, number in enumerate([*names, 0]):
        mark, _, new = labels.names[max(number, 0)].partition("-")
        if kind and (mark != "I" or new != kind):
            result.add((start, place, kind))
            kind = ""
        if mark == "B" or (mark == "I" and not kind):
            start, kind = place, new
    return result
