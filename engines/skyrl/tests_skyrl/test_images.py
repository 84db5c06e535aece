"""Images reach the trainer as the model's processor makes them, whatever sampler there is."""

import asyncio
import base64
import io
import zlib

import numpy
import pytest
import torch
from PIL import Image
from recorded import FIXTURES
from skyrl.tinker import types
from transformers import AutoImageProcessor

from fovea_skyrl import RequestError
from fovea_skyrl.images import ImageRenderer

MODEL = str(FIXTURES.parent / "assets" / "small")


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


PICTURE = Image.fromarray(numpy.random.default_rng(4).integers(0, 256, (56, 84, 3), dtype=numpy.uint8))


def chunk(data, tokens=None):
    return types.ImageChunk(type="image", data=base64.b64encode(data), format="png", expected_tokens=tokens)


def rendered(*chunks):
    [one] = asyncio.run(ImageRenderer(MODEL)([types.ModelInput(chunks=list(chunks))]))
    return one


def text(*tokens):
    return types.EncodedTextChunk(type="encoded_text", tokens=list(tokens))


def test_pixels_are_normalised():
    """vLLM's render endpoint gives them from 0 to 255 where its device normalises: a mismatch of 1 to 2.6 nats."""
    one = rendered(text(1), chunk(png(PICTURE), 6), text(2, 3))
    pixels = one.multi_modal_kwargs["pixel_values"]
    expected = AutoImageProcessor.from_pretrained(MODEL)(images=[PICTURE], return_tensors="pt")
    assert torch.equal(pixels, expected["pixel_values"])
    assert float(pixels.abs().max()) < 3
    assert one.multi_modal_kwargs["image_grid_thw"].tolist() == [[1, 4, 6]]
    image = ImageRenderer(MODEL).image_token
    assert one.prompt_ids == [1, *[image] * 6, 2, 3]
    assert one.multi_modal_placeholders[0].model_dump() == {"offset": 1, "length": 6}


def test_text_alone_has_no_images():
    assert rendered(text(4, 5)).multi_modal_kwargs is None


def test_what_is_transparent_shows_white():
    clear = Image.new("RGBA", (28, 28), (0, 0, 0, 0))
    white = Image.new("RGB", (28, 28), (255, 255, 255))
    pixels = [rendered(chunk(png(each))).multi_modal_kwargs["pixel_values"] for each in (clear, white)]
    assert torch.equal(*pixels)


def bomb():
    """A PNG whose header says that it has 10¹⁰ pixels."""
    data = bytearray(png(Image.new("L", (1, 1))))
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (chunk(png(PICTURE), 5), "image 0: expected 5 tokens, got one that stands for 6"),
        (chunk(b"no picture"), "image 0: expected a PNG or JPEG, got 10 bytes"),
        (chunk(png(PICTURE)[:60]), "image 0: expected a PNG or JPEG, got 60 bytes"),
        (chunk(bomb()), "image 0: expected a PNG or JPEG, got .*decompression bomb"),
        (chunk(png(Image.new("RGB", (4000, 2)))), "image 0: expected one that the model's processor takes, got 4000 x 2 pixels"),
        (
            types.ImageAssetPointerChunk(type="image_asset_pointer", format="png", location="https://there/a.png"),
            "image 0: expected its bytes, got a chunk of type image_asset_pointer",
        ),
    ],
)
def test_what_cannot_be_rendered_is_refused(given, says):
    with pytest.raises(RequestError, match=says):
        rendered(given)
