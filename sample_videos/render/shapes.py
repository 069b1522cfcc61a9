"""Signed distance functions, from which bodies are meshed: P is points (n, 3) in metres, the result (n,) is negative inside."""

import numpy as np


def smin(a, b, k):
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def smax(a, b, k):
    return -smin(-a, -b, k)


def box_(P, c, half, r=0.02):
    q = np.abs(P - np.array(c)) - (np.array(half) - r)
    return np.linalg.norm(np.maximum(q, 0), axis=1) + np.minimum(q.max(1), 0) - r


def ell_(P, c, rad):
    q = (P - np.array(c)) / np.array(rad)
    k = np.linalg.norm(q, axis=1)
    return (k - 1) * min(rad) * np.clip(k, 0.6, 1.2)


def cap_(P, a, b, ra, rb=None):
    """Limb from a to b, radius ra to rb."""
    a, b = np.array(a, float), np.array(b, float)
    rb = ra if rb is None else rb
    t = np.clip((P - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    return np.linalg.norm(P - a - t[:, None] * (b - a), axis=1) - (ra + (rb - ra) * t)


def cyl_(P, c, r, half):
    """Cylinder along x."""
    return np.maximum(np.hypot(P[:, 1] - c[1], P[:, 2] - c[2]) - r, np.abs(P[:, 0] - c[0]) - half)


def poly_(U, V, pts, smooth=2):
    """Distance to a closed outline, its corners cut `smooth` times."""
    p = np.array(pts, float)
    for _ in range(smooth):
        q = np.roll(p, -1, 0)
        p = np.stack([0.78 * p + 0.22 * q, 0.22 * p + 0.78 * q], 1).reshape(-1, 2)
    d = np.full(U.shape, 1e9)
    s = np.ones(U.shape)
    for (ax, ay), (bx, by) in zip(p, np.roll(p, -1, 0)):
        ex, ey, wx, wy = bx - ax, by - ay, U - ax, V - ay
        t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey + 1e-12), 0, 1)
        d = np.minimum(d, (wx - ex * t) ** 2 + (wy - ey * t) ** 2)
        c1, c2, c3 = V >= ay, V < by, ex * wy > ey * wx
        s = np.where((c1 & c2 & c3) | (~c1 & ~c2 & ~c3), -s, s)
    return s * np.sqrt(d)
