"""Riders and passengers of motorbikes."""

import numpy as np

from drawing import SKIN
from shapes import box_, cap_, ell_, smax, smin
from skin import BLACK, M


def rider(m, rng, seat, feet, hands, back=0.0, passenger=False):
    """A clothed person astride. seat, feet, hands: (y, z) or (x, y, z); back: how far behind."""
    sy, sz = seat
    sy -= back
    shirt = M(
        rng.choice(
            [
                (40, 54, 80),
                (104, 34, 36),
                (176, 174, 168),
                (28, 29, 32),
                (30, 31, 36),
                (44, 46, 50),
                (66, 78, 58),
                (132, 104, 58),
                (88, 92, 98),
                (44, 88, 84),
                (168, 84, 38),
                (128, 100, 108),
                (20, 112, 60),
                (70, 40, 60),
                (150, 160, 176),
            ]
        ),
        0.95,
        0.03,
    )
    trs = M(
        rng.choice([(30, 34, 46), (22, 23, 25), (24, 25, 28), (54, 58, 70), (80, 72, 60), (40, 48, 70)]), 0.95, 0.03
    )
    hel = M(
        rng.choice(
            [
                (24, 24, 27),
                (30, 30, 34),
                (150, 28, 28),
                (210, 210, 206),
                (34, 58, 116),
                (168, 128, 130),
                (190, 140, 30),
                (90, 92, 96),
            ]
        ),
        0.15,
        0.06,
    )
    shoe = M(rng.choice([(26, 26, 28), (36, 34, 34), (200, 198, 190), (84, 58, 40)]), 0.7)
    lean = 0.10 + rng.uniform(0, 0.06)
    f1, f2 = rng.uniform(20, 28), rng.uniform(0, 6)

    def fold(P, k):  # creases of cloth: ridged waves, bent by one another
        a = P[:, 2] * f1 + 2.2 * np.sin(P[:, 0] * 11 + f2) + 1.6 * np.sin(P[:, 1] * 13)
        b = P[:, 2] * 14 - P[:, 0] * 30 + 1.5 * np.sin(P[:, 1] * 17 + f2)
        return k * (0.007 * (np.abs(np.sin(a)) - 0.5) + 0.005 * (np.abs(np.sin(b)) - 0.5))

    top = sz + 0.49
    ch = (0, sy + lean, sz + 0.37)

    def torso(P):
        d = smin(ell_(P, (0, sy + 0.01, sz + 0.10), (0.165, 0.135, 0.17)), ell_(P, ch, (0.180, 0.125, 0.22)), 0.08)
        d = smin(d, cap_(P, (-0.135, sy + lean + 0.01, top - 0.02), (0.135, sy + lean + 0.01, top - 0.02), 0.065), 0.06)
        for x in (-1, 1):
            sh = (x * 0.17, sy + lean + 0.01, top - 0.03)
            el = (x * (0.275 if not passenger else 0.24), sy + lean + (0.14 if not passenger else 0.17), sz + 0.28)
            d = smin(d, cap_(P, sh, el, 0.064, 0.050), 0.04)
            d = smin(
                d,
                cap_(
                    P,
                    el,
                    tuple(np.array(el) * 0.45 + np.array((x * hands[0], hands[1], hands[2])) * 0.55),
                    0.050,
                    0.042,
                ),
                0.03,
            )
        return d + fold(P, 1)

    m.sdf(torso, (-0.5, sy - 0.3, sz - 0.12), (0.5, sy + 0.75, top + 0.15), 0.016, 2600, shirt, tag=1)

    def legs(P):
        d = ell_(P, (0, sy, sz + 0.03), (0.19, 0.17, 0.13))
        for x in (-1, 1):
            hip, kn, an = (
                (x * 0.10, sy + 0.02, sz + 0.03),
                (x * (0.215 if not passenger else 0.25), sy + (0.40 if not passenger else 0.34), sz - 0.03),
                (x * feet[0], feet[1] - back * 0.9, feet[2] + 0.10),
            )
            d = smin(d, cap_(P, hip, kn, 0.095, 0.070), 0.05)
            d = smin(d, cap_(P, kn, an, 0.072, 0.055), 0.03)
        return d + fold(P, 0.8)

    m.sdf(legs, (-0.45, sy - 0.3, feet[2]), (0.45, sy + 0.62, sz + 0.2), 0.016, 2400, trs, tag=1)
    m.sdf(
        lambda P: smin(
            cap_(
                P,
                (feet[0], feet[1] - back * 0.9 - 0.06, feet[2] + 0.035),
                (feet[0] + 0.02, feet[1] - back * 0.9 + 0.15, feet[2] + 0.03),
                0.045,
            ),
            cap_(
                P,
                (feet[0], feet[1] - back * 0.9 - 0.02, feet[2] + 0.05),
                (feet[0], feet[1] - back * 0.9, feet[2] + 0.11),
                0.05,
            ),
            0.02,
        ),
        (feet[0] - 0.1, feet[1] - back - 0.2, feet[2] - 0.05),
        (feet[0] + 0.12, feet[1] + 0.3, feet[2] + 0.2),
        0.014,
        240,
        shoe,
        True,
        tag=1,
    )
    fore = SKIN if rng.random() < 0.6 else shirt
    hd = np.array((hands[0], hands[1], hands[2]))
    el = np.array(((0.275 if not passenger else 0.24), sy + lean + (0.14 if not passenger else 0.17), sz + 0.28))
    m.sdf(
        lambda P: smin(cap_(P, el * 0.5 + hd * 0.5, hd, 0.044, 0.034), ell_(P, hd, (0.05, 0.05, 0.04)), 0.03),
        np.minimum(el, hd) - 0.1,
        np.maximum(el, hd) + 0.1,
        0.016,
        260,
        fore,
        True,
        tag=1,
    )
    hy, hz = sy + lean + 0.05, top + 0.19
    m.sdf(
        lambda P: smin(
            cap_(P, (0, sy + lean, top - 0.02), (0, hy, hz - 0.06), 0.06),
            ell_(P, (0, hy + 0.015, hz), (0.078, 0.095, 0.115)),
            0.04,
        ),
        (-0.15, hy - 0.2, top - 0.1),
        (0.15, hy + 0.2, hz + 0.15),
        0.016,
        500,
        SKIN,
        tag=1,
    )
    hair = rng.random()
    m.sdf(
        lambda P: smin(
            ell_(P, (0, hy - 0.035, hz - 0.02), (0.088, 0.075, 0.10)),
            cap_(P, (0, hy - 0.07, hz - 0.06), (0, hy - 0.10, hz - (0.10 if hair < 0.6 else 0.26)), 0.06, 0.035),
            0.03,
        ),
        (-0.15, hy - 0.2, hz - 0.34),
        (0.15, hy + 0.1, hz + 0.12),
        0.016,
        240,
        M((20, 17, 16), 0.6),
        tag=1,
    )
    if rng.random() < 0.6:
        m.sdf(
            lambda P: ell_(P, (0, hy + 0.055, hz - 0.045), (0.068, 0.065, 0.06)),
            (-0.1, hy - 0.05, hz - 0.13),
            (0.1, hy + 0.15, hz + 0.05),
            0.014,
            180,
            M(rng.choice([(120, 160, 190), (30, 30, 32), (220, 220, 218)]), 0.9),
            tag=1,
        )
    full = rng.random() < 0.25
    m.sdf(
        lambda P: smax(
            ell_(P, (0, hy - 0.005, hz + 0.045), (0.128, 0.150, 0.135)),
            -(P[:, 2] - (hz - (0.02 if not full else 0.12)) - 0.35 * np.clip(P[:, 1] - hy, 0, 1)),
            0.02,
        ),
        (-0.2, hy - 0.22, hz - 0.2),
        (0.2, hy + 0.22, hz + 0.25),
        0.014,
        700,
        hel,
        tag=1,
    )
    m.box((0, hy + 0.15, hz + 0.055), (0.17, 0.10, 0.012), hel, rot=-12)
    m.parts[-1] = m.parts[-1][:5] + (np.ones(len(m.parts[-1][0])),)
    if rng.random() < 0.5:
        m.sdf(
            lambda P: ell_(P, (0, hy + 0.01, hz + 0.03), (0.132, 0.154, 0.05)),
            (-0.2, hy - 0.2, hz - 0.05),
            (0.2, hy + 0.2, hz + 0.1),
            0.016,
            200,
            BLACK,
            tag=1,
        )
    if not passenger and rng.random() < 0.3 and back == 0:
        m.sdf(
            lambda P: smin(
                box_(P, (0, sy - 0.14, sz + 0.33), (0.15, 0.08, 0.2), 0.06),
                box_(P, (0, sy - 0.2, sz + 0.25), (0.11, 0.05, 0.1), 0.04),
                0.03,
            ),
            (-0.25, sy - 0.35, sz + 0.05),
            (0.25, sy, sz + 0.6),
            0.02,
            400,
            M(rng.choice([(30, 32, 36), (50, 66, 100), (130, 40, 40)]), 0.8),
            tag=1,
        )
