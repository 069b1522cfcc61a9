"""Buses."""

import numpy as np

from drawing import grime, paint, person_behind_glass, word
from model import Model
from shapes import box_, cap_, poly_, smax, smin
from skin import AMBER, BLACK, CHROME, DARKGREY, GLASS, HOLE, LAMP, LAMPIN, M, REFL, TAIL, TAILD


def bus(rng, kind, want):
    L, W, H = rng.choice([(7.6, 2.1, 2.8), (9.2, 2.4, 3.15), (11.4, 2.48, 3.4)])
    hw = W / 2
    fy, ry = L / 2, -L / 2
    R = 0.46
    col = rng.choice(
        [(238, 238, 236)] * 2 + [(206, 40, 34), (236, 170, 30), (30, 120, 80), (36, 80, 160), (220, 90, 30)]
    )
    acc = M(rng.choice([(200, 30, 30), (30, 60, 150), (240, 170, 30), (30, 130, 90)]), 0.2, 0.055)
    body = paint(col)
    m = Model('bus', kind, L, W, H, body)
    m.paint = (col,)
    sk = m.skin
    seam = M(tuple(int(v * 0.5) for v in col), 0.6)
    zb = H * 0.40
    wy = (fy - 2.0 if L > 8 else fy - 1.5, ry + (2.6 if L > 8 else 1.9))
    out = [
        (fy - 0.06, 0.3),
        (fy, 0.6),
        (fy - 0.02, zb),
        (fy - 0.18, H - 0.35),
        (fy - 0.36, H - 0.05),
        (fy - 0.8, H),
        (ry + 0.5, H),
        (ry + 0.12, H - 0.1),
        (ry + 0.02, H - 0.6),
        (ry, 0.6),
        (ry + 0.06, 0.34),
    ]

    def sdf(P):
        x, y, z = np.abs(P[:, 0]), P[:, 1], P[:, 2]
        d = smax(
            poly_(y * (1 + 0.16 / L * (x / hw) ** 4), z, out, 2),
            x - (hw - 0.07 * np.clip((z - zb) / (H - zb), 0, 1)),
            0.14,
        )
        for w in wy:
            d = smax(d, -np.maximum(np.hypot(y - w, z - R) - R - 0.06, 0.6 * hw - x), 0.02)
        return d

    m.sdf(sdf, (-hw - 0.1, ry - 0.1, 0.2), (hw + 0.1, fy + 0.1, H + 0.1), 0.055, 6000)
    s, f, r = sk.side, sk.front, sk.rear
    s.poly([(ry, 0.9), (ry + L * 0.3, zb - 0.1), (ry + L * 0.75, 0.5), (ry + L * 0.4, 0.36), (ry, 0.36)], acc)
    s.rect(ry + 0.35, zb + 0.12, fy - 0.55, H - 0.45, BLACK, r=0.12)
    n = int((L - 1) / 1.25)
    for k in range(n):
        y = ry + 0.42 + k * (L - 1.1) / n
        s.rect(y, zb + 0.17, y + (L - 1.1) / n - 0.06, H - 0.50, GLASS, r=0.06)
    s.rect(fy - 1.35, 0.42, fy - 0.55, H - 0.42, BLACK)
    s.rect(fy - 1.30, 0.55, fy - 0.97, H - 0.5, GLASS)
    s.rect(fy - 0.93, 0.55, fy - 0.6, H - 0.5, GLASS)
    s.line([(ry + 0.1, zb), (fy - 0.1, zb)], seam, 0.012)
    s.rect(ry, 0.3, fy, 0.42, DARKGREY)
    [s.line([(y, 0.42), (y, zb)], seam, 0.012) for y in np.arange(ry + 0.4, fy, 1.1)]
    for w in wy:
        s.disc(w, R, R + 0.09, R + 0.09, BLACK)
    word(s, rng.choice(['HÀ NỘI - THÁI NGUYÊN', 'LIMOUSINE', 'XE KHÁCH']), -0.2, zb - 0.24, 0.17, acc)
    grime(s, 1.2)
    zt = H - 0.30
    f.poly([(-hw * 0.96, zb - 0.02), (hw * 0.96, zb - 0.02), (hw * 0.92, zt + 0.16), (-hw * 0.92, zt + 0.16)], BLACK)
    f.poly([(-hw * 0.93, zb + 0.05), (hw * 0.93, zb + 0.05), (hw * 0.89, zt - 0.15), (-hw * 0.89, zt - 0.15)], GLASS)
    q = (zb + zt - 0.15) / 2
    person_behind_glass(f, -hw * 0.5, q - 0.05, 0.24, 0.4, (M((60, 64, 72), 0.04, 0.09), M((66, 54, 46), 0.04, 0.09)))
    person_behind_glass(f, hw * 0.5, q - 0.1, 0.22, 0.36, (M((44, 40, 40), 0.05, 0.09), M((48, 44, 44), 0.05, 0.09)))
    for k in range(3):
        f.rect(
            -hw * 0.3 + k * 0.25, q + 0.05, -hw * 0.3 + k * 0.25 + 0.18, q + 0.25, M((42, 40, 44), 0.05, 0.09), r=0.05
        )
    f.line([(0, zb), (0, zt - 0.12)], BLACK, 0.02)
    f.rect(-hw * 0.6, zt - 0.11, hw * 0.6, zt + 0.10, HOLE)
    word(
        f, rng.choice(['THÁI NGUYÊN', 'MỸ ĐÌNH', 'BẮC KẠN', 'ĐỊNH HÓA']), 0, zt, 0.14, M((255, 170, 40), 0.5, 0.04, 0.5)
    )
    for x in (-hw * 0.75, hw * 0.05):
        f.line([(x, zb), (x + hw * 0.55, zb + 0.16)], BLACK, 0.025)
    f.rect(-hw, 0.2, hw, 0.44, DARKGREY)
    f.rect(-hw * 0.45, zb - 0.30, hw * 0.45, zb - 0.12, BLACK, r=0.05)
    f.line([(-hw * 0.4, zb - 0.21), (hw * 0.4, zb - 0.21)], CHROME, 0.03)
    f.disc(0, zb - 0.21, 0.08, 0.08, CHROME)
    lz = 0.80
    f.poly(
        [(hw * 0.52, lz + 0.10), (hw * 0.97, lz + 0.20), (hw * 0.97, lz - 0.10), (hw * 0.56, lz - 0.10)], BLACK, True
    )
    f.poly(
        [(hw * 0.54, lz + 0.08), (hw * 0.95, lz + 0.17), (hw * 0.95, lz - 0.08), (hw * 0.58, lz - 0.08)], LAMPIN, True
    )
    f.disc(hw * 0.66, lz, 0.07, 0.07, LAMP, True)
    f.disc(hw * 0.82, lz + 0.02, 0.07, 0.07, LAMP, True)
    f.rect(hw * 0.90, lz - 0.06, hw * 0.96, lz + 0.12, AMBER, True)
    f.disc(hw * 0.7, 0.5, 0.06, 0.05, LAMPIN, True)
    f.poly(
        [
            (-hw, zb - 0.08),
            (-hw * 0.5, zb - 0.35),
            (hw * 0.5, zb - 0.35),
            (hw, zb - 0.08),
            (hw, zb - 0.16),
            (hw * 0.5, zb - 0.45),
            (-hw * 0.5, zb - 0.45),
            (-hw, zb - 0.16),
        ],
        acc,
    )
    grime(f, 0.8)
    r.rect(-hw * 0.80, H * 0.58, hw * 0.80, H - 0.38, BLACK, r=0.12)
    r.rect(-hw * 0.76, H * 0.60, hw * 0.76, H - 0.42, GLASS, r=0.10)
    [r.line([(-hw * 0.6, 0.75 + k * 0.07), (hw * 0.6, 0.75 + k * 0.07)], HOLE, 0.03) for k in range(6)]
    r.line([(-hw * 0.84, 0.62), (-hw * 0.84, H * 0.55), (hw * 0.84, H * 0.55), (hw * 0.84, 0.62)], seam, 0.02)
    for k, q in enumerate((TAIL, AMBER, TAILD, M((205, 205, 205), 0.1, 0.1))):
        r.rect(hw * 0.82, 0.70 + k * 0.17, hw * 0.97, 0.85 + k * 0.17, q, True, 0.05)
    r.rect(-hw, 0.2, hw, 0.60, DARKGREY)
    r.rect(-0.35, 0.60, 0.35, 0.84, BLACK)
    [r.rect(x - 0.12, 0.44, x + 0.12, 0.5, REFL) for x in (-hw * 0.8, hw * 0.8)]
    r.rect(-0.25, H - 0.27, 0.25, H - 0.23, TAIL)
    word(r, rng.choice(['HÀ NỘI - THÁI NGUYÊN', 'PHỤC VỤ 24/7', '0912 345 678']), 0, H * 0.52, 0.13, acc)
    grime(r, 1.0)
    m.sdf(
        lambda P: smin(
            smin(
                cap_(P, (hw - 0.1, fy - 0.25, H - 0.22), (hw + 0.10, fy + 0.22, H - 0.30), 0.04),
                cap_(P, (hw + 0.10, fy + 0.22, H - 0.3), (hw + 0.15, fy + 0.26, H - 0.75), 0.035),
                0.05,
            ),
            box_(P, (hw + 0.15, fy + 0.26, H - 0.88), (0.11, 0.06, 0.24), 0.05),
            0.03,
        ),
        (hw - 0.2, fy - 0.35, H - 1.2),
        (hw + 0.35, fy + 0.4, H - 0.1),
        0.025,
        500,
        rng.choice([body, BLACK]),
        True,
    )
    m.box((hw + 0.15, fy + 0.2, H - 0.88), (0.17, 0.02, 0.4), M((90, 98, 104), 0.03, 0.6), True)
    for w in wy:
        for sx in (-1, 1):
            m.wheel(sx * (hw - 0.17), w, R, 0.27, 0.6, M((180, 180, 180), 0.4, 0.2), 8)
    m.box((0, 0, 0.42), (W * 0.8, L * 0.9, 0.1), HOLE)
    m.box((0, ry + 1, H + 0.06), (W * 0.6, 1.2, 0.16), body)
    m.box((0, 1, H + 0.04), (W * 0.5, 1.6, 0.1), M((215, 215, 213)))
    m.plate(want.front, 'front', 0, fy + 0.02, 0.50, 0)
    m.plate(want.rear, 'rear', 0, ry - 0.02, 0.72, 0)
    m.lamps = dict(
        head=[(sx * hw * 0.74, fy, lz) for sx in (-1, 1)], tail=[(sx * hw * 0.9, ry, 0.78) for sx in (-1, 1)]
    )
    return m
