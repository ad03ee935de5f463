"""What a generator does to pictures, for the judge to be trained against.

Two sorts: flaws that leave a thing what it is (softness, noise, a shift of tone), and failed edits
(ghosts, halves, blobs) that must not pass for anything. Pictures are HWC uint8, RGB. It knows no
labels.
"""

from __future__ import annotations

import random

import cv2
import numpy as np

from smartedit_model.evaluation.crops import Image, Mask


def degraded(image: Image, draw: random.Random) -> Image:
    """The picture as a small autoencoder or a hasty sampler would give it back."""
    size = image.shape[0]
    if draw.random() < 0.5:
        small = round(size * draw.uniform(0.4, 0.85))
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC)
    if draw.random() < 0.4:
        image = cv2.GaussianBlur(image, (0, 0), draw.uniform(0.3, 1.1))
    if draw.random() < 0.35:
        image = _warped(image, draw)
    if draw.random() < 0.4:
        _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, draw.randint(25, 90)])
        decoded: Image | None = cv2.imdecode(code, cv2.IMREAD_COLOR)
        image = image if decoded is None else decoded
    if draw.random() < 0.5:
        image = _toned(image, draw)
    if draw.random() < 0.4:
        image = _noisy(image, draw, draw.uniform(1, 7), draw.choice((1, 1, 2, 4)))
    return image


def _warped(image: Image, draw: random.Random) -> Image:
    """Edges that waver by a pixel or so."""
    size = image.shape[0]
    noise = np.random.default_rng(draw.randrange(2**32))
    coarse = noise.normal(0, draw.uniform(0.3, 1.0), (2, 12, 12)).astype(np.float32)
    dx, dy = (cv2.resize(part, (size, size), interpolation=cv2.INTER_CUBIC) for part in coarse)
    at = np.arange(size, dtype=np.float32)
    done: Image = cv2.remap(
        image, at[None, :] + dx, at[:, None] + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return done


def _toned(image: Image, draw: random.Random) -> Image:
    gain = [draw.uniform(0.93, 1.07) * k for k in (draw.uniform(0.97, 1.03),) * 3]
    lift = draw.uniform(-8, 8)
    table = np.stack([np.arange(256) * k + lift for k in gain], axis=-1)
    table = np.clip(np.rint(table), 0, 255).astype(np.uint8)[None]
    done: Image = cv2.LUT(image, table)
    return done


def _noisy(image: Image, draw: random.Random, strength: float, grain: int) -> Image:
    size = image.shape[0]
    noise = np.random.default_rng(draw.randrange(2**32))
    n = -(-size // grain)
    field = noise.normal(0, strength, (n, n, 3)).astype(np.float32)
    if grain > 1:
        field = cv2.resize(field, (size, size), interpolation=cv2.INTER_CUBIC)
    done: Image = np.clip(np.rint(image + field), 0, 255).astype(np.uint8)
    return done


def blended(a: Image, b: Image, share: float) -> Image:
    """`share` of the second picture in the first."""
    done: Image = cv2.addWeighted(a, 1 - share, b, share, 0)
    return done


def halved(whole: Image, without: Image, mask: Mask, draw: random.Random) -> Image:
    """The thing under the mask with about half of it gone, to one side."""
    rows, columns = np.nonzero(mask)
    turn = draw.uniform(-1, 1)
    along = columns + turn * rows if draw.random() < 0.5 else rows + turn * columns
    at = np.quantile(along, draw.uniform(0.4, 0.6))
    gone = along < at if draw.random() < 0.5 else along > at
    cover = np.zeros_like(mask)
    cover[rows[gone], columns[gone]] = True
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), draw.uniform(0.5, 2.0))[:, :, None]
    done: Image = np.rint(whole * (1 - soft) + without * soft).astype(np.uint8)
    return done


def blob(image: Image, mask: Mask, draw: random.Random) -> Image:
    """The thing turned into a shapeless something: one colour, mush or coarse noise."""
    kernel = np.ones((3, 3), np.uint8)
    cover = cv2.dilate(mask.astype(np.uint8), kernel, iterations=draw.randint(1, 2))
    way = draw.randrange(3)
    if way == 0:
        inside = np.empty_like(image)
        inside[:] = [draw.randrange(256) for _ in range(3)]
    elif way == 1:
        inside = cv2.GaussianBlur(image, (0, 0), draw.uniform(4.5, 7))
    else:
        inside = _noisy(image, draw, draw.uniform(50, 90), draw.choice((3, 5, 8)))
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), draw.uniform(0.5, 2.5))[:, :, None]
    done: Image = np.rint(image * (1 - soft) + inside * soft).astype(np.uint8)
    return done


def smeared(image: Image, mask: Mask, draw: random.Random) -> Image:
    """The thing painted over with what is around it, as a hasty removal does."""
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8), iterations=1)
    done: Image = cv2.inpaint(image, wide, 2, draw.choice((cv2.INPAINT_TELEA, cv2.INPAINT_NS)))
    soft = cv2.GaussianBlur(done, (0, 0), draw.uniform(0.6, 1.6))
    done[wide > 0] = soft[wide > 0]
    return done


def recoloured(image: Image, draw: random.Random) -> Image:
    """The picture with its colours exchanged, so that kinds are not known by their colours."""
    order = draw.choice(((1, 2, 0), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 0, 2)))
    done: Image = np.ascontiguousarray(image[:, :, list(order)])
    return done
