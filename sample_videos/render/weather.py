"""Pictures of weather and dirt that are laid over a camera's picture: rain in the air, drops and smudges on the lens, puddles."""

import cv2
import numpy as np

from road_texture import fractal


def streaks(seed, size=1024, count=170):
    """Falling drops (size, size), 0-1; tiles sideways and upwards."""
    g = np.random.default_rng([seed, 1])
    out = np.zeros((3 * size, size), np.float32)
    for _ in range(count):
        x, y, long = g.uniform(4, size - 4), g.uniform(size, 2 * size), g.uniform(14, 90)
        slant, width = g.normal(0.06, 0.02), int(g.choice([1, 1, 1, 2]))
        one = np.zeros(out.shape, np.uint8)
        cv2.line(one, (int(x), int(y)), (int(x + slant * long), int(y + long)), int(60 + 150 * g.random()), width, cv2.LINE_AA)
        top, bottom = int(y) - 3, int(y + long) + 4
        out[top:bottom] = np.maximum(out[top:bottom], one[top:bottom] / 255.0)
    tiled = np.maximum(out[size : 2 * size], out[2 * size :])
    return cv2.GaussianBlur(tiled, (0, 0), 0.8)


def lens(seed, size, dirt, drops):
    """(h/4, w/4, 3) float32: how much a smudge veils (0-1), and by which share of the picture a drop bends the sight (x, y)."""
    g = np.random.default_rng([seed, 2])
    w, h = size[0] // 4, size[1] // 4
    cloud = cv2.resize(fractal(64, 64, 1.6, seed).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    veil = dirt * np.clip(0.12 + 0.22 * cloud, 0, 0.6)
    for _ in range(int(dirt * 40)):
        spot = np.zeros((h, w), np.float32)
        cv2.circle(spot, (int(g.uniform(0, w)), int(g.uniform(0, h))), int(g.uniform(1, 6)), float(g.uniform(0.1, 0.5)), -1)
        veil = np.maximum(veil, cv2.GaussianBlur(spot, (0, 0), 2.5))
    bend = np.zeros((h, w, 2), np.float32)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    for _ in range(drops):
        cx, cy, r = g.uniform(0, w), g.uniform(0, h), g.uniform(4, 11)
        dx, dy = (xx - cx) / r, (yy - cy) / (r * 1.15)
        inside = np.clip(1.2 - np.hypot(dx, dy), 0, 1)
        bend[..., 0] += -dx * inside * 0.05
        bend[..., 1] += -dy * inside * 0.07
        veil = np.maximum(veil, 0.12 * inside)
    return np.dstack([veil, bend])


def puddles(seed, wet):
    """(512, 512) float32, 0-1: how much water lies on a square metre of road, tiling over 16 x 16 m."""
    n = fractal(512, 512, 1.5, seed).astype(np.float32) + 0.35 * fractal(512, 512, 0.7, seed + 1).astype(np.float32)
    return np.clip(wet * (0.55 + 0.45 * np.clip(n, -1, 1.2)), 0, 1)
