"""Cars: sedan, hatch, suv, pickup, van."""

import numpy as np

from drawing import PAINTS, grime, paint, person_behind_glass, word
from model import Model
from shapes import box_, poly_, smax
from skin import AMBER, BLACK, CHROME, DARKGREY, GLASS, HOLE, LAMP, LAMPIN, M, REFL, TAIL, TAILD

CARS = {  # length, width, wheel base, wheel radius, belt height, outline (y, z), side window, windscreen (y base, y top), rear screen or None
    'sedan': dict(
        L=4.5,
        W=1.78,
        wb=2.62,
        R=0.32,
        belt=0.96,
        H=1.47,
        out=[
            (2.22, 0.24),
            (2.26, 0.5),
            (2.2, 0.70),
            (1.95, 0.80),
            (1.12, 0.96),
            (0.32, 1.40),
            (-0.15, 1.47),
            (-0.8, 1.42),
            (-1.5, 1.09),
            (-2.1, 1.06),
            (-2.23, 0.98),
            (-2.25, 0.5),
            (-2.18, 0.26),
            (-1.7, 0.20),
            (1.8, 0.18),
        ],
        win=[(0.93, 0.99), (0.27, 1.35), (-0.15, 1.40), (-0.78, 1.35), (-1.36, 1.08), (-1.2, 1.0)],
        ws=(1.10, 0.34),
        rs=(-1.47, -0.82),
    ),
    'van': dict(
        L=5.3,
        W=1.9,
        wb=3.1,
        R=0.33,
        belt=1.12,
        H=2.2,
        out=[
            (2.60, 0.26),
            (2.65, 0.55),
            (2.60, 0.86),
            (2.42, 1.05),
            (2.05, 1.22),
            (1.42, 2.02),
            (1.0, 2.18),
            (-1.8, 2.2),
            (-2.45, 2.12),
            (-2.62, 1.6),
            (-2.65, 0.9),
            (-2.64, 0.5),
            (-2.55, 0.28),
            (-2.1, 0.22),
            (2.2, 0.2),
        ],
        win=[(1.86, 1.22), (1.34, 1.9), (0.95, 1.98), (-2.2, 1.98), (-2.42, 1.8), (-2.45, 1.25)],
        ws=(2.02, 1.45),
        rs=None,
    ),
    'hatch': dict(
        L=3.75,
        W=1.66,
        wb=2.42,
        R=0.29,
        belt=0.96,
        H=1.51,
        out=[
            (1.84, 0.24),
            (1.87, 0.5),
            (1.82, 0.74),
            (1.62, 0.84),
            (1.02, 0.98),
            (0.35, 1.42),
            (-0.1, 1.51),
            (-1.1, 1.48),
            (-1.55, 1.40),
            (-1.80, 1.02),
            (-1.87, 0.8),
            (-1.87, 0.45),
            (-1.8, 0.26),
            (-1.4, 0.2),
            (1.5, 0.18),
        ],
        win=[(0.84, 1.0), (0.3, 1.37), (-0.1, 1.43), (-1.0, 1.40), (-1.38, 1.30), (-1.45, 1.06), (-1.2, 1.01)],
        ws=(1.0, 0.37),
        rs=None,
    ),
    'suv': dict(
        L=4.6,
        W=1.85,
        wb=2.7,
        R=0.37,
        belt=1.10,
        H=1.72,
        out=[
            (2.25, 0.34),
            (2.3, 0.6),
            (2.27, 0.90),
            (2.08, 1.0),
            (1.2, 1.12),
            (0.48, 1.61),
            (0, 1.72),
            (-1.5, 1.70),
            (-1.98, 1.62),
            (-2.22, 1.12),
            (-2.3, 0.92),
            (-2.3, 0.5),
            (-2.22, 0.34),
            (-1.8, 0.26),
            (1.9, 0.25),
        ],
        win=[(1.02, 1.14), (0.42, 1.55), (0, 1.62), (-1.5, 1.60), (-1.85, 1.52), (-1.98, 1.2), (-1.7, 1.15)],
        ws=(1.18, 0.5),
        rs=None,
    ),
    'pickup': dict(
        L=5.3,
        W=1.87,
        wb=3.2,
        R=0.39,
        belt=1.16,
        H=1.80,
        out=[
            (2.58, 0.4),
            (2.64, 0.68),
            (2.6, 1.0),
            (2.4, 1.10),
            (1.5, 1.18),
            (0.80, 1.68),
            (0.35, 1.80),
            (-0.55, 1.79),
            (-0.78, 1.70),
            (-0.92, 1.16),
            (-2.50, 1.15),
            (-2.62, 1.13),
            (-2.63, 0.62),
            (-2.5, 0.45),
            (-2.1, 0.36),
            (2.2, 0.32),
        ],
        win=[(1.32, 1.2), (0.74, 1.62), (0.35, 1.70), (-0.5, 1.69), (-0.66, 1.62), (-0.74, 1.22), (-0.4, 1.2)],
        ws=(1.47, 0.82),
        rs=(-0.93, -0.80),
    ),
}


def car(rng, kind, want):
    c = CARS[kind]
    L, W, H, R, wb, belt = c['L'], c['W'], c['H'], c['R'], c['wb'], c['belt']
    col = rng.choice(PAINTS)
    body = paint(col)
    hw = W / 2
    m = Model('car', kind, L, W, H, body)
    m.paint = (col,)
    sk = m.skin
    fy, ry = L / 2, -L / 2
    seam = M(tuple(int(v * 0.35) for v in col), 0.6)
    out, wy = c['out'], (wb / 2 + 0.02, -wb / 2 - 0.02 if kind != 'pickup' else -wb / 2 + 0.05)
    roof = hw * (0.72 if kind in ('sedan', 'hatch') else 0.9 if kind == 'van' else 0.76)

    def sdf(P):
        x, y, z = np.abs(P[:, 0]), P[:, 1], P[:, 2]
        yc = y * (1 + (0.055 if kind != 'pickup' else 0.02) * (x / hw) ** 2)  # ends curved in plan
        d = poly_(yc, z, out, 2)
        wlow = (
            hw
            - 0.10 * np.clip((z - 0.62) / 0.5, -1, 1) ** 2 * 0.5
            - 0.09 * np.clip((np.abs(y) - (fy - 0.85)) / 0.85, 0, 1) ** 2
        )
        for w in wy:
            wlow = wlow + 0.018 * np.exp(-(((y - w) / 0.42) ** 2))
        whi = hw - 0.05 - (hw - 0.05 - roof) * np.clip((z - belt + 0.02) / (H - belt), -0.1, 1.2)
        d = smax(d, x - np.where(z < belt, np.minimum(wlow, hw), np.minimum(whi, wlow)), 0.07)
        for w in wy:
            d = smax(d, -(np.maximum(np.hypot(y - w, z - R) - R - 0.055, 0.52 * hw - x)), 0.012)
        if kind == 'pickup':
            d = smax(d, -box_(P, (0, -1.72, 1.15), (hw - 0.13, 0.74, 0.42), 0.03), 0.02)
        return d

    if kind in ('hatch', 'suv', 'van'):
        m.rear_bias = 2.2
    if kind == 'van':  # nose and windscreen slope by about 45 degrees: below the belt as drawn from the front, above it from the top
        m.front_bias = lambda C: np.where(C[:, 2] < belt, 1.5, 0.5)
    if kind == 'pickup':
        m.inner = (
            lambda C, n: (np.abs(C[:, 0]) < hw - 0.1)
            & (C[:, 1] < -0.88)
            & (C[:, 1] > ry + 0.06)
            & (C[:, 2] < 1.2)
            & (C[:, 2] > 0.6)
            & (n[:, 2] > -0.5)
        )
    m.sdf(sdf, (-hw - 0.1, ry - 0.1, 0.1), (hw + 0.1, fy + 0.1, H + 0.1), 0.026, 9000)
    # side
    s = sk.side
    s.poly(c['win'], BLACK)
    a = np.array(c['win'])
    ctr = a.mean(0)
    g = ctr + (a - ctr) * [0.965, 0.90]
    s.poly(g.tolist(), GLASS)
    for y in ((-0.14, -1.02) if kind != 'pickup' else (0.28, -0.62)):
        s.poly([(y - 0.035, belt), (y + 0.035, belt), (y + 0.02, H), (y - 0.05, H)], BLACK)
    for y in {
        'sedan': (0.95, -0.14, -1.05),
        'hatch': (0.82, -0.14, -0.95),
        'suv': (1.02, -0.12, -1.1),
        'pickup': (1.35, 0.3, -0.7),
        'van': (1.55, 0.6, -0.75),
    }[kind]:
        s.line([(y, 0.34), (y + 0.02, belt), (y - 0.02, belt + 0.04)], seam, 0.012)
    s.line([(fy - 0.7, 0.36), (ry + 0.7, 0.36)], seam, 0.01)
    s.line([(fy - 0.4, belt - 0.14), (ry + 0.2, belt - 0.1)], M(tuple(int(v * 0.8) for v in col), 0.2, 0.05), 0.012)
    for y in ((-0.02, -0.95) if kind != 'pickup' else (0.42, -0.5)):
        s.rect(y - 0.12, belt - 0.12, y + 0.06, belt - 0.085, rng.choice([CHROME, body, seam]), r=0.015)
    s.rect(ry, 0, fy, 0.27 if kind in ('sedan', 'hatch') else 0.38, DARKGREY if kind in ('suv', 'pickup') else seam)
    for w in wy:
        s.disc(w, R, R + 0.075, R + 0.075, BLACK if kind in ('suv', 'pickup') else seam)
    grime(s, 0.7)
    # front
    lz = {'sedan': 0.63, 'hatch': 0.68, 'suv': 0.84, 'pickup': 0.94, 'van': 0.86}[kind]
    f = sk.front
    low = 0.24 if kind in ('sedan', 'hatch') else 0.36
    f.rect(-hw, 0, hw, low, DARKGREY)
    f.rect(-hw * 0.62, low - 0.02, hw * 0.62, low + 0.15, BLACK, r=0.04)
    f.rect(-hw * 0.58, low + 0.01, hw * 0.58, low + 0.12, HOLE, r=0.03)
    gh = 0.11 if kind in ('sedan', 'hatch') else 0.18
    f.poly(
        [(-hw * 0.50, lz + 0.05), (hw * 0.50, lz + 0.05), (hw * 0.40, lz - gh), (-hw * 0.40, lz - gh)],
        rng.choice([CHROME, BLACK]),
    )
    f.poly(
        [
            (-hw * 0.47, lz + 0.035),
            (hw * 0.47, lz + 0.035),
            (hw * 0.38, lz - gh + 0.015),
            (-hw * 0.38, lz - gh + 0.015),
        ],
        HOLE,
    )
    for k in range(3):
        z = lz + 0.01 - k * gh * 0.42
        f.line([(-hw * 0.44, z), (hw * 0.44, z)], rng.choice([CHROME, DARKGREY]), 0.014)
    f.disc(0, lz - gh * 0.3, 0.055, 0.045, CHROME)
    f.poly(
        [
            (hw * 0.48, lz + 0.03),
            (hw * 0.93, lz + 0.12),
            (hw * 0.97, lz + 0.03),
            (hw * 0.86, lz - 0.06),
            (hw * 0.52, lz - 0.05),
        ],
        BLACK,
        True,
    )
    f.poly(
        [
            (hw * 0.50, lz + 0.02),
            (hw * 0.91, lz + 0.10),
            (hw * 0.95, lz + 0.03),
            (hw * 0.85, lz - 0.045),
            (hw * 0.54, lz - 0.035),
        ],
        LAMPIN,
        True,
    )
    f.disc(hw * 0.65, lz + 0.012, 0.05, 0.045, LAMP, True)
    f.disc(hw * 0.80, lz + 0.028, 0.045, 0.042, LAMP, True)
    f.poly([(hw * 0.87, lz + 0.08), (hw * 0.94, lz + 0.04), (hw * 0.90, lz - 0.01)], AMBER, True)
    f.rect(hw * 0.70, low + 0.04, hw * 0.90, low + 0.13, BLACK, True, 0.03)
    f.disc(hw * 0.79, low + 0.085, 0.04, 0.035, LAMPIN, True)
    f.line([(-hw * 0.86, lz + 0.13), (hw * 0.86, lz + 0.13)], seam, 0.012)
    s.poly([(fy + 0.1, lz - 0.05), (fy - 0.12, lz - 0.03), (fy - 0.30, lz + 0.12), (fy - 0.05, lz + 0.14)], LAMPIN)
    grime(f, 0.6)
    # top: windscreen, rear screen, bonnet lines
    t = sk.top
    yb, yt = c['ws']
    wb_, wt_ = hw * 0.84, roof * 0.90
    t.poly([(yb, -wb_), (yb, wb_), (yt, wt_), (yt, -wt_)], BLACK)
    t.poly(
        [(yb - 0.03, -wb_ + 0.04), (yb - 0.03, wb_ - 0.04), (yt + 0.03, wt_ - 0.03), (yt + 0.03, -wt_ + 0.03)], GLASS
    )
    seat = (M((26, 26, 28), 0.04, 0.09), M((29, 29, 31), 0.04, 0.09))
    drv = (M(rng.choice([(50, 52, 56), (42, 32, 31), (30, 34, 46)]), 0.04, 0.09), M((60, 48, 42), 0.04, 0.09))
    q = (yb + yt) / 2
    person_behind_glass(t, q + 0.04, -0.36, 0.2, 0.24, seat, True)
    person_behind_glass(t, q + 0.04, 0.36, 0.21, 0.27, drv, True)  # v = -x: the driver sits left
    t.line([(yb - 0.02, -0.5), (yb - 0.12, 0.25)], BLACK, 0.02)
    t.line([(yb - 0.02, 0.05), (yb - 0.14, 0.62)], BLACK, 0.02)
    t.rect(yt + 0.10, -0.06, yt + 0.2, 0.06, BLACK)
    crease = M(tuple(int(q * 0.82) for q in col), 0.2, 0.05)
    t.line([(fy - 0.15, -hw * 0.6), (yb + 0.05, -hw * 0.80)], crease, 0.01)
    t.line([(fy - 0.15, hw * 0.6), (yb + 0.05, hw * 0.80)], crease, 0.01)
    if c['rs']:
        y0, y1 = c['rs']
        t.poly([(y0, -wb_ * 0.9), (y0, wb_ * 0.9), (y1, wt_ * 0.98), (y1, -wt_ * 0.98)], GLASS)
        for sx in (-0.36, 0.36):
            t.disc(y1 - 0.1, sx, 0.10, 0.14, M((34, 34, 36), 0.05, 0.09))
    if kind in ('suv',):
        t.line([(-1.6, hw * 0.62), (0.1, hw * 0.62)], CHROME, 0.03)
        t.line([(-1.6, -hw * 0.62), (0.1, -hw * 0.62)], CHROME, 0.03)
    # rear
    r = sk.rear
    r.rect(-hw, 0, hw, low + 0.04, DARKGREY)
    r.line([(-hw, low + 0.30), (hw, low + 0.30)], seam, 0.014)
    for x in (-hw * 0.78, hw * 0.78):
        r.rect(x - 0.09, low + 0.07, x + 0.09, low + 0.12, REFL, r=0.02)
    tz = {'sedan': 0.86, 'hatch': 0.92, 'suv': 1.02, 'pickup': 0.92, 'van': 1.1}[kind]
    th = 0.10 if kind == 'sedan' else 0.15 if kind != 'pickup' else 0.2
    tw = hw * 0.46 if kind == 'sedan' else hw * 0.66
    r.poly([(tw, tz + th * 0.8), (hw, tz + th), (hw, tz - th), (tw + 0.05, tz - th * 0.8)], TAILD, True)
    r.poly([(tw + 0.03, tz + th * 0.6), (hw, tz + th * 0.8), (hw, tz + 0.01), (tw + 0.06, tz)], TAIL, True)
    r.rect(hw * 0.78, tz - th * 0.55, hw * 0.92, tz - th * 0.2, AMBER, True)
    r.rect(
        hw * 0.66 if kind == 'sedan' else hw * 0.72,
        tz - th * 0.55,
        hw * 0.78,
        tz - th * 0.2,
        M((205, 205, 205), 0.1, 0.1),
        True,
    )
    s.poly([(ry - 0.1, tz + th), (ry + 0.30, tz + th * 0.8), (ry + 0.22, tz - th * 0.6), (ry - 0.1, tz - th)], TAILD)
    if not c['rs']:
        z0, z1 = belt + 0.06, H - 0.10
        r.poly([(-hw * 0.80, z0), (hw * 0.80, z0), (roof * 0.92, z1), (-roof * 0.92, z1)], BLACK)
        r.poly(
            [(-hw * 0.76, z0 + 0.03), (hw * 0.76, z0 + 0.03), (roof * 0.87, z1 - 0.02), (-roof * 0.87, z1 - 0.02)],
            GLASS,
        )
        r.line([(0, z0 + 0.01), (-0.35, z0 + 0.10)], BLACK, 0.025)
        r.rect(-0.2, H - 0.085, 0.2, H - 0.065, TAIL)
        for sx in (-0.36, 0.36):
            r.disc(sx, z1 - 0.16, 0.12, 0.09, M((36, 36, 38), 0.05, 0.09))
    pz = {'sedan': 0.74, 'hatch': 0.80, 'suv': 0.86, 'pickup': 0.62, 'van': 0.78}[kind]
    if kind != 'pickup':
        r.rect(-0.34, pz - 0.12, 0.34, pz + 0.13, seam, r=0.03)
        r.rect(-0.3, pz + 0.125, 0.3, pz + 0.155, CHROME)
    else:
        r.rect(-hw * 0.9, 1.155, hw * 0.9, 1.27, BLACK)
        r.poly([(-hw * 0.74, 1.24), (hw * 0.74, 1.24), (roof * 0.86, H - 0.16), (-roof * 0.86, H - 0.16)], GLASS)
        r.line([(-hw * 0.7, low + 0.32), (-hw * 0.7, 1.1)], seam, 0.014)
        r.line([(hw * 0.7, low + 0.32), (hw * 0.7, 1.1)], seam, 0.014)
        r.rect(-0.12, 0.9, 0.12, 0.97, BLACK)
        r.rect(-hw * 0.95, low, hw * 0.95, low + 0.2, CHROME, r=0.03)
    word(
        r,
        rng.choice(['VX', '2.0', 'GT', '1.5G', 'LUX']),
        hw * 0.45,
        pz + (0.17 if kind == 'sedan' else 0.19),
        0.045,
        CHROME,
    )
    word(
        r,
        rng.choice(['RIVA', 'SONCA', 'TERRA', 'MIRAI']),
        -hw * 0.45,
        pz + (0.17 if kind == 'sedan' else 0.19),
        0.045,
        CHROME,
    )
    r.disc(0, min(pz + 0.22, belt - 0.03), 0.05, 0.045, CHROME)
    grime(r, 0.7)
    # bits
    my, mz = c['ws'][0] - 0.32, belt + 0.08
    m.sdf(
        lambda P: box_(P, (hw + 0.09, my, mz), (0.105, 0.06, 0.075), 0.05),
        (hw - 0.05, my - 0.1, mz - 0.12),
        (hw + 0.25, my + 0.1, mz + 0.12),
        0.012,
        260,
        body,
        True,
    )
    m.box((hw + 0.09, my - 0.055, mz), (0.16, 0.02, 0.11), M((90, 98, 104), 0.03, 0.6), True)
    m.box((hw - 0.02, my + 0.02, mz - 0.06), (0.12, 0.04, 0.03), BLACK, True)
    alloy = M(rng.choice([(165, 167, 170), (120, 122, 126), (52, 53, 55)]), 0.3, 0.35)
    for y in wy:
        for sx in (-1, 1):
            m.wheel(sx * (hw - 0.13), y, R, 0.21, 0.64, alloy, rng.choice([5, 7, 10]))
    m.box((0, 0, 0.26), (W * 0.7, L * 0.8, 0.1), HOLE)
    if kind != 'pickup':
        m.tube((hw * 0.55, ry + 0.15, low + 0.0), (hw * 0.55, ry - 0.01, low), 0.03, CHROME)
    ytip = lambda x, z, sg: max(
        (y for y in np.arange(0, fy + 0.15, 0.01) if sdf(np.array([[x, sg * y, z]]))[0] < 0), default=fy
    )
    z = low + 0.11
    m.plate(want.front, 'front', 0, max(ytip(0, z + dz, 1) for dz in (-0.06, 0, 0.06)) + 0.015, z, 0)
    m.plate(want.rear, 'rear', 0, -ytip(0, pz, -1) - 0.016, pz, 6 if kind in ('sedan', 'hatch') else 0)
    m.lamps = dict(
        head=[(sx * hw * 0.72, fy - 0.05, lz) for sx in (-1, 1)],
        tail=[(sx * hw * 0.85, ry + 0.05, tz) for sx in (-1, 1)],
    )
    return m
