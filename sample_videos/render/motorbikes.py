"""Motorbikes: wave (underbone) and scooter, with rider."""

import math

import numpy as np

from drawing import paint, word
from model import Model
from riders import rider
from shapes import box_, cap_, cyl_, ell_, poly_, smax, smin
from skin import AMBER, BLACK, CHROME, DARKGREY, LAMP, LAMPIN, M, RUBBER, STEEL, TAIL, TAILD


def arc(y0, z0, r, a0, a1, half, thick):
    """Mud guard: a strip at radius r about a wheel's axle; angles in degrees from straight ahead (+y) over the top."""

    def fn(P):
        a = np.degrees(np.arctan2(P[:, 2] - z0, P[:, 1] - y0))
        a = np.where(a < -90, a + 360, a)
        d = np.abs(np.hypot(P[:, 1] - y0, P[:, 2] - z0) + 0.35 * P[:, 0] ** 2 / half - r) - thick
        return smax(smax(d, np.abs(P[:, 0]) - half, 0.012), np.maximum(a - a1, a0 - a) * math.pi / 180 * r, 0.01)

    return fn


def rain_cape(m, rng):
    """A cape over rider and knees, as worn in every shower."""
    colour = rng.choice([(40, 74, 150), (196, 170, 40), (150, 60, 96), (60, 120, 84), (120, 124, 132)])

    def cloth(P):
        x, y, z = P[:, 0], P[:, 1] + 0.12, P[:, 2]
        s = np.clip((1.46 - z) / 0.74, 0, 1)
        wave = 0.02 * np.sin(np.arctan2(y, x) * 9 + 3 * z) * s
        wide, front, back = 0.20 + 0.24 * s**0.8, 0.17 + 0.36 * s, 0.19 + 0.40 * s
        d = (np.hypot(x / wide, y / np.where(y > 0, front, back)) - 1) * 0.3 + wave
        return smax(smax(d, z - 1.46, 0.08), 0.72 + 0.05 * np.sin(x * 11) - z, 0.02)

    m.sdf(cloth, (-0.55, -0.85, 0.6), (0.55, 0.55, 1.55), 0.035, 1800, M(colour, 0.35, 0.06), tag=1)


def moto(rng, kind, want):
    """Underbone ('wave') or scooter, with rider, sometimes passenger or box."""
    scooter = kind == 'scooter'
    L, W, H = 1.95, 0.75, 1.15
    R = 0.285 if not scooter else 0.265
    col = rng.choice(
        [
            (22, 23, 26),
            (26, 27, 30),
            (128, 18, 22),
            (150, 24, 26),
            (214, 214, 212),
            (24, 44, 92),
            (90, 94, 100),
            (52, 54, 58),
            (96, 24, 40),
            (150, 150, 152),
        ]
    )
    body = paint(col)
    trim = rng.choice([BLACK, BLACK, DARKGREY, STEEL])
    m = Model('motorcycle', kind, L, W, H, body)
    sk = m.skin
    s, f, r = sk.side, sk.front, sk.rear
    fy, ry = 0.62, -0.62
    spk = M((150, 151, 154), 0.3, 0.4) if not scooter else M((60, 61, 64), 0.3, 0.3)
    plastic = M((20, 20, 22), 0.45)
    # drawn looks of the coloured panels
    s.rect(-1, 0, 1, 0.52, plastic)
    s.poly([(-0.85, 0.70), (-0.3, 0.60), (0.1, 0.56), (0.1, 0.53), (-0.35, 0.53)], trim)
    s.line([(-0.80, 0.735), (-0.2, 0.66)], M((190, 190, 188), 0.3), 0.012)
    s.line([(-0.2, 0.66), (0.1, 0.60)], TAILD, 0.012)
    word(s, rng.choice(['LEO 110', 'SIRA', 'VISO', 'FUTA 125']), -0.42, 0.64, 0.035, M((205, 205, 200), 0.3))
    s.poly([(0.30, 0.5), (0.42, 0.9), (0.36, 0.95), (0.24, 0.6)], trim)
    f.poly([(-0.05, 0.95), (0.05, 0.95), (0.085, 0.62), (0.03, 0.44), (-0.03, 0.44), (-0.085, 0.62)], trim)
    f.line([(-0.19, 0.86), (-0.08, 0.58)], M((190, 190, 188), 0.3), 0.01, True)
    f.rect(-0.4, 0, 0.4, 0.44, plastic)
    f.poly([(0.09, 0.78), (0.19, 0.86), (0.20, 0.78), (0.11, 0.70)], BLACK, True)
    f.disc(0, 0.88, 0.025, 0.025, CHROME)
    r.rect(-0.4, 0, 0.4, 0.50, plastic)
    r.poly([(-0.05, 0.7), (0.05, 0.7), (0.07, 0.5), (-0.07, 0.5)], BLACK)

    def wheel(y, w):
        sp = (y, R)
        t = [(math.cos(a) * w / 2, R - w * 0.52 + math.sin(a) * w * 0.52) for a in np.linspace(-0.6, math.pi + 0.6, 9)]
        m.lathe(t, 'x', (0, y, R), RUBBER, 28, sp)
        m.lathe(
            [(-0.022, R - w * 0.75), (-0.03, R - w * 1.1), (0.03, R - w * 1.1), (0.022, R - w * 0.75)],
            'x',
            (0, y, R),
            spk,
            24,
            sp,
        )
        m.lathe(
            [(-0.05, 0.001), (-0.05, 0.05), (0.05, 0.05), (0.05, 0.001)],
            'x',
            (0, y, R),
            M((90, 90, 92), 0.4, 0.3),
            12,
            sp,
        )
        for k in range(9 if not scooter else 5):
            a = k * 6.283 / (9 if not scooter else 5)
            m.tube(
                (0, y + 0.04 * math.cos(a), R + 0.04 * math.sin(a)),
                (0, y + (R - w) * math.cos(a), R + (R - w) * math.sin(a)),
                0.008 if not scooter else 0.02,
                spk,
                seg=5,
            )
        m.lathe([(0.04, 0.06), (0.045, 0.11)], 'x', (0, y, R), M((140, 140, 142), 0.3, 0.5), 16, sp, False)

    wheel(fy, 0.085 if not scooter else 0.10)
    wheel(ry, 0.105 if not scooter else 0.12)
    # rear: guard over the wheel, tongue with the plate, lamp cluster
    m.sdf(
        arc(ry, R, R + 0.05, 60, 178, 0.095 if not scooter else 0.11, 0.013),
        (-0.16, ry - 0.42, R - 0.1),
        (0.16, ry + 0.25, R + 0.42),
        0.013,
        900,
        plastic,
    )
    pz = rng.choice([0.50, 0.55, 0.58])
    low = rng.choice([0.26, 0.34, 0.42]) if pz > 0.5 else rng.choice([0.26, 0.34])
    tm, th = (0.60 + low) / 2, (0.60 - low) / 2
    m.sdf(
        lambda P: smin(
            box_(P, (0, -0.80, 0.62), (0.085, 0.14, 0.07), 0.03),
            box_(P - np.outer(P[:, 2] - 0.42, (0, 0.25, 0)), (0, -0.955, tm), (0.075, 0.012, th), 0.012),
            0.05,
        ),
        (-0.15, -1.1, 0.2),
        (0.15, -0.6, 0.74),
        0.013,
        600,
        plastic,
    )
    tz = 0.735
    if scooter:
        bodyfn = lambda P: smax(
            smin(
                smax(
                    ell_(P, (0, -0.40, 0.66), (0.195, 0.56, 0.21)),
                    np.abs(P[:, 0]) - (0.185 - 0.10 * np.clip((-0.35 - P[:, 1]) / 0.5, 0, 1)),
                    0.05,
                ),
                ell_(P, (0, -0.74, 0.72), (0.12, 0.18, 0.075)),
                0.05,
            ),
            P[:, 2] - 0.80,
            0.03,
        )
    else:
        bodyfn = lambda P: smin(
            smin(
                cap_(P, (0, -0.05, 0.60), (0, -0.66, 0.72), 0.105, 0.08),
                box_(P, (0, -0.33, 0.58), (0.13, 0.26, 0.10), 0.05),
                0.06,
            ),
            cap_(P, (0, -0.55, 0.70), (0, -0.82, 0.755), 0.095, 0.06),
            0.05,
        )
    m.sdf(bodyfn, (-0.26, -1.0, 0.3), (0.26, 0.2, 0.95), 0.016, 1800, 'skin')
    m.sdf(
        lambda P: smin(
            box_(P, (0, -0.14, 0.765), (0.125, 0.28, 0.04), 0.035),
            box_(P, (0, -0.52, 0.805), (0.115, 0.24, 0.045), 0.04),
            0.03,
        ),
        (-0.2, -0.85, 0.68),
        (0.2, 0.25, 0.95),
        0.015,
        700,
        M((24, 24, 26), 0.55),
    )
    m.sdf(
        lambda P: smax(ell_(P, (0, -0.865, tz), (0.105, 0.075, 0.058)), -(P[:, 1] + 0.80) * -1, 0.01),
        (-0.14, -0.98, tz - 0.08),
        (0.14, -0.76, tz + 0.08),
        0.01,
        420,
        TAIL,
    )
    m.box((0, -0.93, tz - 0.035), (0.12, 0.03, 0.018), CHROME)
    m.sdf(
        lambda P: ell_(P, (0.135, -0.835, tz - 0.01), (0.042, 0.05, 0.03)),
        (0.05, -0.93, tz - 0.07),
        (0.22, -0.75, tz + 0.06),
        0.01,
        200,
        AMBER,
        True,
    )
    m.tube((0.05, -0.82, tz - 0.01), (0.12, -0.83, tz - 0.01), 0.016, plastic, True)
    m.tube((0.115, -0.42, 0.81), (0.12, -0.72, 0.85), 0.014, STEEL, True)
    m.tube((0.12, -0.72, 0.85), (0.07, -0.87, 0.865), 0.014, STEEL, True)
    m.tube((-0.07, -0.87, 0.865), (0.07, -0.87, 0.865), 0.014, STEEL)  # grab rail
    m.plate('moto', 'rear', 0, -1.005 + 0.25 * (pz - 0.43), pz, 14, BLACK)
    # right: exhaust with heat shield; left: chain case or belt drive; dampers, swing arm, engine, pegs, stand
    ex = 0.05 if not scooter else 0.065
    m.tube((0.15, -0.16, 0.27), (0.18, -0.84, 0.37), ex, M((46, 46, 48), 0.4, 0.15), r2=ex * 1.12, seg=14)
    m.tube((0.18, -0.84, 0.37), (0.182, -0.875, 0.375), ex * 1.12, STEEL, r2=0.03, seg=14)
    m.sdf(
        lambda P: cap_(P, (0.20, -0.36, 0.335), (0.215, -0.68, 0.38), 0.048),
        (0.12, -0.8, 0.26),
        (0.29, -0.25, 0.45),
        0.013,
        300,
        rng.choice([CHROME, STEEL, BLACK]),
    )
    m.tube((0.10, 0.12, 0.25), (0.15, -0.18, 0.27), 0.022, CHROME)
    if scooter:
        m.sdf(
            lambda P: smin(
                box_(P, (-0.135, -0.30, 0.30), (0.05, 0.36, 0.10), 0.05),
                box_(P, (-0.15, -0.46, 0.43), (0.05, 0.17, 0.07), 0.03),
                0.03,
            ),
            (-0.25, -0.75, 0.15),
            (-0.05, 0.1, 0.55),
            0.018,
            500,
            M((62, 63, 66), 0.4, 0.15),
        )
    else:
        m.box((-0.10, -0.36, 0.30), (0.05, 0.56, 0.10), DARKGREY, r=0.02)
    m.tube((0.115, -0.61, 0.33), (0.12, -0.50, 0.66), 0.026, BLACK, True, 10)
    m.tube((0.115, -0.61, 0.33), (0.118, -0.55, 0.50), 0.038, rng.choice([M((150, 34, 26)), STEEL, BLACK]), True, 10)
    m.tube((0.085, -0.10, 0.32), (0.085, -0.64, R), 0.026, STEEL, True)
    m.sdf(
        lambda P: smin(
            box_(P, (0, 0.06, 0.33), (0.11, 0.18, 0.11), 0.04),
            smin(cyl_(P, (0, 0.0, 0.33), 0.11, 0.17), box_(P, (0, 0.26, 0.40), (0.07, 0.12, 0.06), 0.02), 0.03),
            0.03,
        ),
        (-0.22, -0.25, 0.15),
        (0.22, 0.45, 0.55),
        0.02,
        700,
        M((84, 85, 88), 0.45, 0.2),
    )
    m.tube((0.06, 0.05, 0.25), (0.29, 0.05, 0.27), 0.02, RUBBER, True)
    m.tube((0.06, -0.28, 0.30), (0.25, -0.30, 0.31), 0.018, RUBBER, True)
    m.tube((-0.09, -0.05, 0.2), (-0.19, -0.35, 0.12), 0.014, BLACK)
    # front: fork, guard, apron or leg shield, cowl with lamp, bars, levers, mirrors
    if not scooter:
        m.sdf(
            lambda P: smin(
                cap_(P, (0, 0.46, 0.93), (0, 0.565, 0.64), 0.088, 0.055),
                box_(P, (0, 0.47, 0.84), (0.12, 0.05, 0.06), 0.04),
                0.05,
            ),
            (-0.2, 0.3, 0.5),
            (0.2, 0.7, 1.1),
            0.014,
            600,
            'skin',
        )  # nose over the fork
    m.tube((0.08, fy, R), (0.08, 0.46, 0.78), 0.024, STEEL, True)
    m.tube((0.085, fy, R), (0.083, 0.54, 0.50), 0.038, plastic, True)
    m.sdf(
        arc(fy, R, R + 0.045, 15, 165, 0.072, 0.012),
        (-0.11, fy - 0.42, R - 0.05),
        (0.11, fy + 0.42, R + 0.42),
        0.013,
        800,
        body,
    )
    m.sdf(
        lambda P: box_(P, (0.07, fy, R + 0.14), (0.018, 0.07, 0.13), 0.015),
        (0.03, fy - 0.1, R - 0.02),
        (0.11, fy + 0.1, R + 0.3),
        0.013,
        160,
        body,
        True,
    )
    out = (
        [
            (-0.15, 0.36),
            (-0.075, 0.585),
            (0.075, 0.585),
            (0.15, 0.36),
            (0.20, 0.56),
            (0.235, 0.80),
            (0.19, 0.97),
            (-0.19, 0.97),
            (-0.235, 0.80),
            (-0.20, 0.56),
        ]
        if scooter
        else [
            (-0.06, 0.30),
            (0.06, 0.30),
            (0.13, 0.40),
            (0.215, 0.52),
            (0.20, 0.78),
            (0.12, 0.96),
            (-0.12, 0.96),
            (-0.20, 0.78),
            (-0.215, 0.52),
            (-0.13, 0.40),
        ]
    )
    m.sdf(
        lambda P: smax(
            poly_(P[:, 0], P[:, 2], out, 2),
            np.abs(
                P[:, 1]
                - (
                    (0.56 if scooter else 0.44)
                    - (0.28 if scooter else 0.18) * (P[:, 2] - 0.4) / 0.6
                    - 2.2 * P[:, 0] ** 2
                    + 0.10 * np.exp(-((P[:, 0] / 0.06) ** 2))
                )
            )
            - 0.035,
            0.025,
        ),
        (-0.3, 0.05, 0.25),
        (0.3, 0.72, 1.05),
        0.014,
        1800,
        'skin',
    )
    m.sdf(
        lambda P: (
            smin(
                cap_(P, (0, 0.28, 0.60), (0, -0.05, 0.56), 0.075, 0.07),
                box_(P, (0, 0.20, 0.66), (0.15, 0.03, 0.26), 0.03),
                0.03,
            )
            if not scooter
            else smin(
                box_(P, (0, 0.05, 0.31), (0.18, 0.30, 0.045), 0.03),
                box_(P, (0, 0.23, 0.64), (0.18, 0.035, 0.30), 0.03),
                0.05,
            )
        ),
        (-0.25, -0.3, 0.22),
        (0.25, 0.45, 1.0),
        0.02,
        700,
        plastic,
    )
    hz = 0.99
    m.sdf(
        lambda P: smin(
            smin(
                ell_(P, (0, 0.42, hz), (0.135, 0.12, 0.095)),
                cap_(P, (-0.2, 0.35, hz + 0.03), (0.2, 0.35, hz + 0.03), 0.038),
                0.06,
            ),
            box_(P, (0, 0.36, hz + 0.07), (0.08, 0.05, 0.035), 0.03),
            0.03,
        ),
        (-0.3, 0.2, 0.82),
        (0.3, 0.6, 1.16),
        0.015,
        900,
        body,
    )
    high = not scooter or rng.random() < 0.5
    if high:
        m.sdf(
            lambda P: ell_(P, (0, 0.52, hz - 0.01), (0.105, 0.045, 0.068)),
            (-0.13, 0.44, hz - 0.1),
            (0.13, 0.62, hz + 0.1),
            0.01,
            340,
            LAMPIN,
        )
        m.sdf(
            lambda P: ell_(P, (0, 0.555, hz - 0.01), (0.05, 0.02, 0.045)),
            (-0.07, 0.5, hz - 0.07),
            (0.07, 0.62, hz + 0.07),
            0.008,
            160,
            LAMP,
        )
        lz = hz
    else:
        lz = 0.79
        m.sdf(
            lambda P: ell_(P, (0.085, 0.40, lz), (0.075, 0.06, 0.05)),
            (0.0, 0.3, lz - 0.08),
            (0.18, 0.5, lz + 0.08),
            0.01,
            260,
            LAMPIN,
            True,
        )
        m.sdf(
            lambda P: ell_(P, (0.075, 0.45, lz), (0.035, 0.02, 0.03)),
            (0.02, 0.4, lz - 0.05),
            (0.13, 0.5, lz + 0.05),
            0.008,
            140,
            LAMP,
            True,
        )
    iz = 0.80 if high else 0.92
    m.sdf(
        lambda P: ell_(P, (0.165, 0.37, iz), (0.045, 0.07, 0.032)),
        (0.09, 0.26, iz - 0.06),
        (0.24, 0.48, iz + 0.06),
        0.01,
        160,
        AMBER,
        True,
    )
    m.tube((0.31, 0.29, hz + 0.05), (0.1, 0.36, hz + 0.04), 0.015, BLACK, True)
    m.tube((0.23, 0.32, hz + 0.05), (0.355, 0.28, hz + 0.05), 0.022, RUBBER, True)
    m.tube((0.20, 0.37, hz + 0.055), (0.34, 0.36, hz + 0.045), 0.008, STEEL, True)
    m.tube((0.20, 0.33, hz + 0.06), (0.30, 0.31, hz + 0.24), 0.008, BLACK, True)
    m.sdf(
        lambda P: ell_(P, (0.335, 0.31, hz + 0.27), (0.075, 0.024, 0.05)),
        (0.24, 0.27, hz + 0.2),
        (0.43, 0.36, hz + 0.34),
        0.009,
        220,
        BLACK,
        True,
    )
    m.box((0.335, 0.285, hz + 0.27), (0.10, 0.012, 0.06), M((110, 118, 124), 0.03, 0.6), True)
    if not scooter and rng.random() < 0.15:
        m.box((0, 0.60, 0.80), (0.28, 0.16, 0.14), STEEL)  # basket
    feet = (0.245, 0.07, 0.25) if not scooter else (0.17, 0.12, 0.34)
    pas = rng.random() < 0.25
    rider(m, rng, (-0.10, 0.80), feet, (0.305, 0.28, hz + 0.06))
    if pas:
        rider(m, rng, (-0.10, 0.84), (0.25, 0.10, 0.30), (0.20, -0.20, 0.98), back=0.34, passenger=True)
    elif rng.random() < 0.15:
        m.box((0, -0.72, 1.05), (0.46, 0.44, 0.42), M(rng.choice([(30, 90, 48), (160, 50, 34), (130, 100, 70)]), 0.8))
    if want.cape:
        rain_cape(m, rng)
    m.lamps = dict(head=[(0, 0.58, lz)], tail=[(0, -0.93, tz)])
    return m
