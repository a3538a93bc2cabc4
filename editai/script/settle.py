"""What is done about claims that the facts do not bear: whole sentences go, or the work stops, as the store says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from editai.errors import InvalidInput
from editai.models import BrandKit, Claim, Degradation, Draft, Facts, PostText
from editai.script.claims import POST, SCRIPT, TITLE_CARD, check
from editai.script.rules import rule
from editai.script.sentences import as_sentence, displayed

_NAMED = 3
"""So many claims are named in an error; the page shows them all."""


@dataclass(frozen=True)
class _Sentence:
    text: str
    line: int
    claims: tuple[Claim, ...]

    @property
    def falls(self) -> bool:
        return any(not claim.kept for claim in self.claims)


@dataclass(frozen=True)
class _Part:
    """A text of a draft, read sentence by sentence."""

    text: str
    where: str
    sentences: tuple[_Sentence, ...]

    @property
    def left(self) -> str:
        """The text without the sentences that fall; "" where nothing is left that can be read out."""
        if not any(sentence.falls for sentence in self.sentences):
            return self.text
        lines = [
            " ".join(each.text for each in self.sentences if each.line == line and not each.falls)
            for line in range(self.text.count("\n") + 1)
        ]
        left = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return left if any(character.isalnum() for character in left) else ""


def settle(draft: Draft, facts: Facts, kit: BrandKit, language: str) -> tuple[Draft, tuple[Degradation, ...]]:
    """The draft with what may be said of it, and what is to be told: `claim_removed`, and `claim_kept` for the owner's
    own figures.

    A title card that falls leaves the product's name; a post whose every sentence falls is left out. Raises
    InvalidInput 422 `claim_unproven` where the store wants to stop, and where nothing is left to say.
    """
    reader = _Reader(draft, facts, kit, language)
    failed = [claim for claim in reader.claims() if not claim.kept]
    if failed and kit.when_claim_fails == "stop":
        raise _unproven(failed)
    *lines, call = [part.left for part in reader.spoken]
    said = [line for line in lines if line]
    if failed and not (said or call):
        raise _unproven(failed, "Without what cannot be shown to be true there is nothing left to say. ")
    kept = draft.model_copy(
        update={
            "hook": said[0] if said else "",
            "lines": tuple(said[1:]),
            "call_to_action": call,
            "on_screen": reader.card.left,
            "posts": tuple(post for post in map(_post, draft.posts, reader.posts, reader.hashtags) if post),
        }
    )
    return kept, tuple(told for part in reader.parts for sentence in part.sentences for told in _told(part, sentence))


def claims_of(draft: Draft, facts: Facts, kit: BrandKit, language: str) -> tuple[Claim, ...]:
    """Every claim in a draft, as a page shows them beside the sentences of its script."""
    return _Reader(draft, facts, kit, language).claims()


class _Reader:
    """A draft, read for claims: the lines of its script with the call to action last, its title card, its posts."""

    def __init__(self, draft: Draft, facts: Facts, kit: BrandKit, language: str) -> None:
        self._draft, self._facts, self._market, self._language = draft, facts, kit.market, language
        self._call = as_sentence(kit.call_to_action)
        self._spoken_sentences = 0
        self.spoken = [self._read(line, SCRIPT) for line in (draft.hook, *draft.lines, draft.call_to_action)]
        self.card = self._read(draft.on_screen, TITLE_CARD)
        self.posts = [self._read(post.text, POST) for post in draft.posts]
        self.hashtags = [[self._read(tag, POST) for tag in post.hashtags] for post in draft.posts]
        self.parts = [*self.spoken, self.card, *self.posts, *(tag for tags in self.hashtags for tag in tags)]

    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for part in self.parts for sentence in part.sentences for claim in sentence.claims)

    def _read(self, text: str, where: str) -> _Part:
        read = []
        for number, line in enumerate(text.split("\n")):
            for sentence in displayed(line, self._language):
                found = check(
                    {where: [_parted(sentence)]}, self._facts, self._market, self._language, self._own(sentence)
                )
                if where == SCRIPT:
                    found = tuple(each.model_copy(update={"sentence": self._spoken_sentences}) for each in found)
                    self._spoken_sentences += 1
                read.append(_Sentence(sentence, number, found))
        return _Part(text, where, tuple(read))

    def _own(self, sentence: str) -> bool:
        """Whether the owner typed it: the script, or the store's call to action in whatever script."""
        return self._draft.origin == "given" or sentence == self._call


def _parted(text: str) -> str:
    """A hashtag as its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[1:]) if re.fullmatch(r"#\w+", text) else text


def _post(post: PostText, text: _Part, hashtags: Sequence[_Part]) -> PostText | None:
    tags = tuple(tag.left for tag in hashtags if tag.left)
    return post.model_copy(update={"text": text.left, "hashtags": tags}) if text.left or not text.text else None


def _told(part: _Part, sentence: _Sentence) -> list[Degradation]:
    if sentence.falls:
        why = " ".join(claim.message for claim in sentence.claims if not claim.kept)
        return [Degradation(slug="claim_removed", message=f"Taken out of the {part.where}: “{sentence.text}” {why}")]
    return [
        Degradation(slug="claim_kept", message=f"{claim.message} It stays in the {part.where} as your own statement.")
        for claim in sentence.claims
    ]


def _unproven(claims: Sequence[Claim], before: str = "") -> InvalidInput:
    """422 `claim_unproven`: the first of the claims in full, the kinds of the others, and what to do."""
    named = " ".join(claim.message for claim in claims[:_NAMED])
    others = ", ".join(dict.fromkeys(rule(claim.rule).kind for claim in claims[_NAMED:]))
    more = f" And {len(claims) - _NAMED} more: {others}." if others else ""
    return InvalidInput("claim_unproven", f"{before}{named}{more}", claims[0].hint)
