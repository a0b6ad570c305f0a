"""Larger models by path: what can be tried without weights is tried for real."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.speech.local.larger import EarsChoice, EarsSource, LargerEars, LargerMouth, ears_of, speaker_of
from npcl_voice.speech.local.mouth import Mouth

WORDS = ["<blk>", "▁zero", "▁one", "▁two", "▁three", "▁four", "▁five", "▁six", "▁seven", "▁eight", "▁nine"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recogniser of one matrix product: it loads and runs like any other, and hears nonsense."""
    weights = np.random.default_rng(1).normal(0, 1, (80, len(WORDS))).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["audio_signal"], ["frames"], perm=[0, 2, 1]),
            helper.make_node("MatMul", ["frames", "weights"], ["scores"]),
            helper.make_node("LogSoftmax", ["scores"], ["logprobs"], axis=2),
        ],
        "ctc",
        [
            helper.make_tensor_value_info("audio_signal", TensorProto.FLOAT, ["B", 80, "T"]),
            helper.make_tensor_value_info("length", TensorProto.INT64, ["B"]),
        ],
        [helper.make_tensor_value_info("logprobs", TensorProto.FLOAT, ["B", "T", len(WORDS)])],
        [helper.make_tensor("weights", TensorProto.FLOAT, weights.shape, weights.tobytes(), raw=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    for key, value in {
        "vocab_size": str(len(WORDS) - 1),
        "normalize_type": "",
        "subsampling_factor": "1",
        "model_type": "EncDecCTCModelBPE",
    }.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, str(tmp_path / "model.onnx"))
    rows = [f"{word} {number}" for number, word in enumerate([*WORDS[1:], WORDS[0]])]
    (tmp_path / "tokens.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_a_model_by_path_takes_the_place_of_the_packaged_one(folder: Path) -> None:
    """It is loaded from its folder and hears whole turns through the same small interface."""
    ears = ears_of(EarsSource.of(EarsChoice(hear={}, places=(), folder=str(folder))))
    assert isinstance(ears, LargerEars)
    listener = ears.listener()
    listener.begin(Expectation(Kind.NUMBER, (9,)))
    sound = np.random.default_rng(2).normal(0, 3_000, 16_000).astype("<i2").tobytes()
    assert listener.feed(sound) is None
    assert not listener.complete()
    heard = listener.finish()
    assert heard.text
    assert heard.digits
    assert set(heard.digits) <= set("0123456789")
    listener.begin(ANYTHING)
    assert listener.finish().text == ""


def test_a_folder_without_a_model_is_refused_by_name(tmp_path: Path) -> None:
    """The setting is named, and what the folder holds."""
    with pytest.raises(SettingsError, match=r"NPCL_RECOGNISER_MODEL: .* is no folder"):
        LargerEars(tmp_path / "nowhere")
    (tmp_path / "readme.md").write_text("nothing")
    with pytest.raises(SettingsError, match=r"holds no model that we know: there are readme\.md"):
        LargerEars(tmp_path)
    with pytest.raises(SettingsError, match="NPCL_VOICE_MODEL"):
        LargerMouth(tmp_path)


def test_a_voice_whose_files_do_not_fit_is_refused(folder: Path) -> None:
    """A recogniser's model is no voice: the library says so before anything is spoken."""
    (folder / "tokens.txt").unlink()
    with pytest.raises(SettingsError, match="NPCL_VOICE_MODEL"):
        LargerMouth(folder)


def test_without_a_folder_the_packaged_voice_speaks() -> None:
    """The default needs no extra."""
    assert isinstance(speaker_of("rms", 1.0, ""), Mouth)
