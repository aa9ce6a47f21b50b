"""What an error says: where, what was given, what is allowed; and how the process ends."""

from pipeline.errors import JobError, Problem, ScenewrightError, StageFailed, Stopped, UserError, did_you_mean


def test_a_near_name_is_suggested_before_all_names_are_listed() -> None:
    assert did_you_mean("voxle", ["voxel", "backend"]) == "did you mean 'voxel'?"
    assert did_you_mean("stage_1", ["stage_a", "stage_b", "x"]) == "did you mean 'stage_b' or 'stage_a'?"


def test_allowed_names_are_listed_where_none_is_near() -> None:
    assert did_you_mean("q", ["voxel", "backend"]) == "allowed: backend, voxel"
    assert did_you_mean("q", []) == "nothing is allowed here"


def test_a_long_list_of_names_is_cut_off() -> None:
    tail = did_you_mean("q", [f"name{index:02d}" for index in range(40)])
    assert tail.endswith("name11, ...")
    assert "name12" not in tail


def test_a_job_error_counts_and_lists_every_problem_under_its_file() -> None:
    one = JobError("fox.json", [Problem("seed", "must be a whole number (got 1.5)")])
    assert str(one) == "fox.json: 1 mistake\n  seed: must be a whole number (got 1.5)"
    two = JobError("fox.json", [Problem("", "not JSON"), Problem("seed", "wrong")])
    assert str(two) == "fox.json: 2 mistakes\n  not JSON\n  seed: wrong"


def test_exit_codes_tell_mistakes_failures_and_stops_apart() -> None:
    assert JobError("", []).exit_code == UserError.exit_code == 2
    assert StageFailed.exit_code == ScenewrightError.exit_code == 1
    assert Stopped.exit_code == 130
