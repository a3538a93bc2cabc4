"""What speaking costs and how fast each voice reads: every engine of this computer that can speak here.

    python -m benchmarks.voices [--rounds 1] [--engine kokoro] [--every-voice]

Time is wall and CPU seconds for each second of speech: medians over the ten lines of `voices.json`, spoken line by
line by all voices in turn, so that a noisy machine disturbs all of them; models are loaded before. Memory is the peak
PSS of a process of its own that loads an engine's first voice and speaks the lines. Letters per second is the length
of the lines, spaces included, by the time that they take with our pauses between them; that is where the figures in
`editai/assets/voices/kokoro.json` come from. Words is what it takes to write numbers, prices and units as they are
said, as a part of the CPU time of saying the lines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from editai import library, profiles, spoken, voices
from editai.models import Sentence, Voice, finished
from editai.script.sentences import sentences
from editai.settings import Settings, read_settings
from editai.voices import Speaker, Studio, VoiceInfo
from editai.voices.narrate import PAUSE_MS
from editai.voices.registry import is_free_and_local
from editai.voices.sound import pause, trimmed

LINES: dict[str, list[str]] = json.loads((Path(__file__).parent / "voices.json").read_text("utf-8"))


@dataclass
class Heard:
    """What a voice was measured at, line by line; seconds."""

    info: VoiceInfo
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    sound: list[float] = field(default_factory=list)

    @property
    def letters_per_second(self) -> float:
        said = lines(self.info)
        letters = len(" ".join(sentence.displayed for sentence in said))
        speech = sum(self.sound[: len(said)])
        return letters / (speech + (len(said) - 1) * len(pause(PAUSE_MS, 1000)) / 1000)


def lines(info: VoiceInfo) -> tuple[Sentence, ...]:
    """The lines of a voice's own language, sentence by sentence."""
    return sentences("\n".join(LINES[info.language]), info.language)


@contextmanager
def empty_studio(folder: Path) -> Iterator[Studio]:
    """The studio of a new store in `folder`, with the models of this computer."""
    with library.open(Settings(home=folder)) as shelf:
        store = library.context(shelf.store, "local", None, None)
        yield replace(profiles.studio(shelf, store), settings=read_settings())


def speaker(info: VoiceInfo, studio: Studio) -> Speaker:
    """The voice, loaded."""
    voice = Voice(engine=info.engine, name=info.name)
    return finished(voices.engine(info.engine).load(voice, info.language, studio))


def say(mouth: Speaker, sentence: Sentence, heard: Heard) -> None:
    """Speak one sentence and note what it took."""
    began, cpu = time.perf_counter(), time.process_time()
    spoken = finished(mouth.say(sentence))
    seconds = len(trimmed(spoken.sound, spoken.rate, None)[0]) / spoken.rate
    heard.wall.append((time.perf_counter() - began) / seconds)
    heard.cpu.append((time.process_time() - cpu) / seconds)
    heard.sound.append(seconds)


def in_turns(found: list[VoiceInfo], studio: Studio, rounds: int) -> list[Heard]:
    """Every voice says its first line, then every voice its second."""
    mouths = [(speaker(info, studio), lines(info), Heard(info)) for info in found]
    for _ in range(rounds):
        for number in range(max(len(said) for _, said, _ in mouths)):
            for mouth, said, heard in mouths:
                if number < len(said):
                    say(mouth, said[number], heard)
    return [heard for _, _, heard in mouths]


def peak_mb(voice: str) -> float:
    """The peak of a process of its own that loads the voice and speaks its lines."""
    command = [sys.executable, "-m", "benchmarks.voices", "--alone", voice]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return float(ran.stdout)


def alone(info: VoiceInfo, studio: Studio) -> float:
    """Load and speak here, and tell the peak of this process in MB (resident size where PSS is not known)."""
    done = threading.Event()
    peak = 0.0

    def watch() -> None:
        nonlocal peak
        ended = False
        while not ended:
            ended = done.wait(0.05)
            memory = psutil.Process().memory_full_info()
            peak = max(peak, getattr(memory, "pss", memory.rss) / 1e6)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        in_turns([info], studio, 1)
    finally:
        done.set()
        watching.join()
    return peak


def chosen(studio: Studio, names: list[str], every: bool) -> list[VoiceInfo]:
    """The first voice, or every one, of each engine that is free, of this computer, and can speak here."""
    found: list[VoiceInfo] = []
    for engine in voices.engines():
        if (names and engine.info.name not in names) or not is_free_and_local(engine.info):
            continue
        if absent := engine.missing(studio):
            print(f"{engine.info.label} cannot speak here: {absent}\n")
            continue
        known = [info for info in engine.voices(studio) if info.language in LINES]
        found += known if every else known[:1]
    return found


def spelling(heard: Heard) -> float:
    """What it costs to write words as they are said, as a part of what it costs to say them."""
    language, said = heard.info.language, len(lines(heard.info))
    words = " ".join(LINES[language]).split()
    spoken.speak(words, language)  # the rules are compiled once
    began = time.process_time()
    spoken.speak(words * 20, language)
    written = (time.process_time() - began) / 20
    return written / sum(cpu * seconds for cpu, seconds in zip(heard.cpu[:said], heard.sound[:said], strict=True))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="what speaking costs and how fast each voice reads")
    parser.add_argument("--rounds", type=int, default=1, help="times every line is spoken")
    parser.add_argument("--engine", action="append", default=[], help="only this engine")
    parser.add_argument("--every-voice", action="store_true", help="all voices of an engine, not only its first")
    parser.add_argument("--alone", metavar="VOICE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, empty_studio(Path(folder)) as studio:
        if options.alone:
            print(alone(voices.info(Voice.parse(options.alone), studio), studio))
            return
        found = chosen(studio, options.engine, options.every_voice)
        heads = f"{'voice':<28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'letters/s':>11}{'words':>9}"
        print(f"{heads}   (per second of speech)")
        peaks: dict[str, float] = {}
        for heard in in_turns(found, studio, options.rounds):
            name = heard.info.engine
            peaks[name] = peaks.get(name) or peak_mb(str(heard.info))
            wall, cpu = statistics.median(heard.wall), statistics.median(heard.cpu)
            print(
                f"{heard.info!s:<28}{wall:>8.3f}{cpu:>8.3f}{peaks[name]:>9.0f}{heard.letters_per_second:>11.1f}", end=""
            )
            print(f"{spelling(heard):>9.4f}")


if __name__ == "__main__":
    main()
