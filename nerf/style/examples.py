"""What training reads: pictures and points of many objects, as arrays. Drawn from seeds, kept or thrown away freely."""

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float16, Float32, UInt8

from nerf.objects import samples, viewpoints
from nerf.objects.captions import caption, full_caption
from nerf.objects.library import make
from nerf.objects.render import Renderer
from nerf.objects.splits import Split

Array = np.ndarray


@dataclass(frozen=True)
class Recipe:
    """How much of each object; `even`: in colours that come as often, not as things usually have them."""

    views: int = 12
    size: int = 64
    points: int = 1024
    captions: int = 6
    supersampling: int = 2
    even: bool = False


@dataclass(frozen=True, eq=False)
class Examples:
    """Objects with their views, surface points and occupancy points; captions: the full one first, then random ones."""

    rgb: UInt8[Array, "objects views h w 3"]
    mask: UInt8[Array, "objects views h w"]
    depth: Float16[Array, "objects views h w"]
    poses: Float32[Array, "objects views 4 4"]
    surface: Float16[Array, "objects points 3"]
    normals: Float16[Array, "objects points 3"]
    colours: UInt8[Array, "objects points 3"]
    space: Float16[Array, "objects points 3"]
    inside: Bool[Array, "objects points"]
    captions: tuple[tuple[str, ...], ...]
    families: tuple[str, ...]
    main_colours: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rgb)

    def save(self, folder: Path) -> None:
        """Write `arrays.npz` and `words.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "arrays.npz", **{name: getattr(self, name) for name in _arrays()})
        words = {name: getattr(self, name) for name in ("captions", "families", "main_colours")}
        (folder / "words.json").write_text(json.dumps(words, sort_keys=True), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Examples":
        """Read what `save` wrote."""
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _arrays()}
        return cls(
            **arrays,
            captions=tuple(map(tuple, words["captions"])),
            families=tuple(words["families"]),
            main_colours=tuple(words["main_colours"]),
        )


def draw(split: Split, indices: Iterable[int], recipe: Recipe = Recipe(), workers: int = 1) -> Examples:
    """Examples of these objects; the same numbers give the same arrays, however many processes draw them."""
    jobs = [(split, index, recipe) for index in indices]
    if not jobs:
        raise ValueError("examples: needs at least one object (got none)")
    if workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            return joined(list(pool.map(_draw_one, jobs, chunksize=8)))
    return joined([_draw_one(job) for job in jobs])


def joined(parts: list[Examples]) -> Examples:
    """All objects of several sets in a row."""
    return Examples(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in _arrays()},
        captions=tuple(words for part in parts for words in part.captions),
        families=tuple(name for part in parts for name in part.families),
        main_colours=tuple(name for part in parts for name in part.main_colours),
    )


def _arrays() -> list[str]:
    return [field.name for field in fields(Examples)][:9]


def _draw_one(job: tuple[Split, int, Recipe]) -> Examples:
    split, index, recipe = job
    model = make(split, index, even=recipe.even)
    renderer = Renderer(model)
    rng = np.random.default_rng([("train", "validation", "test").index(split), index, 1])
    poses = viewpoints.random_poses(rng, recipe.views)
    views = [renderer.view(viewpoints.camera(recipe.size), pose, recipe.supersampling) for pose in poses]
    near = samples.surface(renderer, recipe.points, rng)
    space = samples.occupancy(renderer, near, recipe.points, rng)
    random_captions = [caption(model.description, split, rng) for _ in range(recipe.captions)]
    return Examples(
        np.stack([view.rgb for view in views])[None],
        np.stack([view.mask for view in views])[None],
        np.stack([view.depth for view in views])[None].astype(np.float16),
        poses[None].astype(np.float32),
        near.points[None].astype(np.float16),
        near.normals[None].astype(np.float16),
        np.round(near.colours[None] * 255).astype(np.uint8),
        space.points[None].astype(np.float16),
        space.inside[None],
        ((full_caption(model.description), *random_captions),),
        (model.description.family,),
        (model.description.colour,),
    )
