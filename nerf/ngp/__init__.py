"""Hash-grid radiance fields (Instant-NGP) fitted to posed photos, and geometry priors that speed the fit up (INGeo).

Owns: encoding, networks, occupancy, marching, compositing, training, rendering and scoring of a field.
Does not own: cameras and captures (`nerf.camera`, `nerf.captures`), surfaces.

Plain files (`encoding.py`, `mlp.py`, `march.py`, `composite.py`) are the definition. The `*_numba.py` twins carry the
same function names, run on the CPU and are tested against the definition.
"""
