"""Training with tiny-cuda-nn: its hash encoding and fully fused networks in place of our kernels and torch's layers.

Table and weights stay ours, in our order; here they are given the shapes that tiny-cuda-nn wants. Its tables have the
same entries (sizes, hash and order of features), its matrices the same rows and columns, but that the last one of each
network has 16 rows. So a field that was trained here is like any other.
"""

from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float

from nerf.ngp.levels import Levels
from nerf.ngp.march import Marching
from nerf.ngp.mlp import split, truncated_exp
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.settings import Training
from nerf.ngp.sh import spherical_harmonics
from nerf.ngp.trainer_cuda import CudaTrainer
from nerf.ngp.volume import Volume
from nerf.ngp.weights import GEOMETRY, HIDDEN

INSTALL = "pip install git+https://github.com/NVlabs/tiny-cuda-nn/#subdirectory=bindings/torch"
ALIGNED = 16  # inputs and outputs of its networks come in multiples of this


def load() -> Any:
    """The library; ImportError with the line that installs it, RuntimeError where it finds no GPU."""
    try:
        import tinycudann  # type: ignore[import-not-found]
    except ImportError as error:
        raise ImportError(f"backend tinycudann: needs tiny-cuda-nn: {INSTALL} ({error})") from error
    except OSError as error:  # what it raises without a GPU that it was built for
        raise RuntimeError(
            f"backend tinycudann: tiny-cuda-nn finds no NVIDIA GPU it was built for ({error})"
        ) from error
    return tinycudann


def encoding_config(levels: Levels) -> dict[str, Any]:
    """The hash grid, in its words."""
    return {
        "otype": "HashGrid", "n_levels": levels.n_levels, "n_features_per_level": levels.features,
        "log2_hashmap_size": levels.log2_size, "base_resolution": levels.coarsest,
        "per_level_scale": levels.growth, "interpolation": "Linear",
    }  # fmt: skip


def network_config(hidden_layers: int) -> dict[str, Any]:
    """One of the two networks, in its words; what comes last is left as it is."""
    return {
        "otype": "FullyFusedMLP", "activation": "ReLU", "output_activation": "None", "n_neurons": HIDDEN,
        "n_hidden_layers": hidden_layers,
    }  # fmt: skip


def density_weights(weights: Float[torch.Tensor, " weights"], width: int) -> Float[torch.Tensor, " some"]:
    """Its first network's numbers, from ours."""
    return torch.cat([matrix.reshape(-1) for matrix in split(weights, width)[:2]])


def colour_weights(weights: Float[torch.Tensor, " weights"], width: int) -> Float[torch.Tensor, " some"]:
    """Its second network's numbers, from ours: the outputs are filled up to 16."""
    third, fourth, fifth = split(weights, width)[2:]
    filled = torch.cat([fifth, fifth.new_zeros(ALIGNED - len(fifth), fifth.shape[1])])
    return torch.cat([matrix.reshape(-1) for matrix in (third, fourth, filled)])


class TinyCudaTrainer(CudaTrainer):
    """A `CudaTrainer` that asks tiny-cuda-nn for densities and colours."""

    def __init__(self, store: PhotoStore, volume: Volume, marching: Marching, training: Training) -> None:
        self._library = load()
        if training.levels.width % ALIGNED or training.appearance % ALIGNED:
            raise ValueError(
                "training: the backend tinycudann takes features and appearance codes in multiples of 16 "
                f"(got {training.levels.width} features and {training.appearance} codes)"
            )
        if training.cuda_graphs or training.smoothness:
            raise ValueError(
                "training: the backend tinycudann knows neither cuda_graphs nor smoothness; leave both off"
            )
        super().__init__(store, volume, marching, training)

    @cached_property
    def _parts(self) -> tuple[Any, Any, Any]:
        """Encoding, density network and colour network, without weights of their own."""
        levels, library = self.training.levels, self._library
        return (
            library.Encoding(3, encoding_config(levels)),
            library.Network(levels.width, GEOMETRY, network_config(1)),
            library.Network(2 * GEOMETRY + self.training.appearance, 3, network_config(2)),
        )

    def _called(self, part: Any, numbers: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
        """One of the parts with these numbers as its parameters, so that gradients reach them."""
        result: torch.Tensor = torch.func.functional_call(part, {"params": numbers}, (inputs,))
        return result

    def _geometry(self, points: torch.Tensor) -> torch.Tensor:
        encoding, density, _ = self._parts
        features = self._called(encoding, self.tensors["table"].reshape(-1), points)
        return self._called(density, density_weights(self.tensors["weights"], features.shape[1]), features)

    def _field(
        self, points: torch.Tensor, directions: torch.Tensor, bias: torch.Tensor, codes: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        raw, width = self._geometry(points), self.training.levels.width
        seen = [raw, spherical_harmonics(directions).to(raw.dtype)] + ([] if codes is None else [codes.to(raw.dtype)])
        numbers = colour_weights(self.tensors["weights"], width)
        colour = torch.sigmoid(self._called(self._parts[2], numbers, torch.cat(seen, -1)).float())
        return truncated_exp(raw[:, 0].float() + bias), colour

    def _density(self, points: torch.Tensor) -> torch.Tensor:
        return truncated_exp(self._geometry(points)[:, 0].float() + self._bias(points))
