"""The story in one page: a brief goes in, a finished clip comes out.

    Brief ──script──▶ Script ──voices──▶ Narration ─┐
      └──footage──▶ Footage ─────────────────────────┴─plan──▶ Plan ──render──▶ Clip ──quality──▶ Report

`produce()` is called by `jobs.run_job()` only, or for it on a cluster; the page, the API and the command line submit a
job and follow it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path

from editai import captions, footage, hearing, music, plan, platforms, quality, render, script, voices
from editai.errors import EditaiError, NoAnswer, OutOfSpace, PaymentRequired, RateLimited, Unavailable
from editai.job_run import JobRun
from editai.library import Media
from editai.models import (
    BrandKit,
    Brief,
    CaptionStyle,
    Degradation,
    Disclosure,
    Draft,
    Films,
    Footage,
    Measurement,
    Mix,
    Narration,
    Picture,
    Plan,
    Preview,
    Profile,
    Progress,
    Report,
    Rhythm,
    Script,
    Speech,
    Translation,
    Voice,
    Work,
)
from editai.script import model as writer
from editai.script.language import NAMES
from editai.voices import Studio
from editai.voices.base import clones_of


def produce(
    brief: Brief, profile: Profile, job_id: str, media: Media, studio: Studio
) -> Generator[Progress, None, None]:
    """Make one clip for `profile`, saying how far it is; the last progress carries the clip.

    Closing this generator cancels the work. Raises EditaiError (see `errors`); nothing half-made stays behind.
    """
    run = JobRun(media, studio)
    settings = studio.settings
    sources = {file.sha256: media.source(profile.id, file) for file in brief.sources}

    voice = brief.voice
    language = voices.language_of(voice, studio, brief.language)
    draft = yield from _draft(run, brief, language, sources)
    text = script.from_draft(draft, profile.kit, language) if draft else None
    if text is None:
        narration = yield from run.stage(
            "narration",
            Narration,
            lambda work: captions.listen(brief.sources[0], sources, settings, work, brief.language),
            brief.sources[0],
            captions.listening_fingerprint(settings, brief.language),
        )
    else:
        narration, voice = yield from _spoken(run, text, voice, brief)
    if brief.tighten:
        whole = narration
        narration = yield from run.stage(
            "pauses",
            Narration,
            lambda work: hearing.shorten(whole, work),
            whole,
            hearing.shortening_fingerprint(),
        )
    seen = yield from run.stage(
        "footage",
        Footage,
        lambda _work: footage.look(brief.sources, sources),
        brief.sources,
        footage.fingerprint(),
    )

    if brief.music:
        sources[brief.music.sha256] = media.source(profile.id, brief.music)
    if profile.kit.logo:
        sources[profile.kit.logo.sha256] = media.logo(profile.id, profile.kit.logo)
    seen, rhythm = yield from _listened(run, brief, seen, sources)

    shown = brief.model_copy(update={"on_screen": draft.on_screen}) if draft else brief
    timeline = _planned(shown, studio.kit, seen, narration, rhythm)
    said = " ".join(word.text for cue in timeline.cues for word in cue.words)
    timeline = captions.emphasise(timeline, brief.emphasise, script.standouts(said, brief.facts, timeline.language))
    timeline = captions.apply_to_same(timeline, brief.captions)
    yield run.passed("plan", timeline.degradations)
    timeline = yield from _translated(run, brief, profile, timeline)
    if timeline.burned_language:  # another text stands elsewhere in the picture
        style, told = captions.suited(captions.in_picture(timeline), seen)
        timeline = timeline.model_copy(update={"style": style, "degradations": timeline.degradations + told})
        yield run.note("plan", told)
    subtitles, pictured = captions.write(timeline), captions.in_picture(timeline)
    burned = captions.burned(timeline, subtitles)
    yield run.note("plan", burned.degradations)

    files = sources | {narration.audio.sha256: narration.path(narration.audio)}
    mix = yield from run.stage(
        "sound",
        Mix,
        lambda work: render.mix(timeline, files, work),
        render.heard(timeline),
        render.fingerprint(),
    )
    films = yield from run.stage(
        "inserts",
        Films,
        lambda work: render.draw_inserts(timeline, files, work),
        render.insert_parts(timeline),
        render.pens(),
        render.fingerprint(),
    )
    looks = captions.with_used_fonts(pictured)
    drawn = (
        looks.model_copy(update=dict.fromkeys(("degradations", "translations"), ())),  # these change no pixel
        burned.ass,
        mix.audio,
        [film.file for film in films.films],
        render.chosen(timeline).name,
        render.fingerprint(),
        render.pens(burned.fonts),
    )
    disclosure = _disclosed(brief, text, voice, studio)
    if brief.preview:
        small = yield from run.stage(
            "preview", Preview, lambda work: render.preview(timeline, burned, mix, films, files, work), *drawn
        )
        run.preview = small.path(small.video)
    else:
        yield run.passed("preview")
    picture = yield from run.stage(
        "picture",
        Picture,
        lambda work: render.draw(timeline, burned, mix, films, files, work, disclosure),
        *drawn,
        disclosure,
    )
    measured = yield from run.stage(
        "report",
        Measurement,
        lambda _work: quality.measure(picture, pictured),
        picture.video,
        pictured.cues,
        pictured.clear,
        timeline.captions_burned,
        looks.style,
        quality.fingerprint(),
    )
    heard = yield from _heard_again(run, timeline, picture, measured)
    kept = subtitles.model_copy(update={"ass": burned.ass}) if timeline.burned_language else subtitles
    report = Report(
        measurement=measured,
        script=text.displayed if text else " ".join(word.text for word in narration.words),
        script_origin=text.origin if text else "source",
        words=sum(bool(word.text) for cue in timeline.cues for word in cue.words),
        captions_burned=timeline.captions_burned,
        translations=tuple(each.language for each in timeline.translations),
        burned_language=timeline.burned_language,
        voice=str(voice) if text else "source",
        **disclosure.model_dump(),
        music=music.piece(sources[brief.music.sha256], brief.music.name) if brief.music else None,
        posts=draft.posts if draft else (),
        checks=quality.judge(measured, heard, timeline, brief, settings),
        degradations=tuple(run.degradations),
    )
    yield run.finished(media.keep_clip(profile.id, job_id, brief, timeline, picture, kept, report))


def _disclosed(brief: Brief, text: Script | None, voice: Voice, studio: Studio) -> Disclosure:
    """What of the clip has to be told to those who see it."""
    cloned = text is not None and voices.info(voice, studio).cloned
    return Disclosure(
        ai_voice=text is not None,
        ai_voice_cloned=cloned,
        ai_voice_consent=cloned and any(clone.id == voice.name for clone in clones_of(studio)),
        ai_visual=brief.ai_visual,
        ai_script=text is not None and (text.origin == "model" or brief.ai_script),
        own_brand=brief.own_brand,
        paid_partnership=brief.paid_partnership,
    )


def _draft(
    run: JobRun, brief: Brief, language: str, sources: Mapping[str, Path]
) -> Generator[Progress, None, Draft | None]:
    """What is said, and nothing of it that cannot be shown to be true; None where only the source itself speaks."""
    kit, pace = run.studio.kit, voices.pace(brief.voice, run.studio)
    if script.is_for_model(brief):
        draft = yield from _written(run, brief, language, pace, sources)
    else:
        draft = script.draft(brief, kit, language, pace)
        yield run.passed("script")
    if draft is None:
        return None
    settled, told = script.settle(draft, brief.facts, kit, language)
    yield run.note("script", told)
    return settled


def _listened(
    run: JobRun, brief: Brief, seen: Footage, paths: Mapping[str, Path]
) -> Generator[Progress, None, tuple[Footage, Rhythm]]:
    """Where somebody speaks in the sources, where that is not to be heard, and the beat of the music."""
    if brief.source_sound == "mute_speech":
        spoken = yield from run.stage(
            "speech",
            Speech,
            lambda _work: hearing.spoken_in([paths[file.sha256] for file in brief.sources]),
            brief.sources,
            hearing.fingerprint(run.studio.settings),
        )
        seen = seen.model_copy(update={"speech": spoken.spans})
    if brief.music is None:
        yield run.passed("music")
        return seen, Rhythm()
    played = paths[brief.music.sha256]
    beat = yield from run.stage("music", Rhythm, lambda _work: music.rhythm(played), brief.music, music.fingerprint())
    return seen, beat


def _planned(brief: Brief, kit: BrandKit, seen: Footage, narration: Narration, rhythm: Rhythm) -> Plan:
    """The timeline, with captions that suit the picture: where these have to look otherwise, they are cut for that."""
    shape = platforms.shape(brief.format, brief.platforms)

    def laid(style: CaptionStyle) -> Plan:
        cues = captions.make_cues(narration, style, shape)
        return plan.make(brief, seen, narration, cues, style, kit, rhythm)

    timeline = laid(captions.style(brief.caption_style, kit))
    style, told = captions.suited(timeline, seen)
    if style != timeline.style:
        timeline = laid(style)
    return timeline.model_copy(update={"degradations": timeline.degradations + told})


def _translated(run: JobRun, brief: Brief, profile: Profile, timeline: Plan) -> Generator[Progress, None, Plan]:
    """The plan with its captions in the languages that were asked for besides that of the speech.

    One that cannot be had is left out and told; only where the picture was to show it there is no clip without it.
    """
    made: dict[str, Translation] = {}
    for language in captions.languages(brief):
        name = NAMES[language]
        if language == timeline.language:
            message = f"The captions are in {name} already, so they were not translated into it."
            yield run.note("translation", (Degradation(slug="translation_not_needed", message=message),))
            continue
        try:
            translation = yield from _translation(run, brief, profile, timeline, language)
            phrases = script.standouts(" ".join(translation.texts), brief.facts, language)
            made[language] = translation.model_copy(update={"phrases": (*brief.emphasise, *phrases)})
        except OutOfSpace:
            raise
        except EditaiError as error:
            if brief.captions_burned and language == brief.burned_language:
                raise
            message = f"{error.message} So this clip has no captions in {name}."
            yield run.note("translation", (Degradation(slug="translation_missing", message=message),))
    shown = brief.burned_language if brief.captions_burned and brief.burned_language in made else ""
    return timeline.model_copy(update={"translations": tuple(made.values()), "burned_language": shown})


def _translation(
    run: JobRun, brief: Brief, profile: Profile, timeline: Plan, language: str
) -> Generator[Progress, None, Translation]:
    """The captions in one other language; what an edited clip had of it is not asked for again."""
    earlier = brief.captions.translations if brief.captions else ()
    wish = captions.wish(timeline, language, earlier, (brief.facts.title, profile.name), profile.kit.market)
    if not wish.open:
        return wish.answered()
    account = run.studio.language_model()
    if account is None:
        raise captions.no_translator()
    return (
        yield from run.stage(
            "translation",
            Translation,
            lambda _work: captions.translate(wish, account, run.studio.paid),
            wish,
            captions.translating_fingerprint(account),
        )
    )


def _heard_again(
    run: JobRun, timeline: Plan, picture: Picture, measured: Measurement
) -> Generator[Progress, None, quality.Heard | None]:
    """What is heard in the finished clip; None where nothing is shown of it or there is no sound."""
    if not timeline.cues or not measured.sound_sha256:
        yield run.passed("heard")
        return None
    settings, language = run.studio.settings, timeline.language
    key = (measured.sound_sha256, language, quality.hearing_fingerprint(language, settings))
    try:
        return (
            yield from run.stage(
                "heard", quality.Heard, lambda _work: quality.listen(picture, language, settings), *key
            )
        )
    except OutOfSpace:
        raise
    except EditaiError as error:  # the clip is there; that nobody listened to it is said
        yield run.passed("heard")
        return quality.Heard(unchecked=f"The captions were not compared with what is heard. {error.message}")


def _written(
    run: JobRun, brief: Brief, language: str, pace: float, sources: Mapping[str, Path]
) -> Generator[Progress, None, Draft | None]:
    """What the store's language model writes; where it fails, what the templates do."""
    kit, account = run.studio.kit, run.studio.language_model()
    if account is None:
        raise script.no_model()

    def write(_work: Path) -> Work[Draft]:
        pictures = footage.stills(sources[brief.sources[0].sha256]) if account.sees else ()
        return script.model_draft(brief, kit, language, pace, account, pictures, run.studio.paid)

    seen = brief.sources[0] if account.sees else None
    length = (brief.seconds or kit.seconds, pace * brief.voice.speed)
    key = (brief.facts, language, *length, brief.call_to_action, seen, kit.market, writer.fingerprint(account))
    try:
        return (yield from run.stage("script", Draft, write, *key))
    except OutOfSpace:
        raise
    except EditaiError as error:  # a wrong key, an empty purse, no answer: whatever it is, the clip can be made
        message = f"{error.message} So EditAI's templates wrote the script."
        yield run.passed("script", (Degradation(slug="writer_fell_back", message=message),))
    return script.template_draft(brief, kit, language, pace)


def _spoken(
    run: JobRun, text: Script, voice: Voice, brief: Brief
) -> Generator[Progress, None, tuple[Narration, Voice]]:
    """The narration and who speaks it: where `voice` fails, whoever the store says shall speak then.

    Only the owner's own text, spoken by whom they chose, is refused for its length; all else comes as near as it can.
    """
    target_ms = brief.seconds * 1000 - plan.around_ms(brief) if brief.seconds else None
    try:
        return (yield from run.narration(text, voice, target_ms, exact=text.origin == "given")), voice
    except (Unavailable, NoAnswer, RateLimited, PaymentRequired) as error:
        other = voices.stand_in(voice, text.language, run.studio)
        if other is None:
            raise
        wanted, speaks = (voices.info(each, run.studio).label for each in (voice, other))
        message = f"{error.message} So {wanted} does not speak in this clip; {speaks} does."
        run.degradations.append(Degradation(slug="voice_fell_back", message=message))
    return (yield from run.narration(text, other, target_ms, exact=False)), other
