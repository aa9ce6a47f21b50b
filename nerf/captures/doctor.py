"""The capture doctor: looks for what ruins reconstructions before any time is spent on one, and says what to do."""

import numpy as np
from jaxtyping import Float64

from nerf.camera import Camera
from nerf.captures.agreement import check_overlap, check_poses_against_photos
from nerf.captures.finding import Finding, Severity, named
from nerf.captures.photo_quality import check_photos
from nerf.posed_images import PosedImages

Array = np.ndarray

FEWEST, FEW = 3, 12
MISSING_SHARE = 0.2
LARGEST, SMALLEST = 1e4, 1e-3  # scene units between which a capture's extent is believable
FAR_AWAY = 1e4  # extents from the origin at which single precision loses the scene
WIDEST, NARROWEST = 150.0, 2.0  # degrees of a pinhole camera's field of view
NORMALISED, MILLIMETRES = 3.0, 90.0  # focal lengths below these are hardly pixels
SAME_PLACE = 1e-9


def examine(views: PosedImages) -> list[Finding]:
    """Everything worth knowing about a capture, errors first; an empty list where all is well."""
    findings = [
        *_check_count(views),
        *_check_skipped(views),
        *_check_intrinsics(views),
        *_check_placement(views),
        *_check_frame(views),
        *check_photos(views),
    ]
    if not any(finding.severity == "error" for finding in findings):
        findings += check_poses_against_photos(views) or check_overlap(views)
    order = ("error", "warning", "note")
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _check_count(views: PosedImages) -> list[Finding]:
    advice = "take 30 to 150 photos that overlap by two thirds"
    if len(views) < FEWEST and not views.has_depth:
        return [Finding("error", "frames", f"there are only {len(views)} photos, without depth", advice)]
    if len(views) < FEW and not views.has_depth:
        return [
            Finding("warning", "frames", f"there are only {len(views)} photos, so surfaces will have holes", advice)
        ]
    return []


def _check_skipped(views: PosedImages) -> list[Finding]:
    if not views.skipped:
        return []
    total = len(views) + len(views.skipped)
    severity: Severity = "warning" if len(views.skipped) > MISSING_SHARE * total else "note"
    reasons = sorted({skipped.reason for skipped in views.skipped})
    return [
        Finding(
            severity,
            "frames",
            f"{len(views.skipped)} of {total} frames cannot be used: {named([skip.name for skip in views.skipped])}",
            f"the first reason given is: {reasons[0]}",
        )
    ]


def _check_intrinsics(views: PosedImages) -> list[Finding]:
    used = sorted(set(views.camera_index.tolist()))
    return [finding for number in used for finding in _check_camera(f"cameras[{number}]", views.cameras[number])]


def _check_camera(place: str, camera: Camera) -> list[Finding]:
    if camera.model == "equirect":
        return []
    size, view = f"{camera.width}x{camera.height}", np.degrees(2 * np.arctan(0.5 * camera.width / camera.fx))
    told = f"the focal length is {camera.fx:g} for photos of {size}"
    if camera.fx < NORMALISED and camera.width > 50:
        advice = f"intrinsics are in pixels: {camera.fx:g} of the width would be {camera.fx * camera.width:.0f}"
        return [Finding("error", place, f"{told}, as if it were a share of the width", advice)]
    if camera.model != "fisheye" and view > WIDEST:
        unit = "millimetres" if camera.fx < MILLIMETRES else "another unit"
        advice = f"intrinsics are in pixels: focal length in mm / sensor width in mm * {camera.width}"
        return [Finding("error", place, f"{told}, a view of {view:.0f} degrees, as if it were in {unit}", advice)]
    if view < NARROWEST:
        advice = "check that fl_x is in pixels of the photos as they are now"
        return [Finding("warning", place, f"{told}, a view of only {view:.2f} degrees", advice)]
    if not (0 <= camera.cx <= camera.width and 0 <= camera.cy <= camera.height):
        message = f"the centre ({camera.cx:g}, {camera.cy:g}) lies outside photos of {size}"
        return [Finding("warning", place, message, "cx and cy are in pixels from the top left corner")]
    if max(camera.cx, camera.cy) < NORMALISED and camera.width > 50:
        message = f"the centre is ({camera.cx:g}, {camera.cy:g}), as if it were a share of the size"
        return [Finding("error", place, message, f"cx is in pixels: about {camera.width / 2:g}")]
    return []


def _check_placement(views: PosedImages) -> list[Finding]:
    if len(views) < 2:
        return []
    positions = views.world_from_camera[:, :3, 3]
    extent, turned = float(np.ptp(positions, axis=0).max()), _largest_turn(views.world_from_camera)
    farthest = float(np.abs(positions).max())
    if extent <= SAME_PLACE * max(1.0, farthest):
        kind = "all poses are equal" if turned < 0.1 else "all cameras stand in one place and only turn"
        advice = "walk around the subject; if you did, the poses in the file are not those of the photos"
        severity: Severity = "warning" if views.has_depth and turned >= 0.1 else "error"
        return [Finding(severity, "poses", f"{kind}, so nothing can be told about depth from the photos", advice)]
    if not SMALLEST < extent < LARGEST:
        advice = "give metres_per_unit, or scale the poses so that the cameras span some metres"
        return [Finding("warning", "poses", f"the cameras span {extent:.3g} units, an absurd size for a scene", advice)]
    if farthest > FAR_AWAY * extent:
        message = f"the cameras span {extent:.3g} units but lie {farthest:.3g} from the origin, where precision is lost"
        return [Finding("warning", "poses", message, "subtract the mean position from all poses")]
    return []


def _largest_turn(poses: Float64[Array, "views 4 4"]) -> float:
    """Degrees between the first camera's orientation and the one most different from it."""
    relative = poses[:, :3, :3] @ poses[0, :3, :3].T
    cosine = (np.trace(relative, axis1=1, axis2=2) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).max())


def _check_frame(views: PosedImages) -> list[Finding]:
    findings = []
    if views.scene.gravity == "unknown":
        advice = "say which axis is up with `up`, such as up = z"
        findings.append(Finding("note", "poses", "the cameras do not agree which way is up", advice))
    if views.scene.unit == "unknown":
        advice = "give metres_per_unit if you know a length in the scene"
        findings.append(Finding("note", "poses", "the capture has no unit, so exports keep its own", advice))
    return findings
