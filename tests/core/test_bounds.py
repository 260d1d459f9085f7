"""What one record holds is bounded, and what was known stays known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.ledger.bounds import CARRIERS, FIGURES, FIRST, POSITIONS, bounded_carriers, bounded_figures, bounded_positions
from monitor.ledger.figures import covered
from monitor.records import Figure, Position, Stance
from tests.records import a_carrier, a_quantity


def figure(value: float, name: str) -> Figure:
    return Figure(
        quantity=a_quantity(value),
        speaker=None,
        org=None,
        carrier=a_carrier(name=name),
        evidence=name,
        terms=frozenset(),
        window=frozenset(),
    )


def burst(values: Sequence[float]) -> tuple[Figure, ...]:
    """A series after these figures, filed one after the other."""
    held: tuple[Figure, ...] = ()
    for place, value in enumerate(values):
        held = bounded_figures((*held, figure(value, f"e{place}")))
    return held


def test_a_burst_of_figures_leaves_a_series_of_bounded_length() -> None:
    assert len(burst([1000.0 + value for value in range(1000)])) == FIGURES


def test_a_series_of_few_figures_keeps_all_of_them() -> None:
    assert [one.evidence for one in burst([5.0] * FIGURES)] == [f"e{n}" for n in range(FIGURES)]


def test_what_was_given_before_is_known_after_a_burst() -> None:
    values = [100 * 1.06 ** (n % 80) for n in range(600)]

    known = [one.quantity for one in burst(values)]

    assert all(covered(a_quantity(value), known, 0.05) for value in values)


def test_the_first_figure_and_the_latest_stay() -> None:
    held = burst([100 * 1.06 ** (n % 300) for n in range(900)])

    assert held[0].evidence == "e0"
    assert [one.evidence for one in held[-5:]] == [f"e{n}" for n in range(895, 900)]


def test_a_lone_old_figure_outlives_a_crowd_of_similar_ones() -> None:
    held = burst([1000.0, 7.0, *(1000.0 + n % 20 for n in range(1000))])

    assert [one.evidence for one in held if one.quantity.low == 7.0] == ["e1"]


def test_zero_and_figures_below_it_have_grains_of_their_own() -> None:
    held = burst([0.0, -500.0, 500.0, *(1000.0 for _ in range(500))])

    assert {one.quantity.low for one in held} == {0.0, -500.0, 500.0, 1000.0}


def test_a_proposition_names_its_first_and_its_latest_carriers() -> None:
    carriers = [a_carrier(name=f"e{n}") for n in range(200)]

    held = bounded_carriers(carriers)

    assert (len(held), held[:FIRST], held[FIRST:]) == (CARRIERS, tuple(carriers[:FIRST]), tuple(carriers[FIRST - CARRIERS :]))
    assert bounded_carriers(carriers[:CARRIERS]) == tuple(carriers[:CARRIERS])


def test_where_a_party_stood_last_is_never_forgotten() -> None:
    quiet = Position(party="Quiet", stance=Stance.DENIES, carrier=a_carrier(name="q"))
    turns = (Stance.CONFIRMS, Stance.DENIES)
    loud = [Position(party="Loud", stance=turns[n % 2], carrier=a_carrier(name=f"e{n}")) for n in range(300)]

    held = bounded_positions([quiet, *loud])

    assert len(held) == POSITIONS
    assert held[0] == quiet and held[-1] == loud[-1]
    assert bounded_positions(loud[:5]) == tuple(loud[:5])


def test_more_parties_than_places_are_all_remembered() -> None:
    each = [Position(party=f"party {n}", stance=Stance.DENIES, carrier=a_carrier(name=f"e{n}")) for n in range(POSITIONS + 9)]

    held = bounded_positions([replace(each[0], stance=Stance.CONFIRMS), *each])

    assert held == tuple(each)
