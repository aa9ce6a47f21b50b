from pathlib import Path

import numpy as np
import pytest
import torch

from vision.inpaint_partial import PartialInpainter, PartialUNet, load_network, save_network, topology


def grid(height: int, width: int) -> np.ndarray:
    number = np.arange(height * width, dtype=np.int32).reshape(height, width)
    links = np.full((height, width, 4), -1, np.int32)
    links[:, :-1, 0], links[:-1, :, 1] = number[:, 1:], number[1:]
    links[:, 1:, 2], links[1:, :, 3] = number[:, :-1], number[:-1]
    return links.reshape(-1, 4)


def network(seed: int = 0) -> PartialUNet:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = PartialUNet((6, 8, 10))
        torch.nn.init.normal_(made.out.conv.weight, std=0.2)
    return made


def test_without_cuts_the_graph_is_an_ordinary_picture() -> None:
    x = torch.rand(1, 4, 16, 24)
    net = network()
    with torch.inference_mode():
        picture = net.picture(x, torch.ones(1, 1, 16, 24))[0].flatten(1).T
        graph = net.graph(x[0].flatten(1).T.contiguous(), topology(grid(16, 24), 3))
    assert torch.allclose(picture, graph, atol=1e-5)
    assert picture.std() > 0.01


def test_void_in_a_picture_is_a_missing_link_in_a_graph() -> None:
    there = np.ones((16, 24), bool)
    there[4:12, 8:20] = False
    x = torch.rand(1, 4, 16, 24)
    links = grid(16, 24)
    number = np.full(16 * 24 + 1, -1, np.int32)
    number[:-1][there.ravel()] = np.arange(there.sum())
    links = number[links[there.ravel()]]
    net = network()
    with torch.inference_mode():
        picture = net.picture(x, torch.from_numpy(there[None, None].astype(np.float32)))[0].flatten(1).T
        graph = net.graph(x[0].flatten(1).T[there.ravel()].contiguous(), topology(links, 3))
    # squares that only corners join are one parent in a picture and two in a graph: none here
    assert torch.allclose(picture[there.ravel()], graph, atol=1e-5)


def test_a_cut_keeps_two_surfaces_apart_at_every_level() -> None:
    links = grid(16, 24)
    number = np.arange(16 * 24).reshape(16, 24)
    links[number[:, 10], 0] = links[number[:, 11], 2] = -1
    levels = topology(links, 3)
    net = network()
    x = torch.rand(16 * 24, 4)
    other = x.clone()
    other[torch.from_numpy(number[:, 11:].ravel())] += 1
    with torch.inference_mode():
        first, second = net.graph(x, levels), net.graph(other, levels)
    left = torch.from_numpy(number[:, :11].ravel())
    assert torch.equal(first[left], second[left])
    assert not torch.allclose(first, second)


def test_only_unknown_pixels_change_and_an_untrained_network_is_the_smooth_fill() -> None:
    from vision.inpaint_diffusion import diffuse

    rng = np.random.default_rng(0)
    color = rng.integers(0, 255, (16 * 24, 3), dtype=np.uint8)
    unknown = np.zeros((16, 24), bool)
    unknown[5:11, 6:15] = True
    unknown = unknown.ravel()
    fresh = PartialInpainter(PartialUNet((6, 8, 10)), context=4)
    assert np.array_equal(fresh.fill(color, unknown, grid(16, 24)), diffuse(color, unknown, grid(16, 24)))
    filled = PartialInpainter(network(), context=4).fill(color, unknown, grid(16, 24))
    assert np.array_equal(filled[~unknown], color[~unknown])
    assert not np.array_equal(filled, diffuse(color, unknown, grid(16, 24)))


def test_weights_survive_the_disk(tmp_path: Path) -> None:
    net = network()
    save_network(net, tmp_path / "a.safetensors")
    again = load_network(tmp_path / "a.safetensors")
    assert again.channels == (6, 8, 10)
    assert all(torch.equal(value, again.state_dict()[key]) for key, value in net.state_dict().items())
    (tmp_path / "b.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=r"b\.safetensors: is no safetensors file"):
        load_network(tmp_path / "b.safetensors")
    with pytest.raises(FileNotFoundError, match="no such weights"):
        load_network(tmp_path / "c.safetensors")
