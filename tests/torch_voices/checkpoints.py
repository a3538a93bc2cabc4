"""Small checkpoints with random weights, which the real loading and inference code takes.

What comes out is noise: that a voice sounds like anything cannot be shown with them.
"""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import torch

LANGUAGES = ("ar", "cs", "de", "en", "es", "fr", "hi", "hu", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh-cn")
SPEAKER = "Ana Florence"
MOST_TOKENS = 60
"""What the small XTTS speaks at most at a time; each is 46 ms."""
_TOKENS, _START, _STOP = 66, 64, 65


def vits(folder: Path) -> None:
    """A VITS voice that reads English letters: 5 MB."""
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import BaseAudioConfig, VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    folder.mkdir(parents=True)
    torch.manual_seed(0)
    args = VitsArgs(
        hidden_channels=16,
        hidden_channels_ffn_text_encoder=32,
        num_heads_text_encoder=2,
        num_layers_text_encoder=1,
        num_layers_posterior_encoder=2,
        num_layers_flow=2,
        upsample_rates_decoder=[8, 8, 4],
        upsample_kernel_sizes_decoder=[16, 16, 8],
        upsample_initial_channel_decoder=32,
        resblock_kernel_sizes_decoder=[3],
        resblock_dilation_sizes_decoder=[[1, 3, 5]],
        init_discriminator=False,
    )
    config = VitsConfig(
        model_args=args,
        audio=BaseAudioConfig(sample_rate=22050),
        use_phonemes=False,
        languages=["en"],
        text_cleaner="english_cleaners",
        characters=CharactersConfig(
            characters_class="TTS.tts.models.vits.VitsCharacters",
            pad="_",
            eos="",
            bos="",
            blank="<BLNK>",
            characters="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            punctuations="!'(),-.:;? ",
            phonemes=None,
        ),
    )
    model = Vits(config)
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    model.config.save_json(str(folder / "config.json"))


def xtts(folder: Path) -> None:
    """An XTTS of one layer with one speaker, 90 MB; its checkpoint holds its configuration, as the published one."""
    from TTS.tts.configs.xtts_config import XttsArgs, XttsAudioConfig, XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts, _legacy_safe_globals

    folder.mkdir(parents=True)
    torch.manual_seed(0)
    _vocabulary(folder / "vocab.json")
    args = XttsArgs(
        gpt_layers=1,
        gpt_n_model_channels=64,
        gpt_n_heads=2,
        gpt_max_audio_tokens=MOST_TOKENS + 3,
        decoder_input_dim=64,
        gpt_num_audio_tokens=_TOKENS,
        gpt_start_audio_token=_START,
        gpt_stop_audio_token=_STOP,
        gpt_use_perceiver_resampler=True,
    )
    config = XttsConfig(model_args=args, audio=XttsAudioConfig(), languages=list(LANGUAGES))
    config.gpt_cond_len = config.gpt_cond_chunk_len = 3
    model = Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=str(folder / "vocab.json"))
    model.init_models()
    with torch.no_grad():
        model.gpt.mel_head.bias[_STOP] += 2.0  # so that it comes to an end soon
    with _legacy_safe_globals():  # the published one, too, calls the classes of its configuration by an older name
        torch.save({"model": model.state_dict(), "config": config}, folder / "model.pth")
    config.save_json(str(folder / "config.json"))
    likeness = {"gpt_cond_latent": torch.randn(1, 32, 64), "speaker_embedding": torch.randn(1, 512, 1)}
    torch.save({SPEAKER: likeness}, folder / "speakers_xtts.pth")


def _vocabulary(path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    special = ["[STOP]", "[UNK]", "[SPACE]", *(f"[{language}]" for language in LANGUAGES), "[START]"]
    tokens = [*special, *"!'(),-.:;?abcdefghijklmnopqrstuvwxyz0123456789"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(path))


def kokoro(folder: Path) -> None:
    """A Kokoro of one layer, 235 MB: its decoder cannot be made smaller."""
    import kokoro_onnx
    from kokoro import KModel

    folder.mkdir(parents=True)
    torch.manual_seed(0)
    config = json.loads((Path(kokoro_onnx.__file__).parent / "config.json").read_text("utf-8"))
    config.update(n_layer=1, max_dur=8)
    config["plbert"].update(hidden_size=32, num_attention_heads=2, intermediate_size=64, num_hidden_layers=1)
    config["istftnet"].update(resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3, 5]])
    weights = folder / "kokoro-v1_0.pth"
    torch.save({}, weights)  # KModel always loads a file
    model = KModel(repo_id="local", config=config, model=str(weights))
    parts = ("bert", "bert_encoder", "predictor", "text_encoder", "decoder")
    torch.save({name: getattr(model, name).state_dict() for name in parts}, weights)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")


def speech(path: Path, seconds: float, seed: int = 0) -> None:
    """Something that a voice can be learned from: noise that swells and fades as speech does."""
    rate = 24_000
    times = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(seed).standard_normal(len(times))
    sound = 0.1 * noise * (1 + np.sin(2 * np.pi * 4 * times))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
