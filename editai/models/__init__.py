"""The vocabulary: every noun that passes between stages, frozen, JSON in and JSON out.

    Brief ──script──▶ Script ──voices──▶ Narration ─┐
      └──footage──▶ Footage ─────────────────────────┴─plan──▶ Plan ──render──▶ Clip ──quality──▶ Report
                                                                                 └──publish──▶ Post

A Profile is a store and a Project one of its products: the brief as it is now. Everything belongs to one profile.

Units are in the names: `_ms` is integer milliseconds of a source or a narration; inside a `Plan` every position is
a whole frame at the plan's own rate; `_px` is a pixel of the picture it belongs to; `_lu`/`_lufs`/`_dbtp` are the
loudness units of EBU R 128. No time is a float.

A noun that owns files is an `Artifact`: its JSON names the files and their content hashes, and `folder` says where
they lie today. `folder` is left out of the JSON, so an artifact means the same wherever the data folder is moved.
"""

from __future__ import annotations

from editai.models.base import FPS, Artifact, Degradation, File, Model
from editai.models.brief import Brief, Facts, Format, Joint, PostText, Quality, SourceSound, Voice, Writer
from editai.models.clip import Check, Clip, Measurement, Mix, Picture, Report, Still, Subtitles, Verdict
from editai.models.footage import STILL_MS, Area, Footage, Moment, Source, SourceShot
from editai.models.narration import (
    Claim,
    Draft,
    Narration,
    Script,
    ScriptOrigin,
    ScriptWord,
    Sentence,
    Take,
    Utterance,
    Word,
)
from editai.models.plan import (
    CaptionStyle,
    Crop,
    CropKey,
    Cue,
    CueWord,
    Insert,
    LogoPlace,
    Plan,
    Shot,
    Span,
    Track,
    Transition,
)
from editai.models.post import (
    OPEN_STATES,
    Channel,
    DryRun,
    Finding,
    PlannedPost,
    Post,
    PostState,
    PostWish,
    Uploaded,
    When,
)
from editai.models.profile import (
    BrandKit,
    Clone,
    CloneConsent,
    Colours,
    Connection,
    Cost,
    LanguageModel,
    LicenceAccepted,
    Market,
    Overview,
    Profile,
    Project,
    Pronunciation,
)
from editai.models.work import FINAL_STATES, Job, JobState, Progress, Step, Work, finished, part_of

__all__ = [
    "FINAL_STATES",
    "FPS",
    "OPEN_STATES",
    "STILL_MS",
    "Area",
    "Artifact",
    "BrandKit",
    "Brief",
    "CaptionStyle",
    "Channel",
    "Check",
    "Claim",
    "Clip",
    "Clone",
    "CloneConsent",
    "Colours",
    "Connection",
    "Cost",
    "Crop",
    "CropKey",
    "Cue",
    "CueWord",
    "Degradation",
    "Draft",
    "DryRun",
    "Facts",
    "File",
    "Finding",
    "Footage",
    "Format",
    "Insert",
    "Job",
    "JobState",
    "Joint",
    "LanguageModel",
    "LicenceAccepted",
    "LogoPlace",
    "Market",
    "Measurement",
    "Mix",
    "Model",
    "Moment",
    "Narration",
    "Overview",
    "Picture",
    "Plan",
    "PlannedPost",
    "Post",
    "PostState",
    "PostText",
    "PostWish",
    "Profile",
    "Progress",
    "Project",
    "Pronunciation",
    "Quality",
    "Report",
    "Script",
    "ScriptOrigin",
    "ScriptWord",
    "Sentence",
    "Shot",
    "Source",
    "SourceShot",
    "SourceSound",
    "Span",
    "Step",
    "Still",
    "Subtitles",
    "Take",
    "Track",
    "Transition",
    "Uploaded",
    "Utterance",
    "Verdict",
    "Voice",
    "When",
    "Word",
    "Work",
    "Writer",
    "finished",
    "part_of",
]
