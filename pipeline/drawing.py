"""A job's graph as text and as a picture."""

from collections.abc import Mapping
from html import escape

from pipeline.job import Job

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 200, 54, 64, 22, 24
"""Of a box and the space between boxes, in SVG pixels."""

_STYLE = (
    "text{font-family:system-ui,sans-serif}.id{font-size:14px;font-weight:600;fill:#1c2733}"
    ".kind{font-size:12px;fill:#5b6b7b}.box{fill:#f5f8fb;stroke:#9fb3c8}.edge{fill:none;stroke:#7a8fa5;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){.id{fill:#e8eef4}.kind{fill:#9fb0c0}.box{fill:#1d2731;stroke:#4a5c6e}}"
)


def graph_text(job: Job) -> str:
    """One line for each node: its id, its stage, and where its inputs come from."""
    width = max(len(id_) for id_ in job.nodes)
    kind = max(len(node.stage.name) for node in job.nodes.values())
    lines = []
    for node in job.nodes.values():
        inputs = "; ".join(f"{name} from {', '.join(ids)}" for name, ids in node.inputs.items())
        lines.append(f"{node.id:{width}}  {node.stage.name:{kind}}  {inputs}".rstrip())
    return "\n".join(lines) + "\n"


def graph_svg(job: Job) -> str:
    """A drawing from left to right: each node stands one column after the last of what it needs."""
    places = _places(_columns(job))
    right = max(x for x, _ in places.values()) + WIDTH + MARGIN
    bottom = max(y for _, y in places.values()) + HEIGHT + MARGIN
    edges = [
        _edge(places[need], places[node.id], name)
        for node in job.nodes.values()
        for name, ids in node.inputs.items()
        for need in dict.fromkeys(ids)
    ]
    boxes = [_box(*places[node.id], node.id, node.stage.name) for node in job.nodes.values()]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}">'
    title = f"<title>{escape(job.name)}</title><style>{_STYLE}</style>"
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#7a8fa5"/></marker></defs>'
    )
    return "\n".join([head, title, arrow, *edges, *boxes, "</svg>"]) + "\n"


def _columns(job: Job) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    for node in job.nodes.values():
        columns[node.id] = max((columns[need] + 1 for need in node.needs), default=0)
    return columns


def _places(columns: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The top left corner of each box; every column is centred on the tallest one."""
    counts = {column: list(columns.values()).count(column) for column in set(columns.values())}
    tallest = max(counts.values())
    rows: dict[int, int] = {}
    places = {}
    for id_, column in columns.items():
        row = rows.get(column, 0)
        rows[column] = row + 1
        top = (tallest - counts[column]) * (HEIGHT + GAP_Y) // 2
        places[id_] = (MARGIN + column * (WIDTH + GAP_X), MARGIN + top + row * (HEIGHT + GAP_Y))
    return places


def _box(x: int, y: int, id_: str, kind: str) -> str:
    label = id_ if len(id_) <= 24 else f"{id_[:22]}…"
    return (
        f'<g><title>{escape(id_)}</title><rect class="box" x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="9"/>'
        f'<text class="id" x="{x + 14}" y="{y + 23}">{escape(label)}</text>'
        f'<text class="kind" x="{x + 14}" y="{y + 41}">{escape(kind)}</text></g>'
    )


def _edge(start: tuple[int, int], end: tuple[int, int], name: str) -> str:
    x0, y0 = start[0] + WIDTH, start[1] + HEIGHT // 2
    x1, y1 = end[0] - 2, end[1] + HEIGHT // 2
    bend = max(GAP_X // 2, (x1 - x0) // 3)
    path = f"M{x0} {y0}C{x0 + bend} {y0} {x1 - bend} {y1} {x1} {y1}"
    return f'<path class="edge" marker-end="url(#arrow)" d="{path}"><title>{escape(name)}</title></path>'
