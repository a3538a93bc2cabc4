"""Captions are looked for in the finished picture in every style, also where no colour goes from word to word."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai import captions, quality
from editai.models import Brief, CaptionStyle, Check, File, Films, Mix, Plan, finished
from editai.quality.letters import Letters
from editai.render import picture, sound
from editai.settings import Settings
from tests.captions.drawing import cue
from tests.conftest import BOX
from tests.quality.conftest import HEIGHT, WIDTH, _as_picture
from tests.render.conftest import plan_of, source_of

pytestmark = pytest.mark.slow

SAID = ("Only today", "two boxes\nfor one", "really now!")
every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)


def planned(style: CaptionStyle) -> Plan:
    """Two shots of the box in two seconds; before the last caption there is nothing for a while, the others touch."""
    texts = ("Only", "today", "two", "really!") if style.max_words == 1 else SAID
    cues, at = [], 0
    for text in texts:
        at = max(at, 48) if text == texts[-1] else at
        words = len(text.split())
        cues.append(cue(*text.split("\n"), start=at, each=max(7, 12 // words)))
        at = cues[-1].end
    return plan_of(
        [source_of(BOX)], [(0, 30, 30), (0, 250, 40)], width_px=WIDTH, height_px=HEIGHT, style=style,
        cues=tuple(cues), quality="draft",
    )  # fmt: skip


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> Mix:
    """The sound of the clip, which is the same in every style."""
    plan = planned(captions.styles()[0])
    return finished(sound.mix(plan, {plan.sources[0].file.sha256: BOX}, tmp_path_factory.mktemp("sound")))


def drawn(plan: Plan, mix: Mix, work: Path) -> Path:
    words = captions.burned(plan, captions.write(plan))
    files = {source.file.sha256: BOX for source in plan.sources}
    made = finished(picture.draw(plan, words, mix, Films(films=()), files, work))
    return made.path(made.video)


@pytest.fixture(scope="module")
def bare(mix: Mix, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip without captions in its picture."""
    plan = planned(captions.styles()[0]).model_copy(update={"captions_burned": False})
    return drawn(plan, mix, tmp_path_factory.mktemp("bare"))


def judged(clip: Path, plan: Plan) -> dict[str, Check]:
    found = finished(quality.measure(_as_picture(clip), plan))
    brief = Brief(sources=(File.of(BOX),))
    checks = quality.judge(found, None, plan, brief, Settings(_env_file=None, home=clip.parent))
    return {check.slug: check for check in checks}


def moved(plan: Plan, down: int) -> Plan:
    style = plan.style.model_copy(update={"centre_y_px": plan.style.centre_y_px + down})
    return plan.model_copy(update={"style": style})


@every_style
def test_captions_that_are_there_pass_and_others_fail(
    style: CaptionStyle, mix: Mix, bare: Path, tmp_path: Path
) -> None:
    plan = planned(style)
    clip = drawn(plan, mix, tmp_path)

    checks = judged(clip, plan)
    assert (checks["captions"].verdict, checks["captions_place"].verdict) == ("pass", "pass"), checks

    elsewhere = judged(clip, moved(plan, -100))  # as if they had been wanted 100 pixels higher
    assert elsewhere["captions_place"].verdict == "fail", elsewhere
    assert "lower than they were laid out" in elsewhere["captions_place"].message

    gone = judged(bare, plan)
    assert gone["captions"].verdict == "fail", gone
    assert "captions_place" not in gone


def test_a_text_that_stands_where_it_stood_before_is_not_looked_for() -> None:
    style = captions.style("one_word")
    plan = planned(style).model_copy(update={"cues": (cue("no"), cue("no", start=10), cue("yes", start=20))})
    assert [sorted(looked.frames) for looked in Letters(plan).cues] == [[19, 27, 29, 30]]


def test_a_style_whose_two_colours_are_alike_is_looked_at_as_one_of_one_colour(mix: Mix, tmp_path: Path) -> None:
    bold = captions.style("bold")
    plan = planned(bold.model_copy(update={"highlight": bold.colour}))
    checks = judged(drawn(plan, mix, tmp_path), plan)
    assert (checks["captions"].verdict, checks["captions_place"].verdict) == ("pass", "pass"), checks
