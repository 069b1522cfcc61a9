"""Albedo of the road as a picture: wheel tracks, patches, cracks, dust, worn markings."""

import math

import numpy as np


def fractal(h, w, beta, seed, lo=0):
    """Noise with a 1/f^beta spectrum, mean 0, deviation 1 (tiles)."""
    g = np.random.default_rng(seed)
    f = np.hypot(np.fft.fftfreq(h)[:, None] * max(h, w), np.fft.rfftfreq(w)[None] * max(h, w))
    f[0, 0] = 1
    a = np.where(f >= max(lo, 0.5), f**-beta, 0)
    n = np.fft.irfft2(a * np.exp(2j * np.pi * g.random(f.shape)), s=(h, w))
    return (n - n.mean()) / n.std()


LENGTH, START = 112, -12.0  # metres along the road, and the y of its first row
ACROSS, ALONG = 160, 60  # pixels a metre


def road_picture(cam):
    """Linear albedo (h, w, 3), 0-1: x from kerb to kerb, rows from y = START upwards."""
    seed, hw, cl = cam.seed, cam.road_half, cam.car_lane
    ml = (cam.car_lane + cam.moto_lane) / 2 + 0.1  # between the car lane and the motorbikes' strip
    length, px, py = LENGTH, ACROSS, ALONG
    w, h = int(2 * hw * px), length * py
    X = np.linspace(-hw, hw, w)[None]
    Y = np.linspace(-12, length - 12, h)[:, None]
    a = 0.105 + 0.010 * fractal(h, w, 0.35, seed) + 0.012 * fractal(h, w, 1.3, seed + 1)
    for c in (-cl, cl):  # polished, darker wheel tracks and an oil stripe between them
        for d in (-0.75, 0.75):
            a = a * (
                1
                - 0.13 * np.exp(-(((X - c - d) / 0.28) ** 2)) * (1 + 0.3 * np.clip(fractal(h, w, 1.6, seed + 2), -1, 1))
            )
        a = a * (1 - 0.20 * np.exp(-(((X - c) / 0.22) ** 2)))
    a += 0.03 * np.clip((np.abs(X) - hw + 0.9) / 1, 0, 1) * (1 + 0.5 * fractal(h, w, 1.2, seed + 3))  # dust by the kerb
    g = np.random.default_rng(seed)
    for _ in range(9):  # repair patches
        x0, y0, ww, hh = g.uniform(-hw, hw - 1), g.uniform(0, 90), g.uniform(0.6, 2.2), g.uniform(0.8, 7)
        e = 0.04 * fractal(h, 1, 1.2, int(g.integers(1e6)))
        m = (X > x0 + e) & (X < x0 + ww + e) & (Y > y0) & (Y < y0 + hh)
        a = np.where(m, a * g.uniform(0.72, 1.18), a)
    for k in range(26):  # cracks, tar seams: random walks
        x, y, ang = g.uniform(-hw, hw), g.uniform(2, 80), g.choice([0, math.pi / 2]) + g.normal(0, 0.3)
        tar = k % 4 == 0
        for _ in range(int(g.uniform(150, 900))):
            ang += g.normal(0, 0.09) - 0.02 * math.sin(2 * ang)
            x += math.cos(ang) * 0.02
            y += math.sin(ang) * 0.025
            i, j = int((y + 12) * py), int((x + hw) * px)
            if 0 <= i < h - 1 and 2 < j < w - 4:
                a[i : i + 1 + tar, j : j + (3 if tar else 1)] *= 0.72 if tar else 0.7
    for _ in range(260):  # drips, gum, small stones
        i, j, r = int(g.uniform(0, h - 9)), int(g.uniform(0, w - 9)), int(g.uniform(1, 5))
        a[i : i + max(1, r // 2), j : j + r] *= g.uniform(0.6, 1.25)
    col = np.stack([a * 1.03, a, a * 0.95], -1)
    wear = fractal(h, w, 0.9, seed + 5) + 0.5 * fractal(h, w, 0.2, seed + 6)

    def paint(mask, rgb, amount):
        m = mask * np.clip((amount - wear) * 1.6 + 0.5, 0, 1) * 0.92
        col[:] = (
            col * (1 - m[..., None]) + np.array(rgb) * m[..., None] * (0.93 + 0.05 * np.clip(wear, -1, 1))[..., None]
        )

    paint((np.abs(np.abs(X) - 0.14) < 0.065) * np.ones_like(Y), (0.62, 0.45, 0.07), 1.1)  # double yellow centre line
    paint(
        (np.abs(np.abs(X) - ml) < 0.05) * (np.mod(Y, 6) < 2.2), (0.62, 0.62, 0.58), 0.9
    )  # dashed: car lane / motorbike lane
    paint((np.abs(np.abs(X) - hw + 0.2) < 0.06) * np.ones_like(Y), (0.62, 0.62, 0.58), 0.7)  # edge line
    stop = np.abs(Y - 42) < 0.2
    paint(stop * (X < -0.3), (0.62, 0.62, 0.58), 0.8)
    for k in range(8):
        paint(
            (np.abs(X - (-hw + 0.5 + k * 1.0)) < 0.25) * (np.abs(Y - 45.5) < 1.5), (0.62, 0.62, 0.58), 0.5
        )  # zebra crossing
    for s in (-1, 1):  # arrows, seen in perspective: long
        cx, cy = s * cl, 27.0
        d = (Y - cy) * s
        shaft = (np.abs(X - cx) < 0.08) * (d > -2.2) * (d < 0.6)
        head = (np.abs(X - cx) < 0.38 * (1 - (d - 0.6) / 1.6)) * (d >= 0.6) * (d < 2.2)
        paint(np.clip(shaft + head, 0, 1), (0.62, 0.62, 0.58), 0.75)
    return np.clip(col, 0.01, 0.8)
