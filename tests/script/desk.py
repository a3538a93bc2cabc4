"""A store that has scripts written, with its real books."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from editai.errors import EditaiError
from editai.library import Library
from editai.models import Draft, Facts, LanguageModel, Profile, Work, finished
from editai.script import model
from tests.script.vendors import SCRIPT

LAMP = Facts(
    title="Aurora desk lamp",
    points=("Three colours of light", "Dims to a candle"),
    price="$49.99",
    url="https://shop.example/lamp",
)
USED = {"prompt_tokens": 900, "completion_tokens": 200}
USD = {"usd_in": 2.0, "usd_out": 10.0}
"""Dear enough that each token counts."""


class Desk:
    """Has scripts written for one store, with its real books."""

    def __init__(self, shelf: Library, profile: Profile) -> None:
        self.shelf, self.profile = shelf, profile

    def work(self, account: LanguageModel, facts: Facts = LAMP, **changes: Any) -> Work[Draft]:
        asked: dict[str, Any] = {
            "language": "en",
            "seconds": 15,
            "letters_per_second": 14.0,
            "call_to_action": "",
            "stills": (),
            "market": "all",
            "paid": partial(self.shelf.costs.paid, self.profile, None),
        }
        return model.draft(facts=facts, account=account, **{**asked, **changes})

    def draft(self, account: LanguageModel, facts: Facts = LAMP, **changes: Any) -> Draft:
        return finished(self.work(account, facts, **changes))

    def refused(self, account: LanguageModel, **changes: Any) -> EditaiError:
        with pytest.raises(EditaiError) as caught:
            self.draft(account, **changes)
        return caught.value

    def books(self) -> list[tuple[str, int]]:
        """What each paid call came to, oldest first: its state, and micro-dollars."""
        return [(cost.state, cost.amount) for cost in reversed(self.shelf.costs.list(self.profile))]


def long(**changes: Any) -> dict[str, Any]:
    lines = [f"Line {number} says that it dims to a candle and shines in three colours." for number in range(8)]
    return {**SCRIPT, "lines": lines, **changes}
