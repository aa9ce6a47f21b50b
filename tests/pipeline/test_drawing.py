import xml.etree.ElementTree as ElementTree

from pipeline.drawing import GAP_X, WIDTH, graph_svg, graph_text
from pipeline.job import Job, check_job
from pipeline.stage import load_catalogue

SVG = "{http://www.w3.org/2000/svg}"


def diamond(toys: str) -> Job:
    stages = {
        "a": {"stage": "make"},
        "b": {"stage": "add", "inputs": {"left": "a"}},
        "c": {"stage": "add", "inputs": {"left": "a"}},
        "de": {"stage": "add", "inputs": {"left": "b", "right": "c"}},
    }
    return check_job({"name": 'a "<name>" & more', "stages": stages}, load_catalogue(toys))


def test_text_names_each_stage_and_where_its_inputs_come_from(toys: str) -> None:
    lines = graph_text(diamond(toys)).splitlines()
    assert lines[0].split() == ["a", "make"]
    assert lines[3].split() == ["de", "add", "left", "from", "b;", "right", "from", "c"]


def test_every_box_stands_right_of_what_it_needs(toys: str) -> None:
    root = ElementTree.fromstring(graph_svg(diamond(toys)))
    boxes = {group.find(f"{SVG}title").text: group.find(f"{SVG}rect") for group in root.findall(f"{SVG}g")}  # type: ignore[union-attr]
    left = {name: float(box.get("x", "nan")) for name, box in boxes.items() if box is not None}
    assert left["b"] == left["c"] == left["a"] + WIDTH + GAP_X
    assert left["de"] == left["b"] + WIDTH + GAP_X
    assert len(root.findall(f"{SVG}path")) == 4


def test_boxes_do_not_overlap_and_lie_inside_the_picture(toys: str) -> None:
    root = ElementTree.fromstring(graph_svg(diamond(toys)))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    corners = set()
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(key, "nan")) for key in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height  # noqa: PT018
        corners.add((x, y))
    assert len(corners) == 4


def test_names_are_escaped(toys: str) -> None:
    assert "a &quot;&lt;name&gt;&quot; &amp; more" in graph_svg(diamond(toys))
