"""Light baked into a vehicle once: what each vertex sees of the sky and of the lit ground, and what the ground near it loses."""

import math

import cv2
import numpy as np
from embreex import rtcore_scene as rtcs
from embreex.mesh_construction import TriangleMesh


def bake(model, rays=48):
    """Per vertex: share of the sky seen (up) and of the lit ground seen (down). Then how much sky the ground near the vehicle loses."""
    sc = rtcs.EmbreeScene()
    TriangleMesh(sc, model.V[model.F].astype(np.float32))
    g = np.random.default_rng(0)
    key, inv = np.unique(np.round(np.hstack([model.V, model.N * 0.5]), 3), axis=0, return_inverse=True)
    inv = inv.ravel()
    P, N = key[:, :3], key[:, 3:] * 2
    N = N / (np.linalg.norm(N, axis=1)[:, None] + 1e-9)
    up, dn, cu, cd = (np.zeros(len(P)) for _ in range(4))
    hx, hy = model.size[1] / 2, model.size[0] / 2
    for _ in range(rays):
        d = g.normal(0, 1, P.shape)
        d /= np.linalg.norm(d, axis=1)[:, None]
        d = d + N * 1.001
        d /= np.linalg.norm(d, axis=1)[:, None] + 1e-9
        free = sc.run((P + N * 0.012 + d * 0.004).astype(np.float32), d.astype(np.float32), query='OCCLUDED') != 0
        u = d[:, 2] > 0
        cu += u
        up += u & free
        t = np.where(u, 0, -P[:, 2] / np.minimum(d[:, 2], -1e-3))
        gx, gy = np.abs(P[:, 0] + d[:, 0] * t) - hx, np.abs(P[:, 1] + d[:, 1] * t) - hy
        lit = np.clip(0.15 + np.hypot(np.maximum(gx, 0), np.maximum(gy, 0)) / 1.2, 0, 1) * np.where(
            (gx < 0) & (gy < 0), 0.35, 1
        )
        cd += ~u
        dn += (~u) * free * lit
    up, dn = np.where(cu > 3, up / np.maximum(cu, 1), 1), np.where(cd > 3, dn / np.maximum(cd, 1), 0.6)
    model.ao = np.stack([up, dn], 1)[inv.ravel()]
    m = 1.2
    nx, ny = int((2 * hx + 2 * m) / 0.09), int((2 * hy + 2 * m) / 0.09)
    X, Y = np.meshgrid(np.linspace(-hx - m, hx + m, nx), np.linspace(-hy - m, hy + m, ny))
    G = np.stack([X.ravel(), Y.ravel(), np.full(X.size, 0.004)], 1)
    acc = np.zeros(len(G))
    for _ in range(64):
        r, a = np.sqrt(g.random(len(G))), g.random(len(G)) * 2 * math.pi
        d = np.stack([r * np.cos(a), r * np.sin(a), np.sqrt(1 - r * r)], 1)
        acc += sc.run(G.astype(np.float32), d.astype(np.float32), query='OCCLUDED') != 0
    model.ground = cv2.GaussianBlur((acc / 64).reshape(ny, nx).astype(np.float32), (0, 0), 0.8)
    model.ground_half = (hx + m, hy + m)
