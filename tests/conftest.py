"""What every test may ask for: the real data that lies beside a checkout, and the devices and tools a test needs."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NODE_HINT = "needs Node.js and the test packages: npm ci --prefix tests/node"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real captures, photos and rooms; a test that needs it skips where it is missing."""
    folder = Path(os.environ.get("SCENEWRIGHT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the real captures: set SCENEWRIGHT_DATA (looked in {folder})")
    return folder


@pytest.fixture(scope="session")
def validate_glb() -> Callable[..., list[dict[str, Any]]]:
    """A function that has files checked by the Khronos glTF validator, fails on any error, and returns the reports.

    Takes any number of paths; one call for many files is much faster than a call each.
    """
    if _node_missing():
        pytest.skip(NODE_HINT)

    def validate(*paths: Path) -> list[dict[str, Any]]:
        command = ["node", str(ROOT / "tests/node/val.mjs"), *map(str, paths)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        reports = [json.loads(line) for line in lines]
        assert len(reports) == len(paths)
        for path, report in zip(paths, reports, strict=True):
            errors = [message for message in report["issues"]["messages"] if message["severity"] == 0]
            assert report["issues"]["numErrors"] == 0, f"{path}: {errors}"
        return reports

    return validate


@pytest.fixture(scope="session")
def tiny_diffusion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `base`, `depth` and `semantic`: a Stable Diffusion and two ControlNets, tiny and random.

    Laid out as the real ones are, for those who load them.
    """
    diffusers = pytest.importorskip("diffusers", reason="needs diffusers: pip install 'scenewright[diffusion]'")
    transformers = pytest.importorskip("transformers")
    import torch

    folder = tmp_path_factory.mktemp("diffusion")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    words = transformers.CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)
    sizes: dict[str, Any] = {
        "block_out_channels": (8, 16), "layers_per_block": 1, "cross_attention_dim": 16, "attention_head_dim": 4,
        "norm_num_groups": 4, "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    }  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        text = transformers.CLIPTextConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, vocab_size=len(pieces),
            bos_token_id=len(pieces) - 2, eos_token_id=len(pieces) - 1, pad_token_id=len(pieces) - 1,
        )  # fmt: skip
        pipe = diffusers.StableDiffusionPipeline(
            unet=diffusers.UNet2DConditionModel(
                sample_size=8, up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), **sizes
            ),
            vae=diffusers.AutoencoderKL(
                block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4,
                down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
            ),
            text_encoder=transformers.CLIPTextModel(text),
            tokenizer=words,
            scheduler=diffusers.PNDMScheduler(
                beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
            ),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False,
        )  # fmt: skip
        pipe.vae.quant_conv.weight.data *= 30  # else all pictures are nearly the same to it
        pipe.save_pretrained(folder / "base")
        for name in ("depth", "semantic"):
            control = diffusers.ControlNetModel(conditioning_embedding_out_channels=(8, 8), **sizes)
            for tensor in control.parameters():  # untrained ones say nothing: their last layers are 0
                if tensor.ndim == 4 and not tensor.any():
                    torch.nn.init.normal_(tensor, std=2.0)
            control.save_pretrained(folder / name)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reason = _missing(item)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _missing(item: pytest.Item) -> str | None:
    """Why this test cannot run here, with what to install; None where it can."""
    if item.get_closest_marker("gpu") and not _has_cuda():
        return "needs a CUDA device"
    if item.get_closest_marker("browser") and not (shutil.which("chromium") or shutil.which("google-chrome")):
        return "needs Chromium: apt-get install chromium"
    if item.get_closest_marker("node") and _node_missing():
        return NODE_HINT
    return None


def _node_missing() -> bool:
    return not (shutil.which("node") and (ROOT / "tests/node/node_modules").is_dir())


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
