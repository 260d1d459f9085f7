"""The trained network as the file that ships: ONNX, its weights in integers of 8 bits."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from monitor.extract.encoder import LABELS, NAME, VOCABULARY, WEIGHTS
from training.language.examples import Labels
from training.language.network import Network, Shipped

OPSET = 17
FULL = "full"  # the folder of the same component in full precision, which does not ship
INPUTS = {"pieces": "pieces", "spellings": "pieces", "first": "words"}
OUTPUTS = ("tags", "morphs", "names", "arcs", "relations")


def export(network: Network, labels: Labels, vocabulary: list[str], work: Path) -> None:
    """Writes the component's files to a folder in `work` named as the component, and in full precision to `FULL`."""
    for folder in (work / NAME, work / FULL):
        folder.mkdir(parents=True, exist_ok=True)
        write_labels(labels, folder)
        (folder / VOCABULARY).write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    full = work / FULL / WEIGHTS
    network.eval()
    pieces = torch.tensor([[101, 2000, 2001, 102], [101, 2000, 102, 0]])
    first = torch.tensor([[1, 2], [1, 0]])
    torch.onnx.export(
        Shipped(network),
        (pieces, torch.zeros_like(pieces), first),
        str(full),
        opset_version=OPSET,
        dynamo=False,
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "sentences", 1: axis} for name, axis in INPUTS.items()},
    )
    # one bit less for the weights: on processors without VNNI sums of products of eight bits overflow sixteen
    quantize_dynamic(full, work / NAME / WEIGHTS, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def write_labels(labels: Labels, folder: Path) -> None:
    """The labels beside the weights."""
    (folder / LABELS).write_text(json.dumps(asdict(labels), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
