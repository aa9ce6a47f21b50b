"""Fitting a radiance field to posed photos: from the first look at the capture to the finished, scored field."""

import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nerf.ngp.appearance_fit import score_right_halves
from nerf.ngp.checkpoint import resume, save_checkpoint
from nerf.ngp.evaluation import Score, Split, evaluate, split
from nerf.ngp.march import Marching
from nerf.ngp.photo_store import PhotoStore
from nerf.ngp.placement import check, marching, place
from nerf.ngp.prior import Guided, Prior, splatted
from nerf.ngp.radiance_field import RadianceField, quantised
from nerf.ngp.render import Scene
from nerf.ngp.settings import Training
from nerf.ngp.tracer_numba import Bias
from nerf.ngp.trainer import Report, Trainer
from nerf.ngp.visibility import cells_carved, cells_freed, cells_seen
from nerf.posed_images import PosedImages

CHECK_FIRST, CHECK_GROWTH, CHECK_VIEWS = 200, 1.25, 4  # steps before the first look at held-out photos, and so on
RATE_FLOOR = 0.03  # of the learning rate, reached at the end
LIKENESS = 1.5  # dB that training must gain over a picture of one colour, or the poses are wrong


def coarse(settings: Marching, step: int, coarse_steps: int, coarsest: float = 4.0) -> Marching:
    """Four times longer ray steps at first, then twice longer: fog needs no fine ones, and more rays fit."""
    longest = coarsest if step < coarse_steps // 2 else 2.0 if step < coarse_steps else 1.0
    factor = min(longest, coarsest)
    return replace(settings, step=min(factor * settings.step, settings.step_max), cone=factor * settings.cone)


@dataclass(frozen=True)
class Progress:
    """Where a run stands; `psnr` is that of held-out photos where they were looked at just now."""

    step: int
    seconds: float
    share: float  # of the budget, 0 to 1
    loss: float
    rays: int
    psnr: float | None = None


def fit(
    views: PosedImages,
    training: Training,
    *,
    folder: Path | None = None,
    prior: Prior | None = None,
    progress: Callable[[Progress], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> RadianceField:
    """A field of the scene that the photos show, starting from noisy geometry when there is some.

    Checkpoints go to `folder`, and a run goes on from the one it finds there. Raises ValueError for captures that
    cannot work. The same seed gives the same bytes when the budget counts steps.
    """
    check(views)
    parts = split(views)
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(views, parts, training, prior, Path(scratch), clock)
        try:
            run.train(folder, progress)
            return run.finished()
        finally:
            run.trainer.store.close()


def trainer_of(training: Training) -> type[Trainer]:
    """The trainer of a backend, which loads its kernels; ImportError or RuntimeError where they cannot run."""
    if training.backend == "numba":
        return Trainer
    if training.backend == "tinycudann":
        from nerf.ngp.trainer_tinycudann import TinyCudaTrainer

        return TinyCudaTrainer
    from nerf.ngp.trainer_cuda import CudaTrainer

    return CudaTrainer


class Run:
    """One call of `fit`: the trainer, its prior, and what was learned on the way."""

    def __init__(
        self,
        views: PosedImages,
        parts: Split,
        training: Training,
        prior: Prior | None,
        scratch: Path,
        clock: Callable[[], float],
    ) -> None:
        self.views, self.parts, self.training, self.clock = views, parts, training, clock
        self.volume = place(views, training, None if prior is None else prior.points)
        self.marching = marching(views, self.volume, training)
        train = views.subset(parts.train)
        with_depth = training.depth_weight > 0 and views.has_depth
        store = PhotoStore(
            train, self.volume, scratch, long_side=training.long_side, seed=training.seed, with_depth=with_depth
        )
        self.trainer = trainer_of(training)(store, self.volume, self.marching, training)
        allowed = cells_seen(train, self.volume, training.grid_size, self.marching.near)
        if not allowed.any():
            raise ValueError(
                f"views: no camera looks at the scene's box around {self.volume.centre.round(3).tolist()}; "
                "check the camera axes of the capture, or training.bounds"
            )
        self.trainer.grid.restrict(allowed)
        self.prior_facts: dict[str, Any] = {}
        self.guided: Guided | None = None
        if prior is not None:
            splat = splatted(prior, self.trainer)
            self.prior_facts = splat.facts
            self.guided = None if "ignored" in splat.facts else Guided(prior, splat, training.seed)
        if training.carve:  # after the prior was judged: of a thin hull it may claim nearly all
            allowed = cells_carved(train, self.volume, allowed)
            if with_depth:
                allowed &= ~cells_freed(train, self.volume, training.grid_size)
            self.trainer.grid.restrict(allowed)
        self.trainer.notes["curve"] = []
        self.seconds, self.loss = 0.0, math.nan

    def train(self, folder: Path | None, progress: Callable[[Progress], None] | None) -> None:
        """Step until the budget is spent."""
        before = resume(self.trainer, folder) if folder else 0.0
        started, looking, next_check = self.clock(), 0.0, CHECK_FIRST
        if self.curve:
            next_check = int(self.curve[-1]["step"] * CHECK_GROWTH)
        while True:
            self.seconds = before + self.clock() - started - looking
            if self.trainer.number and self._enough():
                break
            self.step()
            psnr = None
            if self.parts.held_out and self._watches and self.trainer.number >= next_check:
                paused = self.clock()
                psnr = self._look()
                next_check = int(self.trainer.number * CHECK_GROWTH)
                looking += self.clock() - paused
            if folder and self.trainer.number % self.training.checkpoint_every == 0:
                save_checkpoint(self.trainer, folder, self.seconds)
            if progress:
                progress(
                    Progress(self.trainer.number, self.seconds, self._share(), self.loss, self.trainer.n_rays, psnr)
                )
        self._judge()

    @property
    def curve(self) -> list[dict[str, Any]]:
        """What looks at held-out photos found, those before a checkpoint included."""
        found: list[dict[str, Any]] = self.trainer.notes["curve"]
        return found

    @property
    def _watches(self) -> bool:
        return self.training.stop.psnr is not None or self.training.stop.plateau is not None

    def _share(self) -> float:
        """How much of the budget is spent; 0 where there is only a quality to reach."""
        stop = self.training.stop
        shares = [self.trainer.number / stop.steps] if stop.steps else []
        shares += [self.seconds / stop.seconds] if stop.seconds else []
        return min(1.0, max(shares, default=0.0))

    def _enough(self) -> bool:
        stop = self.training.stop
        if self._share() >= 1:
            return True
        if stop.psnr and self.curve and self.curve[-1]["psnr"] >= stop.psnr:
            return True
        return bool(
            stop.plateau and len(self.curve) > 2 and self.curve[-1]["psnr"] - self.curve[-3]["psnr"] < stop.plateau
        )

    def step(self) -> Report:
        """One step of training, and of what goes with it: the prior's say, ray steps, the grid, the rate."""
        trainer, training = self.trainer, self.training
        if self.guided:
            self.guided.before_step(trainer)
        coarsest = min(training.coarsest, self.guided.coarsest) if self.guided else training.coarsest
        trainer.marching = coarse(self.marching, trainer.number, training.coarse_steps, coarsest)
        if trainer.number % training.grid_every == 0:
            if self.guided:
                self.guided.update_grid(trainer)
            else:
                trainer.update_grid()
        rate = training.learning_rate * (RATE_FLOOR + (1 - RATE_FLOOR) * 0.5 * (1 + math.cos(math.pi * self._share())))
        trainer.share = self._share()
        report = trainer.step(rate * self.guided.haste(trainer.number) if self.guided else rate)
        if math.isfinite(report.loss):
            self.loss = report.loss if math.isnan(self.loss) else 0.95 * self.loss + 0.05 * report.loss
        return report

    def scene(self) -> Scene:
        """What the averaged parameters show."""
        trainer, bias = self.trainer, self.guided.shown(self.trainer) if self.guided else None
        return Scene(*trainer.shown(), trainer.grid, self.volume, self.marching, trainer.tracer, bias)

    def _look(self) -> float:
        """Score a few held-out photos and note it on the curve."""
        stride = max(1, len(self.parts.held_out) // CHECK_VIEWS)
        chosen = self.parts.held_out[::stride][:CHECK_VIEWS]
        score = evaluate(self.scene(), self.views, chosen, long_side=self.training.long_side)
        self.curve.append({"step": self.trainer.number, "seconds": self.seconds, "psnr": score.psnr})
        return score.psnr

    def _judge(self) -> None:
        """Raise ValueError where photos and poses do not fit together at all."""
        if self.trainer.number < CHECK_FIRST or not math.isfinite(self.loss):
            return
        store = self.trainer.store
        colours = store.pixels[:: max(1, len(store.pixels) // 100_000)]
        spread = float((colours[:, :3].astype(np.float64) / 255).var(0).mean())
        gained = 10 * math.log10(max(spread, 1e-9) / max(self.loss, 1e-12))
        if spread > 1e-3 and gained < LIKENESS:
            raise ValueError(
                f"views: after {self.trainer.number} steps the field explains the photos no better than one colour "
                f"({gained:.1f} dB); their poses or intrinsics do not belong to them: check the camera axes"
            )

    def finished(self) -> RadianceField:
        """The field as it will be on disk, scored on held-out photos."""
        trainer, training, scene = self.trainer, self.training, self.scene()
        table, weights = quantised(scene.table), scene.weights
        bias = None if scene.bias is None else quantised(scene.bias.grid * np.float32(scene.bias.trust))
        scene = replace(scene, table=table, bias=None if bias is None else Bias(bias, 1.0))
        facts: dict[str, Any] = {
            "steps": trainer.number, "seconds": round(self.seconds, 3), "seed": self.training.seed,
            "split": self.parts.rule, "train": list(trainer.store.views.names), "curve": self.curve,
        }  # fmt: skip
        if self.training.stop.seconds is None:
            del facts["seconds"]  # a run that counts steps must not depend on the clock
            for point in self.curve:
                point.pop("seconds")
        left_out = trainer.store.left_out(trainer.store.ready(trainer.number))
        if left_out:
            facts["left_out"] = left_out
        if self.prior_facts:
            facts["prior"] = self.prior_facts
        if training.refine_poses or training.refine_focal:
            found = trainer.corrections
            facts["refined"] = {
                "names": list(trainer.store.views.names),
                "turns": found.turns.tolist(),
                "shifts": (found.shifts / self.volume.scale).tolist(),
                "zooms": found.zooms.tolist(),
            }
        if self.parts.held_out:
            score: Score = evaluate(scene, self.views, self.parts.held_out, long_side=self.training.long_side)
            facts["score"] = _told(score)
            if training.appearance:
                facts["score"]["protocol"] += ", the mean appearance code"
                facts["score_appearance"] = _told(
                    score_right_halves(
                        scene, trainer.averaged()["weights"], self.views, self.parts.held_out,
                        long_side=training.long_side, huber=training.huber,
                    )
                )  # fmt: skip
        return RadianceField(
            table, weights, trainer.grid.bits.copy(), self.training.levels, self.volume,
            self.marching, self.views.scene, facts, bias,
        )  # fmt: skip


def _told(score: Score) -> dict[str, Any]:
    """A score as facts hold it."""
    return asdict(score) | {"views": [list(row) for row in score.views]}
