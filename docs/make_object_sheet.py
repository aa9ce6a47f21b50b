"""Makes docs/pictures/objects.webp: what forty prompts become, each as the mesh that a job would write.

`python docs/make_object_sheet.py` with the weights that ship; nothing is chosen by hand, every prompt takes seed 0.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from meshing.mesh import Mesh
from meshing.pinhole import Pinhole
from meshing.render import render
from nerf.objects import viewpoints
from nerf.objects.sheet import tiled
from pipeline.stage import Context
from pipeline.stages.encode_prompt import EncodeTextConfig, encode_text
from pipeline.stages.latent_geometry import LatentGeometryConfig, latent_geometry
from pipeline.stages.sample_latent import SampleLatentConfig, sample_latent

PICTURES = Path(__file__).resolve().parent / "pictures"
SIZE, COLUMNS = 128, 8
PROMPTS = (
    "a red chair", "a red chair with wooden legs", "a blue sofa", "a wooden table", "a tall yellow lamp",
    "a green armchair", "a brown bookshelf", "a white bed", "a purple stool", "an orange vase", "a turquoise teapot",
    "a gold cup", "a gray bottle", "a pink bowl with green stripes", "a red apple", "a yellow banana",
    "an orange pumpkin", "a green tree with a brown trunk", "a palm tree", "a green cactus in a red pot",
    "a red mushroom with white spots", "a yellow flower", "a blue car", "a red truck", "a yellow bus",
    "a white sailboat", "a red airplane", "a white rocket with red fins", "a green locomotive",
    "a white house with a red roof", "a gray castle tower", "a red and white striped lighthouse", "a wooden windmill",
    "a brown teddy bear", "a gray elephant", "an orange fish", "a white snowman", "a brown guitar", "a crimson seat",
    "a navy suitcase",
)  # fmt: skip


def mesh_of(prompt: str, folder: Path, seed: int) -> Mesh:
    """The best of a job's candidates, in the generator's own size."""
    context = Context(seed, folder, log=lambda line: print(f"{prompt}: {line}"))
    embedding = encode_text(EncodeTextConfig(text=prompt), context)
    latent = sample_latent(SampleLatentConfig(), context, prompts=[embedding])
    config = LatentGeometryConfig(resolution=112, texture=0, triangles=60_000)
    mesh = latent_geometry(config, context, latent=replace(latent, extent_m=1.0))
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    vertices = mesh.vertices - (low + high) / 2
    return replace(mesh, vertices=(vertices * (0.6 / np.linalg.norm(vertices, axis=1).max())).astype(np.float32))


def main() -> None:
    """Draw the sheet."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("-o", "--output", type=Path, default=PICTURES / "objects.webp")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=len(PROMPTS), help="only so many prompts")
    given = parser.parse_args()
    eye, pose = viewpoints.camera(SIZE), viewpoints.canonical(["front"])[0]
    camera = Pinhole(SIZE, SIZE, eye.fx, eye.fy, eye.cx, eye.cy)
    white = (255, 255, 255)
    prompts = PROMPTS[: given.first]
    with TemporaryDirectory() as folder:
        meshes = (mesh_of(prompt, Path(folder), given.seed) for prompt in prompts)
        pictures = [render(mesh, camera, pose, background=white, samples=2).color for mesh in meshes]
    Image.fromarray(tiled(pictures, prompts, COLUMNS)).save(given.output, quality=85, method=6)
    print(given.output)


if __name__ == "__main__":
    main()
