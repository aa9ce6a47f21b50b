import pytest

from nerf.ngp.settings import Stop, Training


@pytest.mark.parametrize("name", ["steps", "seconds", "psnr", "plateau"])
def test_a_budget_of_nothing_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"stop.{name}: must be greater than 0"):
        Stop(**{name: 0 if name == "steps" else 0.0})  # type: ignore[arg-type]


def test_a_run_must_end() -> None:
    with pytest.raises(ValueError, match="at least one of steps, seconds, psnr, plateau"):
        Stop()


@pytest.mark.parametrize(
    ("name", "value"),
    [("long_side", 4), ("batch_samples", 10), ("learning_rate", 2.0), ("guided", 1.0), ("huber", 0.0)],
)
def test_settings_out_of_range_are_named_with_their_value(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"training.{name}: out of range \(got {value}\)"):
        Training(**{name: value})  # type: ignore[arg-type]
