"""`${name}` in the settings of a job becomes a value from the file or from the command line."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.document import Scalar, parse_value
from pipeline.errors import Problem, UserError, did_you_mean

_REFERENCE = re.compile(r"\$(\$?)\{([^}]*)\}")


def read_variables(given: Sequence[str], declared: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The job's variables after `--var name=value` in turn; a variable keeps the type it was declared with."""
    values = dict(declared)
    for assignment in given:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise UserError(f"--var {assignment}: must be NAME=VALUE")
        if name not in declared:
            known = f"such variable; {did_you_mean(name, declared)}" if declared else "variables"
            raise UserError(f"--var {name}: the job has no {known}")
        values[name] = _typed(name, text, declared[name])
    return values


def _typed(name: str, text: str, like: Scalar) -> Scalar:
    if isinstance(like, str):
        return text
    value = parse_value(text)
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(like):
        raise UserError(f"--var {name}: must be {type(like).__name__} as the job declares it (got {text!r})")
    return value  # type: ignore[no-any-return]


def escape(value: Any) -> Any:
    """`value` so that `substitute` gives it back: what looks like a variable in it is none."""
    if isinstance(value, dict):
        return {key: escape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [escape(inner) for inner in value]
    return re.sub(r"\$\{[^}]*\}", lambda match: f"${match[0]}", value) if isinstance(value, str) else value


def substitute(value: Any, variables: Mapping[str, Scalar], place: str, problems: list[Problem]) -> Any:
    """`value` with every `${name}` replaced; one that stands alone keeps its type; `$${` stays `${`."""
    if isinstance(value, dict):
        return {key: substitute(inner, variables, f"{place}.{key}", problems) for key, inner in value.items()}
    if isinstance(value, list):
        return [substitute(inner, variables, f"{place}.{index}", problems) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def one(match: re.Match[str]) -> str:
        escaped, name = match.groups()
        if escaped:
            return f"${{{name}}}"
        if name not in variables:
            known = did_you_mean(name, variables) if variables else "the job has none"
            problems.append(Problem(place, f"no variable is called {name!r}; {known}"))
            return ""
        return str(variables[name])

    whole = _REFERENCE.fullmatch(value)
    if whole and not whole[1] and whole[2] in variables:
        return variables[whole[2]]
    return _REFERENCE.sub(one, value)
