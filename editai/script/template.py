"""A draft from the product's facts alone: the same for the same facts, length and seed.

It says the product's name, its points and proofs in the owner's words, its price, and what to do. What is not known is
left out and nothing is put in its place. The wordings are data, `assets/script/wordings.json`, and fit a name of any
gender and number: a name stands alone or after a verb, never with an article or an adjective. In French no sign that
typography sets apart is set apart, because captions break at spaces.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from pydantic import TypeAdapter

from editai import spoken
from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Draft, Facts, PostText, Pronunciation
from editai.script import structure
from editai.script.known import percentage_off, price_of
from editai.script.language import NAMES
from editai.script.sentences import as_sentence, clean

_LONGEST_TITLE = 70
_LONGEST_CARD = 60
_LONGEST_ADDRESS = 40
_LONGEST_HOOK_POINT = 45
"""Characters of a point that opens the clip: a hook is understood by three seconds."""
_LONGEST_TAG = 30
_MS_A_POINT = 2000
_LEAST_POINTS = 3
"""As many points as a clip of up to 21 s makes, even where they are short: one message is remembered, ten are not."""

Wordings = dict[str, tuple[str, ...]]


@functools.cache
def _languages() -> dict[str, Wordings]:
    return TypeAdapter(dict[str, Wordings]).validate_json((ASSETS / "script" / "wordings.json").read_bytes())


def draft(
    facts: Facts,
    language: str,
    seconds: int,
    letters_per_second: float,
    seed: int,
    call_to_action: str = "",
    lexicon: Sequence[Pronunciation] = (),
) -> Draft | None:
    """A draft that is spoken in `seconds` less the ends of the clip; None where the facts hold nothing to say.

    `letters_per_second` are the voice's own times its speed. The store's own call to action is the last sentence where
    it has one. Product and call are said whatever the length. Raises InvalidInput 422 `script_needed`.
    """
    known = cleaned(facts)
    if not (known.title or known.points or known.price):
        return None
    if language not in _languages():
        able = ", ".join(NAMES[code] for code in _languages())
        raise InvalidInput(
            "script_needed",
            f"From facts alone a script can be written in {able} only.",
            "Write the script yourself, or choose a voice of one of these languages.",
        )
    return _Writing(known, language, seconds, letters_per_second, seed, as_sentence(call_to_action), lexicon).draft()


def cleaned(facts: Facts) -> Facts:
    """The facts as they are said: no marks of lists, no search words behind a title, no "https" before an address."""
    return facts.model_copy(
        update={
            "title": _short(_line(facts.title).rstrip(" .;,")),
            "points": _lines(facts.points),
            "proofs": _lines(facts.proofs),
            "price": _line(facts.price),
            "lowest_price_30d": _line(facts.lowest_price_30d),
            "url": re.sub(r"^https?://(www\.)?|[?#].*$", "", clean(facts.url)).rstrip("/"),
        }
    )


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    stripped = (_line(text).strip(" -•*·").rstrip(" .;,") for text in texts)
    return tuple(text for text in stripped if text)


def _line(text: str) -> str:
    return clean(text).replace("\n", " ")


def _short(title: str) -> str:
    """A shop's long title up to its first separator, or the words that fit."""
    if len(title) <= _LONGEST_TITLE:
        return title
    return _words_within(re.split(r"\s[-–—|/]\s|\s*[|,;(]\s*", title)[0], _LONGEST_TITLE)


def _words_within(text: str, most: int) -> str:
    words = text.split()
    while len(words) > 1 and len(" ".join(words)) > most:
        words.pop()
    return " ".join(words)


class _Writing:
    """One draft in the making. Each choice takes its share of the seed, so that neighbouring seeds differ early."""

    def __init__(
        self,
        facts: Facts,
        language: str,
        seconds: int,
        letters_per_second: float,
        seed: int,
        call: str,
        lexicon: Sequence[Pronunciation],
    ) -> None:
        self._facts, self._language, self._lexicon, self._own_call = facts, language, lexicon, call
        self._wordings = _languages()[language]
        self._left = structure.budget(seconds, letters_per_second)
        filled = structure.filled_by(facts)
        self._slots = {slot.name: slot for slot in structure.slots(seconds, letters_per_second, filled)}
        self._seed = seed

    def draft(self) -> Draft:
        """What matters most takes its characters first; what is left over is the benefit's."""
        hook, opening = self._hook()
        self._take(hook)
        calls = self._calls()
        offer = self._offer() if self._facts.price and opening != self._facts.price else ""
        points = [point for point in self._facts.points if point != opening]
        benefits = self._fitting(points[:1], 1)
        proofs = self._proofs()
        benefits += self._fitting(points[1:], self._most_points() - len(benefits))
        lines = (*benefits, *proofs, *(line for line in (offer, *calls[:-1]) if line))
        return Draft(
            hook=hook,
            lines=lines,
            call_to_action=calls[-1],
            on_screen=_words_within(self._facts.title, _LONGEST_CARD)[:_LONGEST_CARD],
            posts=(self._post(calls),),
            origin="template",
        )

    def _hook(self) -> tuple[str, str]:
        """How it begins, and the point of the product, or the price, that was used up for it."""
        title, points = self._facts.title, self._facts.points
        if not title:
            return self._hook_without_a_name()
        options = [(wording, "") for wording in (*self._wordings["meet"], *self._wordings["question"])]
        short = [point for point in points if len(point) <= _LONGEST_HOOK_POINT]
        if counted := [point for point in short if point[0].isdigit()]:
            options += [(wording, counted[0]) for wording in self._wordings["number"]]
        if short:
            options += [(wording, short[0]) for wording in self._wordings["result"]]
        wording, point = options[self._choice(len(options))]
        hook = wording.format(title=title, point=as_sentence(point).rstrip("."))
        return (hook, point) if self._fits(hook) else (as_sentence(title), "")

    def _hook_without_a_name(self) -> tuple[str, str]:
        """The first point that fits, else the price, else the shortest of them all."""
        price = self._facts.price
        options = [(as_sentence(point), point) for point in self._facts.points]
        options += [(self._price(), price), (as_sentence(price), price)] if price else []
        return next((each for each in options if self._fits(each[0])), min(options, key=lambda each: len(each[0])))

    def _fits(self, hook: str) -> bool:
        """Whether a call to action can be said behind it."""
        least = self._letters(self._own_call or min(self._wordings["call"], key=self._letters))
        return self._letters(hook) + least <= self._left

    def _calls(self) -> list[str]:
        """What to do, said last: where to find it, and in the store's own words where it has some."""
        host = self._facts.url.split("/")[0]
        at = next((url for url in (self._facts.url, host) if 0 < len(url) <= _LONGEST_ADDRESS), "")
        if self._own_call:
            self._take(self._own_call)
            address = self._chosen("call_at", url=at) if at else ""
            return [self._taken(address), self._own_call]
        call = self._chosen("call_at", url=at) if at else ""
        call = call or self._chosen("call") or min(self._wordings["call"], key=self._letters)
        self._take(call)
        return [call]

    def _offer(self) -> str:
        """The price; beside it the lowest one of the last 30 days where it is a reduction from that."""
        price, lowest, offer = self._facts.price, self._facts.lowest_price_30d, ""
        if percentage := percentage_off(self._facts, self._language):
            offer = self._chosen("reduction", price=price, lowest=lowest, percentage=percentage)
        return self._taken(offer or self._chosen(self._price_wordings(), price=price))

    def _price(self) -> str:
        return self._wordings[self._price_wordings()][0].format(price=self._facts.price)

    def _price_wordings(self) -> str:
        """ "It costs from $49" is no sentence: a price that is more than a price stands alone."""
        return "price" if price_of(self._facts.price, self._language) else "price_words"

    def _proofs(self) -> list[str]:
        """The first proof, and more where the proof's time holds them."""
        first = self._fitting(self._facts.proofs, 1)
        slot = self._slots.get("proof")
        room = (slot.characters if slot else 0) - sum(map(self._letters, first))
        more = [proof for proof in self._facts.proofs if as_sentence(proof) not in first]
        return first + [each for proof in more if self._letters(proof) < room for each in self._fitting([proof], 1)][:1]

    def _most_points(self) -> int:
        benefit = self._slots["benefit"]
        return max(_LEAST_POINTS, (benefit.end_ms - benefit.start_ms) // _MS_A_POINT)

    def _fitting(self, texts: Sequence[str], most: int) -> list[str]:
        """At most so many of the texts, as sentences; one that is too long for what is left is passed over."""
        kept: list[str] = []
        for text in texts:
            if len(kept) < most and (sentence := self._taken(as_sentence(text))):
                kept.append(sentence)
        return kept

    def _chosen(self, family: str, **what: object) -> str:
        """A wording of the family, the shortest where the seed's does not fit, "" where none does."""
        options = [wording.format(**what) for wording in self._wordings[family]]
        chosen = options[self._choice(len(options))]
        fitting = [each for each in (chosen, *sorted(options, key=self._letters)) if self._letters(each) <= self._left]
        return fitting[0] if fitting else ""

    def _choice(self, count: int) -> int:
        self._seed, chosen = divmod(self._seed, count)
        return chosen

    def _taken(self, sentence: str) -> str:
        """The sentence, its characters taken from what is left; "" where they are not there."""
        if not sentence or self._letters(sentence) > self._left:
            return ""
        self._take(sentence)
        return sentence

    def _take(self, sentence: str) -> None:
        self._left -= self._letters(sentence)

    def _letters(self, sentence: str) -> int:
        """The characters as they are spoken, and the space before the next sentence."""
        return sum(len(word.spoken) + 1 for word in spoken.speak(sentence.split(), self._language, self._lexicon))

    def _post(self, calls: Sequence[str]) -> PostText:
        """Name and price, the first points, and what to do; there is no hurry in a post."""
        facts = self._facts
        points = map(as_sentence, facts.points[:_LEAST_POINTS])
        head = " · ".join(part for part in (facts.title, facts.price) if part)
        text = "\n\n".join(part for part in (head, "\n".join(points), " ".join(filter(None, calls))) if part)
        name = "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", facts.title))
        return PostText(text=text, hashtags=(f"#{name}",) if 0 < len(name) <= _LONGEST_TAG else ())
