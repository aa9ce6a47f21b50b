"""The stages there are: one explicit table. `scenewright stages` and docs/stages.md are read off it."""

from pipeline.stage import Catalogue, Resources, Stage
from pipeline.stages.build_layers import build_layers
from pipeline.stages.build_room import build_room, export_room, place_object, style_sources
from pipeline.stages.calibrate_colour import calibrate_colour
from pipeline.stages.encode_prompt import encode_image, encode_text, encoder_sources
from pipeline.stages.estimate_depth import (
    depth_sources,
    estimate_depth,
    examine_depth,
    noted_source,
    packages_for_depth,
)
from pipeline.stages.estimate_poses import estimate_poses, packages_for_poses
from pipeline.stages.evaluate_field import evaluate_field, packages_for_perceptual
from pipeline.stages.export_gltf import compressors, contradictions, export_gltf, target_file
from pipeline.stages.export_usdz import export_usdz, usdz_target_file
from pipeline.stages.extract_mesh import extract_mesh
from pipeline.stages.fuse_depth import fuse_depth
from pipeline.stages.generate_panorama import generate_panorama, packages_for_drawing
from pipeline.stages.geometry import geometry_from_depth, geometry_from_field, geometry_from_mesh, geometry_from_points
from pipeline.stages.inpaint_layers import (
    examine_inpainting,
    inpaint_layers,
    inpaint_sources,
    packages_for_inpainting,
)
from pipeline.stages.invert_image import inversion_sources, invert_image
from pipeline.stages.latent_geometry import geometry_sources, latent_geometry
from pipeline.stages.load_capture import capture_sources, examine_capture, load_capture, packages_for
from pipeline.stages.load_photo import examine_photo, load_photo, noted_photo, packages_for_photo
from pipeline.stages.load_room import examine_room, furnish_room, load_room
from pipeline.stages.make_lods import make_lods
from pipeline.stages.mesh_files import export_mesh, import_mesh
from pipeline.stages.mesh_photo import mesh_photo
from pipeline.stages.photo_views import photo_views
from pipeline.stages.random_latent import random_latent, random_sources
from pipeline.stages.reconstruct import packages_for_training, reconstruct
from pipeline.stages.render_field import film_kind, packages_for_film, render_field
from pipeline.stages.render_views import render_views, view_sources
from pipeline.stages.report_quality import packages_for_report, report_quality
from pipeline.stages.room_views import (
    align_depth,
    alignment_sources,
    complete_room,
    fuse_room,
    packages_for_alignment,
    packages_for_completion,
    photograph_room,
    render_proxy,
)
from pipeline.stages.sample_latent import latent_sources, sample_latent
from pipeline.stages.simplify_mesh import simplify_mesh
from pipeline.stages.texture_mesh import texture_mesh
from pipeline.stages.texture_room import packages_for_score, texture_room

_ALL_CORES = Resources(cpu=0, memory_gb=2.0)
_KERNELS = {"backend": lambda device: "numba"}

CATALOGUE = Catalogue(
    [
        Stage(load_capture, extra="sfm", also_needs=packages_for, sources=capture_sources, check=examine_capture),
        Stage(estimate_poses, extra="sfm", modules=("pycolmap",), also_needs=packages_for_poses),
        Stage(calibrate_colour, seeded=True),
        Stage(fuse_depth, resources=_ALL_CORES, backends=_KERNELS),
        Stage(geometry_from_depth, seeded=True),
        Stage(geometry_from_points),
        Stage(geometry_from_mesh, seeded=True),
        Stage(
            reconstruct,
            resources=_ALL_CORES,
            seeded=True,
            devices=("cpu", "cuda"),
            extra="cuda",
            also_needs=packages_for_training,
            backends={"backend": lambda device: "cuda" if device == "cuda" else "numba"},
        ),
        Stage(geometry_from_field, seeded=True),
        Stage(
            render_field,
            resources=_ALL_CORES,
            extra="video",
            also_needs=packages_for_film,
            backends={"film": film_kind},
            exports=("film.*",),
        ),
        Stage(
            evaluate_field,
            resources=_ALL_CORES,
            extra="perceptual",
            also_needs=packages_for_perceptual,
            exports=("*",),
        ),
        Stage(extract_mesh, resources=_ALL_CORES),
        Stage(encode_text, seeded=True, sources=encoder_sources),
        Stage(encode_image, sources=encoder_sources),
        Stage(sample_latent, seeded=True, sources=latent_sources),
        Stage(random_latent, seeded=True, sources=random_sources),
        Stage(invert_image, seeded=True, sources=inversion_sources),
        Stage(render_views, version=2, sources=view_sources),
        Stage(latent_geometry, resources=_ALL_CORES, sources=geometry_sources),
        Stage(import_mesh),
        Stage(load_room, check=examine_room),
        Stage(furnish_room, seeded=True),
        Stage(place_object),
        Stage(build_room, version=2, resources=Resources(cpu=1, memory_gb=2.0), seeded=True, sources=style_sources),
        Stage(export_room, exports=("*.glb",)),
        Stage(render_proxy),
        Stage(photograph_room),
        Stage(
            generate_panorama,
            resources=Resources(cpu=1, memory_gb=8.0),
            seeded=True,
            devices=("cpu", "cuda"),
            extra="diffusion",
            also_needs=packages_for_drawing,
        ),
        Stage(
            align_depth,
            devices=("cpu", "cuda"),
            extra="depth",
            also_needs=packages_for_alignment,
            sources=alignment_sources,
        ),
        Stage(
            complete_room,
            seeded=True,
            devices=("cpu", "cuda"),
            extra="diffusion",
            also_needs=packages_for_completion,
        ),
        Stage(fuse_room),
        Stage(texture_room, extra="clip", also_needs=packages_for_score),
        Stage(simplify_mesh, version=2),
        Stage(texture_mesh, version=2, resources=_ALL_CORES, seeded=True, backends=_KERNELS),
        Stage(report_quality, extra="perceptual", also_needs=packages_for_report, exports=("*",)),
        Stage(export_mesh, exports=("*",)),
        Stage(load_photo, extra="heic", also_needs=packages_for_photo, check=examine_photo, noted=noted_photo),
        Stage(
            estimate_depth,
            resources=Resources(cpu=1, memory_gb=1.5),
            extra="depth",
            also_needs=packages_for_depth,
            sources=depth_sources,
            check=examine_depth,
            noted=noted_source,
        ),
        Stage(build_layers, resources=_ALL_CORES, backends=_KERNELS),
        Stage(
            inpaint_layers,
            resources=_ALL_CORES,
            seeded=True,
            extra="diffusion",
            also_needs=packages_for_inpainting,
            devices=("cpu", "cuda"),
            sources=inpaint_sources,
            check=examine_inpainting,
        ),
        Stage(mesh_photo, resources=_ALL_CORES, backends=_KERNELS),
        Stage(photo_views, exports=("*",)),
        Stage(make_lods),
        Stage(
            export_gltf,
            exports=("*.glb",),
            extra="gltf",
            also_needs=compressors,
            sources=target_file,
            check=contradictions,
        ),
        Stage(export_usdz, exports=("*.usdz",), sources=usdz_target_file, extra="usd", modules=("pxr",)),
    ],
    "pipeline.stages.catalogue:CATALOGUE",
)
