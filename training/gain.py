"""What a team's corrections are worth: a judge that learned from those of the first half of a stream, tried on its second half.

    python -m training.gain hl-brexit aid-pier ...

The streams named are left out of all training. A judge without them reads the first half of each; a person, here the annotations,
says of each of its alerts whether it was right, and reports what it missed. With these corrections the judge is trained anew, and
both are tried on the second half; and once more where the person has looked through all of the first, so that silence is consent.
Nothing is written.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.score import pool, score
from monitor.ledger.judge import Judge, JudgeData, ModelData
from monitor.records import ALERT_KINDS
from training.judge import (
    BELONGS,
    KIN,
    SAME,
    THINNED,
    Examples,
    blank,
    examples,
    figure_pairs,
    fit_counts,
    fit_pairs,
    fit_turns,
    fit_worth,
    gather,
    pairs,
)
from training.streams import STREAMS, Stream, load, names
from workers.replay import decided
from workers.replayed import lines_of

FOLDS = 3
"""Parts of the other streams: what is known of each is judged by what was learned on the other parts."""


def halves(stream: Stream) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the lines of both halves."""
    ids = list(stream.lines)
    return frozenset(ids[: len(ids) // 2]), frozenset(ids[len(ids) // 2 :])


def corrected(stream: Stream, judge: JudgeData) -> Stream:
    """The stream as far as a person would correct the judge on its first half: its alerts, and what it missed."""
    first, _ = halves(stream)
    keys = set()
    for batch, changes in decided(stream.batches, stream.config, Judge(judge)):
        told = {one.claim.evidence.key for one in changes.verdicts if one.kind in ALERT_KINDS}
        for answer in batch.answers:
            if batch.lines[answer.number] in first:
                due = {c.evidence.key for c in answer.claims if stream.of(batch, answer.number, c).due}
                keys |= due | (told & {claim.evidence.key for claim in answer.claims})
    return replace(stream, judged=frozenset(keys))


def looked_through(stream: Stream) -> Stream:
    """The stream as far as a person has looked through all of its first half: silence is consent (`--complete`)."""
    first, _ = halves(stream)
    answers = [answer for batch in stream.batches for answer in batch.answers if batch.lines[answer.number] in first]
    return replace(stream, judged=frozenset(claim.evidence.key for answer in answers for claim in answer.claims))


def second_half(stream: Stream, judge: JudgeData) -> dict[str, Any]:
    """The scorer's figures for the second half."""
    _, second = halves(stream)
    told = [
        line
        for batch, changes in decided(stream.batches, stream.config, Judge(judge))
        for line in lines_of(batch, changes, stream.config)
        if line["entry"] in second
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for name in ("entries.jsonl", "topics.yaml"):
            (path / name).write_bytes((stream.path / name).read_bytes())
        for name, developments in (("gold.jsonl", stream.gold), ("optional.jsonl", stream.optional)):
            due = [one for one in developments if one["carriers"][0]["entry"] in second]
            (path / name).write_text("".join(json.dumps(one) + "\n" for one in due))
        return dict(score(path, told)[0])


def learned(others: Sequence[Stream]) -> tuple[list[Any], list[Any], list[Examples], JudgeData]:
    """What is gathered from the other streams, and the judge that knows nothing else."""
    gathered = [pairs(stream) for stream in others]
    fold = [number % FOLDS for number in range(len(others))]

    def without(items: Sequence[Any], part: int) -> list[Any]:
        return [item for item, own in zip(items, fold, strict=True) if own != part]

    same: list[ModelData] = [fit_pairs(without(gathered, part), SAME, unlike=THINNED) for part in range(FOLDS)]
    figures = [figure_pairs(stream, same[part]) for stream, part in zip(others, fold, strict=True)]
    belongs: list[ModelData] = [fit_pairs(without(figures, part), BELONGS) for part in range(FOLDS)]
    rows = [examples(stream, same[part], belongs[part]) for stream, part in zip(others, fold, strict=True)]
    decided = [gather(stream, same[part], belongs[part]) for stream, part in zip(others, fold, strict=True)]
    judge = blank(
        same=fit_pairs(gathered, SAME, unlike=THINNED),
        belongs=fit_pairs(figures, BELONGS),
        worth=fit_worth(rows),
        counts=fit_counts(rows),
        turns=fit_turns([one.turns for one in decided]),
        kin=fit_pairs([one.kin for one in decided], KIN),
    )
    return gathered, figures, rows, judge


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("streams", nargs="+", metavar="STREAM", help="streams to try it on, by name")
    chosen = parser.parse_args().streams
    others = [load(STREAMS / name) for name in names() if name not in chosen]
    gathered, _, rows, judge = learned(others)
    print("trained on the others", len(others), flush=True)
    results: dict[str, list[dict[str, Any]]] = {"without": [], "with corrections": [], "all looked through": []}
    for name in chosen:
        stream = load(STREAMS / name)
        own = corrected(stream, judge)
        results["without"].append(second_half(stream, judge))
        for how, taught in (("with corrections", own), ("all looked through", looked_through(stream))):
            more = examples(taught, judge.same, judge.belongs)
            learned_more = replace(
                judge, same=fit_pairs([*gathered, pairs(own)], SAME, unlike=THINNED), worth=fit_worth([*rows, more])
            )
            results[how].append(second_half(stream, learned_more))
        print(name, "corrections:", len(own.judged or ()), {how: found[-1]["f1"] for how, found in results.items()}, flush=True)
    for how, found in results.items():
        print(how, pool(found))


if __name__ == "__main__":
    main()
