"""How a clip of a length is built."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from editai.models import Facts
from editai.script import structure


@pytest.mark.parametrize(("seconds", "characters"), [(10, 105), (15, 170), (21, 247), (30, 363)])
def test_the_budget_is_what_can_be_said_between_the_ends_of_the_clip(seconds: int, characters: int) -> None:
    assert structure.budget(seconds, 14) == characters


def test_a_faster_voice_has_a_larger_budget() -> None:
    assert structure.budget(15, 16) == 194


def test_a_clip_shorter_than_its_ends_has_none() -> None:
    assert structure.budget(1, 14) == 0


def test_a_clip_of_15_seconds_has_every_slot() -> None:
    starts = {slot.name: slot.start_ms for slot in structure.slots(15, 14)}
    assert starts == {"hook": 0, "problem": 2500, "benefit": 4500, "proof": 9000, "offer": 11000, "call": 13000}


def test_a_slot_without_facts_gives_its_time_to_the_benefit() -> None:
    filled = structure.filled_by(Facts(title="Lamp", points=("bright",)))
    times = {slot.name: slot.end_ms - slot.start_ms for slot in structure.slots(15, 14, filled)}
    assert times == {"hook": 2500, "benefit": 10_500, "call": 2000}


def test_a_price_fills_the_offer_and_a_proof_the_proof() -> None:
    assert structure.filled_by(Facts(price="$5", proofs=("tested",))) == {"hook", "benefit", "proof", "offer", "call"}


def test_between_two_lengths_a_slot_lies_between_theirs() -> None:
    times = {slot.name: slot.end_ms - slot.start_ms for slot in structure.slots(18, 14)}
    assert times == {"hook": 2750, "problem": 2500, "benefit": 5750, "proof": 2500, "offer": 2250, "call": 2250}


@hypothesis_settings(max_examples=60)
@given(st.integers(4, 600), st.sets(st.sampled_from(structure.SLOTS)))
def test_the_slots_fill_the_clip_without_gaps_and_stay_in_its_budget(seconds: int, filled: set[str]) -> None:
    slots = structure.slots(seconds, 14, filled)
    assert slots[0].start_ms == 0
    assert slots[-1].end_ms == seconds * 1000
    assert all(one.end_ms == other.start_ms for one, other in pairwise(slots))
    assert all(slot.end_ms - slot.start_ms >= 1000 for slot in slots)
    assert sum(slot.characters for slot in slots) <= structure.budget(seconds, 14)
    assert {slot.name for slot in slots} <= filled | {"benefit"}
