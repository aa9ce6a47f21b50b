"""Eyes, which animals and figures have alike."""

from nerf.objects.draft import Draft
from nerf.objects.solids import Number, ellipsoid


def eyes(draft: Draft, centre: tuple[Number, Number, Number], apart: float, size: float) -> None:
    """Two round ones, `apart` from the middle to both sides."""
    x, y, z = centre
    draft.contrasting(
        "black", "white", *(ellipsoid((size, size, size * 0.7), (x + side * apart, y, z), 10) for side in (-1, 1))
    )
