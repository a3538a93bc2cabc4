"""What the clip says: the owner's own text, or a few sentences made from the product's facts.

    Brief ──draft──▶ Draft ──settle──▶ Draft ──from_draft──▶ Script

`draft()` has the owner's text or writes one from the facts; `settle()` takes out what cannot be shown to be true, or
stops; `from_draft()` makes sentences with their spoken forms. `write()` is the three in one, and `check()` finds
everything that is wrong with a script before any work starts. A text of a language model takes the last two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from editai.errors import Conflict, InvalidInput
from editai.models import BrandKit, Brief, Draft, Facts, LanguageModel, Script, Work
from editai.script import model, template
from editai.script.claims import check as check_claims
from editai.script.language import check_language
from editai.script.sentences import clean, empty, sentences, split
from editai.script.settle import claims_of, settle
from editai.script.standouts import standouts
from editai.settings import Settings

if TYPE_CHECKING:
    from editai.voices.base import Paid

__all__ = [
    "LETTERS_PER_SECOND",
    "SECONDS",
    "check",
    "check_claims",
    "claims_of",
    "clean",
    "draft",
    "from_draft",
    "is_for_model",
    "model_draft",
    "model_price",
    "no_model",
    "settle",
    "split",
    "standouts",
    "template_draft",
    "write",
]

LETTERS_PER_SECOND = 14.0
"""Characters a second, spaces included, at a voice's own pace: reading aloud takes 65 to 71 ms a character in 14
alphabetic languages (Trauzettel-Klosinski and Dietz, 2012, doi.org/10.1167/iovs.11-8284)."""

SECONDS = 15
"""How long a clip is made of facts where neither the brief nor the store says it."""

_LONGEST_WORD = 400
"""Characters of a word as it is spoken; a voice takes so much in one breath and nothing may be cut off."""


def check(
    brief: Brief,
    kit: BrandKit,
    settings: Settings,
    language: str,
    letters_per_second: float = LETTERS_PER_SECOND,
) -> None:
    """Raise what is wrong with the script of `brief` for a voice that speaks `language`; quick, no model runs long.

    `letters_per_second` are the voice's at its own pace. Errors, all 422: `script_empty`, `script_too_long`,
    `script_language`, `script_unspeakable`, `script_needed`, `facts_too_long`, `claim_unproven`.
    """
    _check_facts(brief.facts)
    limit = round(settings.max_clip_seconds * letters_per_second * brief.voice.speed)
    if len(brief.script) > limit:
        _check_length(clean(brief.script), limit, settings)
    made = draft(brief, kit, language, letters_per_second)
    if made is None:
        return
    words = [word for sentence in from_draft(made, kit, language).sentences for word in sentence.words]
    for word in words:
        if len(word.spoken) > _LONGEST_WORD:
            raise InvalidInput(
                "script_unspeakable",
                f"The word {word.displayed[:30]!r}... is too long to be spoken.",
                "Put spaces into it, or leave it out.",
            )
    _check_length(" ".join(word.spoken for word in words), limit, settings)
    check_language(brief, language)
    settle(made, brief.facts, kit, language)


def write(brief: Brief, kit: BrandKit, language: str, letters_per_second: float = LETTERS_PER_SECOND) -> Script | None:
    """The script as it will be spoken, None where `draft` has none. Raises InvalidInput as `draft` and `settle`."""
    made = draft(brief, kit, language, letters_per_second)
    if made is None:
        return None
    settled, _ = settle(made, brief.facts, kit, language)
    return from_draft(settled, kit, language)


def draft(brief: Brief, kit: BrandKit, language: str, letters_per_second: float = LETTERS_PER_SECOND) -> Draft | None:
    """The owner's text as a draft, else one from a template; nothing of it is checked for truth yet.

    None where the facts hold nothing to say, and where the store's language model is to write (`brief.writer`).
    Errors: 422 `script_empty` for a text with nothing to say, 422 `script_needed` where facts alone do not do.
    """
    if text := clean(brief.script):
        sentences(text, language, kit.lexicon)  # raises where there is nothing to hear
        first, *others = text.split("\n")
        return Draft(hook=first, lines=tuple(others), on_screen=brief.on_screen, posts=brief.posts, origin="given")
    if brief.script:
        raise empty()
    return template_draft(brief, kit, language, letters_per_second) if brief.writer == "template" else None


def template_draft(
    brief: Brief, kit: BrandKit, language: str, letters_per_second: float = LETTERS_PER_SECOND
) -> Draft | None:
    """A draft from the facts, whoever was to write it: also for where the language model fails.

    What the owner put on the title card or wrote beside the clip stays. Raises InvalidInput 422 `script_needed`.
    """
    made = template.draft(
        brief.facts,
        language,
        brief.seconds or kit.seconds or SECONDS,
        letters_per_second * brief.voice.speed,
        brief.seed,
        brief.call_to_action,
        kit.lexicon,
    )
    if made is None:
        return None
    return made.model_copy(update={"on_screen": brief.on_screen or made.on_screen, "posts": brief.posts or made.posts})


def model_draft(
    brief: Brief,
    kit: BrandKit,
    language: str,
    letters_per_second: float,
    account: LanguageModel,
    stills: Sequence[bytes],
    paid: Callable[[str, str, int, int], AbstractContextManager[Paid]],
) -> Work[Draft]:
    """A draft that the store's language model writes from the facts. Errors: see `model.draft`."""
    return model.draft(
        brief.facts,
        language,
        brief.seconds or kit.seconds or SECONDS,
        letters_per_second * brief.voice.speed,
        brief.call_to_action,
        account,
        stills,
        kit.market,
        paid,
    )


def model_price(brief: Brief, kit: BrandKit, language: str, letters_per_second: float, account: LanguageModel) -> int:
    """What a request for the draft of `model_draft` takes at the most, in micro-dollars; one is usually enough."""
    return model.most_to_pay(
        brief.facts,
        language,
        brief.seconds or kit.seconds or SECONDS,
        letters_per_second * brief.voice.speed,
        brief.call_to_action,
        account,
        kit.market,
    )


def is_for_model(brief: Brief) -> bool:
    """Whether the store's language model is to write: it was chosen, there is no text, and there are facts."""
    known = template.cleaned(brief.facts)
    return brief.writer == "model" and not brief.script and bool(known.title or known.points or known.price)


def no_model(wanted: str = "write the script", instead: str = "choose the templates") -> Conflict:
    """The store has no language model that could do what is `wanted` of it; `instead` is what can be done without."""
    return Conflict(
        "language_model_missing",
        f"This store has no language model that could {wanted}.",
        f"Enter one under “Language model that writes” on the Profiles tab, or {instead}.",
    )


def from_draft(draft: Draft, kit: BrandKit, language: str) -> Script:
    """The script of a draft, each word with its spoken form in `language` and by the store's lexicon.

    Raises InvalidInput 422 `script_empty`.
    """
    return Script(sentences=sentences(clean(draft.text), language, kit.lexicon), language=language, origin=draft.origin)


def _check_length(text: str, limit: int, settings: Settings) -> None:
    if len(text) <= limit:
        return
    words = len(text.split())
    over = max(1, round(words * (len(text) - limit) / len(text)))
    raise InvalidInput(
        "script_too_long",
        f"The script is too long for a clip of at most {settings.max_clip_seconds} seconds, by about {over} words.",
        f"Shorten it to about {max(1, words - over)} words.",
    )


def _check_facts(facts: Facts) -> None:
    """Facts are kept in rows and shown in lists; what is longer than these belongs into the script."""
    for what, value, most in (
        ("name", facts.title, 200),
        ("price", facts.price, 50),
        ("lowest price of 30 days", facts.lowest_price_30d, 50),
        ("address", facts.url, 2000),
        *(("fact", point, 500) for point in facts.points[:51]),
        *(("proof", proof, 300) for proof in facts.proofs[:21]),
    ):
        if len(value) > most:
            raise InvalidInput(
                "facts_too_long",
                f"The product's {what} has {len(value)} characters; the most is {most}.",
                "Shorten it; a longer text goes into the script.",
            )
    for what, count, most in (("facts", len(facts.points), 50), ("proofs", len(facts.proofs), 20)):
        if count > most:
            raise InvalidInput(
                "facts_too_long", f"There are {count} {what}; the most is {most}.", "Keep the most important ones."
            )
