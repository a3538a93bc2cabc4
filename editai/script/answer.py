"""The JSON object in what a language model answered, whatever stands around it."""

from __future__ import annotations

import json
import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
"""What some models think aloud before they answer."""


class Unusable(Exception):
    """What was answered is not what was asked for; the text says why, for the model and for the owner."""


def read(said: str, form: type[M]) -> M:
    """The answer in this form. Raises `Unusable`."""
    text = _THOUGHT.sub("", said)
    begins, ends = text.find("{"), text.rfind("}")
    if begins < 0 or ends < begins:
        raise Unusable("There is no JSON object in it.")
    try:
        return form.model_validate(json.loads(text[begins : ends + 1], strict=False))
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(".".join(map(str, each["loc"])) or "all" for each in error.errors()))
        raise Unusable(f"These parts are missing or of the wrong kind: {wrong}.") from None
    except (ValueError, RecursionError):
        raise Unusable("It is no valid JSON.") from None
