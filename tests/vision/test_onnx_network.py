from vision.onnx_network import fixed_size, size_for


def test_sides_that_are_named_are_free() -> None:
    assert fixed_size([1, 3, 240, 320]) == (240, 320)
    assert fixed_size(["batch", 3, "height", "width"]) is None
    assert fixed_size([1, 3, 240, None]) is None


def test_free_sides_become_multiples_of_32_of_the_picture_s_shape() -> None:
    assert size_for(768, 1024, 512) == (384, 512)
    assert size_for(1024, 768, 384) == (384, 288)
    assert size_for(1, 1000, 384) == (32, 384)
