"""Trucks: boxtruck, flatbed, heavy (tipper), tractor (with a box trailer behind it)."""

import numpy as np

from drawing import grime, person_behind_glass, word
from model import Model
from plates import printed
from shapes import box_, ell_, poly_, smax, smin
from skin import AMBER, BLACK, CHROME, DARKGREY, GLASS, HOLE, LAMP, LAMPIN, M, REFL, RUBBER, STEEL, TAIL


def cab(m, rng, y0, L, W, z0, H, body, col, heavy):
    """Cab-over front end whose nose is at y0; its looks on the front and side views."""
    hw = W / 2
    sk = m.skin
    seam = M(tuple(int(v * 0.4) for v in col), 0.6)
    zb = z0 + (H - z0) * 0.50
    out = [
        (y0 - 0.02, z0),
        (y0, z0 + 0.3),
        (y0 - 0.03, zb),
        (y0 - 0.22, H - 0.12),
        (y0 - 0.34, H),
        (y0 - L + 0.1, H),
        (y0 - L, H - 0.1),
        (y0 - L, z0),
    ]

    def sdf(P):
        x, y, z = np.abs(P[:, 0]), P[:, 1], P[:, 2]
        d = smax(
            poly_(y * 1 + 0.05 * (x / hw) ** 4, z, out, 2), x - (hw - 0.10 * np.clip((z - zb) / (H - zb), 0, 1.2)), 0.08
        )
        return smax(d, -(np.hypot(y - (y0 - (0.72 if not heavy else 1.25)), z - m.R) - m.R - 0.07), 0.02)

    m.sdf(sdf, (-hw - 0.1, y0 - L - 0.1, z0 - 0.1), (hw + 0.1, y0 + 0.1, H + 0.1), 0.04, 3500)
    f, s = sk.front, sk.side
    zt = H - 0.16
    f.poly([(-hw * 0.90, zb), (hw * 0.90, zb), (hw * 0.83, zt), (-hw * 0.83, zt)], BLACK)
    f.poly([(-hw * 0.87, zb + 0.05), (hw * 0.87, zb + 0.05), (hw * 0.80, zt - 0.04), (-hw * 0.80, zt - 0.04)], GLASS)
    seat = (M((27, 27, 29), 0.04, 0.09), M((30, 30, 32), 0.04, 0.09))
    drv = (M(rng.choice([(54, 56, 60), (46, 34, 32), (34, 38, 50)]), 0.04, 0.09), M((64, 52, 44), 0.04, 0.09))
    q = (zb + zt) / 2
    person_behind_glass(f, hw * 0.45, q, 0.22, (zt - zb) * 0.4, seat)
    person_behind_glass(f, -hw * 0.45, q, 0.22, (zt - zb) * 0.45, drv)
    f.rect(-hw * 0.84, zb + 0.05, hw * 0.84, zb + 0.13, M((30, 30, 31), 0.1, 0.08))
    word(f, rng.choice(['THANH PHÁT', 'VẬN TẢI', 'HOÀNG LONG', 'TRƯỜNG AN']), 0, zt - 0.10, 0.09, M((220, 40, 30), 0.4))
    for x in (-hw * 0.55, hw * 0.15):
        f.line([(x, zb - 0.01), (x + hw * 0.42, zb + 0.14)], BLACK, 0.02)
    gz = zb - (0.10 if not heavy else 0.12)
    gh = 0.20 if not heavy else 0.55
    f.poly(
        [(-hw * 0.78, gz), (hw * 0.78, gz), (hw * 0.70, gz - gh), (-hw * 0.70, gz - gh)], rng.choice([BLACK, DARKGREY])
    )
    for k in range(3 if not heavy else 5):
        f.line(
            [
                (-hw * 0.72, gz - 0.04 - k * gh * (0.3 if not heavy else 0.19)),
                (hw * 0.72, gz - 0.04 - k * gh * (0.3 if not heavy else 0.19)),
            ],
            CHROME,
            0.022,
        )
    word(f, rng.choice(['TRG-350', 'K250', 'HD 720', 'N-SERIES']), 0, gz - gh * 0.45, 0.085, CHROME)
    lz = z0 + (0.24 if not heavy else 0.30)
    f.rect(-hw, z0 - 0.2, hw, lz + 0.15, rng.choice([body, DARKGREY, M((205, 205, 203), 0.4, 0.04)]))
    f.rect(-hw * 0.5, z0, hw * 0.5, z0 + 0.13, BLACK, r=0.03)
    f.rect(hw * 0.56, lz - 0.12, hw * 0.97, lz + 0.13, BLACK, True, 0.05)
    f.rect(hw * 0.58, lz - 0.10, hw * 0.84, lz + 0.11, LAMPIN, True, 0.04)
    f.disc(hw * 0.71, lz, 0.085, 0.085, LAMP, True)
    f.rect(hw * 0.86, lz - 0.09, hw * 0.96, lz + 0.10, AMBER, True, 0.03)
    f.disc(hw * 0.66, z0 + 0.02, 0.05, 0.05, LAMPIN, True)
    for x in (-0.5, 0, 0.5):
        f.rect(x * hw - 0.04, H - 0.06, x * hw + 0.04, H - 0.03, AMBER)
    s.poly([(y0 - 0.20, zb), (y0 - 0.42, zt), (y0 - L + 0.28, zt), (y0 - L + 0.22, zb)], BLACK)
    s.poly(
        [(y0 - 0.27, zb + 0.03), (y0 - 0.46, zt - 0.03), (y0 - L + 0.32, zt - 0.03), (y0 - L + 0.27, zb + 0.03)], GLASS
    )
    s.line(
        [(y0 - 0.12, z0), (y0 - 0.12, zb), (y0 - 0.36, H - 0.08), (y0 - L + 0.12, H - 0.08), (y0 - L + 0.12, z0)],
        seam,
        0.02,
    )
    s.rect(y0 - L + 0.2, zb - 0.2, y0 - L + 0.4, zb - 0.13, BLACK)
    word(s, 'VẬN TẢI', y0 - L * 0.55, zb - 0.35, 0.12, M((200, 30, 30) if sum(col) > 300 else (230, 230, 225)))
    grime(f, 1.0)
    grime(s, 1.0)
    m.tube((hw - 0.05, y0 - 0.22, zt + 0.02), (hw + 0.24, y0 + 0.02, zt - 0.05), 0.018, BLACK, True)
    m.tube((hw - 0.03, y0 - 0.1, zb - 0.05), (hw + 0.24, y0 + 0.02, zb + 0.10), 0.018, BLACK, True)
    m.box((hw + 0.24, y0 + 0.02, (zt + zb) / 2 + 0.06), (0.2, 0.08, 0.42), BLACK, True, r=0.03)
    m.box((hw + 0.24, y0 - 0.025, (zt + zb) / 2 + 0.06), (0.16, 0.02, 0.37), M((90, 98, 104), 0.03, 0.6), True)
    m.box((hw + 0.2, y0 + 0.03, zb - 0.08), (0.16, 0.07, 0.18), BLACK, True, r=0.03)
    m.lamps['head'] = [(sx * hw * 0.71, y0, lz) for sx in (-1, 1)]


def paint_number(m, number, door, door_z, bz, H, cab_light, cargo_light, boxed):
    """The plate's number, as the law has it painted on doors, sides and rear. door: metres along the vehicle, door_z: height."""
    text = printed(number, 'long')
    dark, white = M((20, 22, 30), 0.5), M((236, 236, 230), 0.5)
    sk = m.skin
    word(sk.side, text, door, door_z, 0.11, dark if cab_light > 380 else white)
    ink = dark if cargo_light > 380 else white
    if boxed:
        word(sk.rear, text, 0, bz + (H - bz) * 0.42, 0.20, ink)
        word(sk.side, text, -m.size[0] * 0.22, bz + 0.32, 0.24, ink)
    else:
        word(sk.rear, text, 0, bz + 0.27, 0.20, ink)
        word(sk.side, text, -m.size[0] * 0.18, bz + 0.27, 0.20, ink)


def truck(rng, kind, want):
    heavy, boxed = kind in ('heavy', 'tractor'), kind in ('boxtruck', 'tractor')
    L, W, H = {'boxtruck': (5.9, 2.0, 2.95), 'flatbed': (5.6, 1.95, 2.35), 'heavy': (8.4, 2.48, 3.35), 'tractor': (12.7, 2.48, 3.65)}[
        kind
    ]
    L += rng.uniform(-0.2, 0.4)
    H += rng.uniform(-0.1, 0.15)
    R = 0.52 if heavy else 0.38
    hw = W / 2
    fy, ry = L / 2, -L / 2
    col = rng.choice(
        [(240, 240, 238)] * 2 + [(28, 62, 140), (38, 92, 170), (30, 110, 70), (196, 40, 30), (226, 160, 30)]
    )
    body = M(col, 0.3, 0.05)
    cargo = {
        'boxtruck': rng.choice([(222, 224, 224), (205, 208, 210), (190, 60, 40), (40, 80, 150)]),
        'flatbed': rng.choice([col, (70, 90, 120), (40, 92, 120)]),
        'heavy': rng.choice([(34, 88, 60), (30, 60, 130), (150, 40, 30), (216, 150, 30), (120, 122, 124)]),
        'tractor': (188, 60, 44) if sum(col) > 400 else (206, 208, 208),
    }[kind]
    cm = M(cargo, 0.45, 0.05)
    m = Model('truck', kind, L, W, H, cm)
    m.paint = col, cargo
    m.R = R
    sk = m.skin
    dk = M(tuple(int(v * 0.45) for v in cargo), 0.6)
    lt = M(tuple(min(255, int(v * 1.15 + 8)) for v in cargo), 0.5)
    cl = 1.75 if not heavy else 2.1
    ch = {'boxtruck': 2.12, 'flatbed': 2.12, 'heavy': 2.85, 'tractor': 2.95}[kind]
    z0 = 0.42 if not heavy else 0.5
    sk.front.rect(-W, 0, W, ch, body)
    sk.side.rect(fy - cl - 0.02, 0, fy + 1, ch, body)
    sk.top.rect(fy - cl - 0.02, -W, fy + 1, W, body)
    bz = 0.95 if not heavy else 1.15
    by0, by1 = ry, fy - cl - (0.12 if kind != 'tractor' else 0.75)
    bl, bm = by1 - by0, (by0 + by1) / 2
    s, r = sk.side, sk.rear
    tape = lambda v, u0, u1, z: [
        v.rect(a, z, a + 0.16, z + 0.055, REFL if k % 2 else M((225, 222, 215), 0.3, 0.1))
        for k, a in enumerate(np.arange(u0, u1 - 0.1, 0.17))
    ]
    # cargo body
    if boxed:
        m.sdf(
            lambda P: box_(P, (0, bm, (bz + H) / 2), (hw, bl / 2, (H - bz) / 2), 0.025),
            (-hw - 0.1, by0 - 0.1, bz - 0.1),
            (hw + 0.1, by1 + 0.1, H + 0.1),
            0.07,
            2600,
        )
        for y in np.arange(by0 + 0.3, by1, 0.36):
            s.line([(y, bz + 0.06), (y, H - 0.08)], dk, 0.012)
            s.line([(y + 0.02, bz + 0.06), (y + 0.02, H - 0.08)], lt, 0.012)
        s.rect(by0, bz, by1, bz + 0.10, STEEL)
        s.rect(by0, H - 0.07, by1, H, STEEL)
        r.rect(-hw, bz, hw, H, STEEL)
        r.rect(-hw + 0.07, bz + 0.09, -0.012, H - 0.08, cm)
        r.rect(0.012, bz + 0.09, hw - 0.07, H - 0.08, cm)
        r.line([(0, bz + 0.05), (0, H - 0.06)], HOLE, 0.024)
        for x in (0.17, hw * 0.62):
            m.tube((x, by0 - 0.045, bz + 0.03), (x, by0 - 0.045, H - 0.03), 0.017, STEEL, True)
            m.box((x, by0 - 0.04, bz + 0.55), (0.16, 0.05, 0.07), STEEL, True)
            [
                m.box((x, by0 - 0.03, z), (0.07, 0.05, 0.05), STEEL, True)
                for z in (bz + 0.08, H - 0.1, (bz + H) / 2 + 0.2)
            ]
        for z in np.linspace(bz + 0.25, H - 0.25, 4):
            m.box((hw - 0.06, by0 - 0.02, z), (0.14, 0.03, 0.06), STEEL, True)
        tape(r, -hw + 0.08, hw - 0.08, bz + 0.11)
        word(
            s,
            rng.choice(['VẬN TẢI MINH ANH', 'CHUYỂN PHÁT NHANH', 'NÔNG SẢN SẠCH']),
            bm,
            bz + (H - bz) * 0.55,
            0.28,
            M((20, 60, 140) if sum(cargo) > 380 else (235, 235, 230)),
        )
    else:
        wall = 0.50 if kind == 'flatbed' else H - bz - 0.15
        tz = bz + wall

        def tub(P):
            d = box_(P, (0, bm, bz + wall / 2), (hw, bl / 2, wall / 2), 0.02)
            slope = 0.0 if kind == 'flatbed' else 0.12
            d = smax(d, -(P[:, 1] - by0 - slope * (P[:, 2] - bz) * -1 - 0), 0.02) if slope else d
            return smax(
                d, -box_(P, (0, bm, bz + wall * 0.5 + 0.5), (hw - 0.06, bl / 2 - 0.06, wall / 2 + 0.42), 0.02), 0.015
            )

        m.sdf(tub, (-hw - 0.1, by0 - 0.1, bz - 0.1), (hw + 0.1, by1 + 0.1, tz + 0.1), 0.045, 5000)
        for y in np.arange(by0 + 0.25, by1 - 0.1, 0.62):
            m.box((hw + 0.025, y, bz + wall / 2), (0.06, 0.09, wall * 0.98), dk, True)
        for z in (bz + wall * 0.33, bz + wall * 0.66):
            s.line([(by0, z), (by1, z)], dk, 0.03)
        r.rect(-hw, bz, hw, tz, cm)
        [r.line([(x, bz), (x, tz)], dk, 0.05) for x in np.linspace(-hw * 0.9, hw * 0.9, 5)]
        r.line([(-hw, bz + 0.08), (hw, bz + 0.08)], dk, 0.05)
        r.line([(-hw, tz - 0.06), (hw, tz - 0.06)], lt, 0.06)
        for x in np.linspace(-hw * 0.85, hw * 0.85, 5):
            m.box((x, by0 - 0.03, bz + wall / 2), (0.07, 0.05, wall * 0.95), dk)
        m.box((0, by0 - 0.03, tz - 0.04), (W * 0.98, 0.06, 0.08), cm)
        m.box((0, by0 - 0.03, bz + 0.05), (W * 0.98, 0.06, 0.10), cm)
        tape(r, -hw + 0.05, hw - 0.1, bz + 0.02)
        m.box((0, by1 + 0.03, tz + 0.25), (W * 0.95, 0.05, 0.1), cm)
        m.box((hw * 0.9, by1 + 0.03, tz + 0.1), (0.07, 0.05, 0.4), cm, True)
        load = rng.choice(['tarp', 'sacks', 'none']) if kind == 'flatbed' else rng.choice(['tarp', 'heap'])
        if load == 'tarp':
            tm = M(rng.choice([(40, 62, 110), (60, 84, 60), (120, 112, 96), (36, 40, 44)]), 0.7)
            hh = rng.uniform(0.5, 0.9) if kind == 'flatbed' else 0.35
            m.sdf(
                lambda P: smax(
                    box_(P, (0, bm, tz - 0.25 + hh / 2), (hw - 0.02, bl / 2 - 0.05, hh / 2 + 0.28), 0.12),
                    P[:, 2] - (tz + hh - 0.35 * (P[:, 0] / hw) ** 2),
                    0.1,
                )
                + 0.012 * np.sin(P[:, 1] * 9 + 2 * np.sin(P[:, 0] * 5)) * np.clip((P[:, 2] - tz + 0.3) * 4, 0, 1),
                (-hw - 0.1, by0, tz - 0.3),
                (hw + 0.1, by1, tz + hh + 0.2),
                0.05,
                2500,
                tm,
            )
            for y in np.arange(by0 + 0.3, by1, 0.8):
                m.tube((hw - 0.0, y, tz - 0.15), (hw * 0.9, y, tz + hh * 0.55), 0.012, M((200, 190, 160)), True)
        elif load == 'sacks':
            for lay in range(3):
                for ix in range(3):
                    for iy in range(int(bl / 0.8)):
                        x, y, z = (
                            (ix - 1) * 0.56 + rng.uniform(-0.04, 0.04),
                            by0 + 0.45 + iy * 0.78 + rng.uniform(-0.06, 0.06),
                            bz + 0.14 + lay * 0.22,
                        )
                        sk_ = M(rng.choice([(196, 190, 176), (168, 156, 130), (178, 180, 176)]), 0.9)
                        if lay == 2 and rng.random() < 0.35:
                            continue
                        m.sdf(
                            lambda P: smin(
                                box_(P, (x, y, z), (0.27, 0.37, 0.10), 0.09),
                                ell_(P, (x, y, z), (0.26, 0.36, 0.13)),
                                0.03,
                            )
                            + 0.008 * np.sin(P[:, 1] * 23 + x * 9) * np.sin(P[:, 0] * 19),
                            (x - 0.35, y - 0.45, z - 0.2),
                            (x + 0.35, y + 0.45, z + 0.2),
                            0.05,
                            170,
                            sk_,
                        )
        elif load == 'heap':
            m.sdf(
                lambda P: ell_(P, (0, bm, tz - 0.25), (hw * 0.98, bl * 0.49, 0.55))
                + 0.03 * np.sin(P[:, 0] * 13) * np.sin(P[:, 1] * 11),
                (-hw, by0, tz - 0.4),
                (hw, by1, tz + 0.5),
                0.08,
                900,
                M((150, 128, 96), 0.95),
            )
        grime(s, 1.4)
    if want.number:
        paint_number(m, want.number, fy - cl * 0.52, z0 + 0.42, bz, H, sum(col), sum(cargo), boxed)
    cab(m, rng, fy, cl, W * (0.97 if not heavy else 1), z0, ch, body, col, heavy)
    # frame, wheels, mud flaps, rear lamps, under-run bar
    m.box((0, -0.3, bz - 0.16), (0.8, L * 0.9, 0.2), BLACK)
    m.box((0, by0 + 0.12, bz - 0.06), (W * 0.96, 0.12, 0.12), STEEL)
    axles = [by0 + 1.15] if not heavy else [by0 + 1.0, by0 + 2.25]
    if kind == 'tractor':
        axles += [by0 + 3.5, fy - 4.6]
    m.box((0, bm, bz - 0.05), (W * 0.9, bl, 0.08), BLACK)
    front = fy - (0.72 if not heavy else 1.25)
    for sx in (-1, 1):
        m.wheel(sx * (hw - 0.18), front, R, 0.24, 0.6, M((190, 190, 188), 0.5, 0.1), 8)
        for a in axles:
            m.wheel(sx * (hw - 0.14), a, R, 0.24, 0.6, M((150, 150, 150), 0.5, 0.1), 8)
            m.wheel(sx * (hw - 0.42), a, R, 0.24, 0.6, M((150, 150, 150), 0.5, 0.1), 3)
        m.box((sx * (hw - 0.28), axles[0] - R - 0.16, R + 0.12), (0.56, 0.02, R * 1.15), RUBBER)
    for a in axles:
        m.tube((-hw + 0.3, a, R), (hw - 0.3, a, R), 0.07, BLACK)
        m.sdf(
            lambda P: ell_(P, (0, a, R), (0.2, 0.2, 0.18)),
            (-0.25, a - 0.25, R - 0.25),
            (0.25, a + 0.25, R + 0.25),
            0.05,
            150,
            BLACK,
        )
    m.box((hw - 0.06, (front + axles[-1]) / 2, 0.62), (0.04, abs(front - axles[-1]) - 2.2 * R, 0.30), STEEL, True)
    m.box((hw * 0.6, (front + axles[-1]) / 2 + 0.2, 0.62), (0.45, 0.8, 0.42), DARKGREY, True)
    uz = 0.52 if not heavy else 0.6
    m.box((0, by0 + 0.02, uz), (W * 0.92, 0.08, 0.13), M((205, 60, 40), 0.5))
    [
        m.box((x, by0 - 0.024, uz), (0.2, 0.012, 0.125), M((225, 222, 215), 0.4))
        for x in np.linspace(-hw * 0.75, hw * 0.75, 4)
    ]
    m.box((hw * 0.55, by0 + 0.1, (uz + bz) / 2), (0.06, 0.08, bz - uz), BLACK, True)
    lz = bz - 0.14
    m.box((hw * 0.78, by0 - 0.01, lz), (0.40, 0.06, 0.15), BLACK, True)
    for dx, q in ((0.12, TAIL), (0, AMBER), (-0.12, M((205, 205, 205), 0.1, 0.1))):
        m.box((hw * 0.78 + dx, by0 - 0.045, lz), (0.11, 0.03, 0.11), q, True)
    m.box((0, by0 - 0.005, lz - 0.02), (0.5, 0.04, 0.24), BLACK)
    m.plate(want.rear, 'rear', 0, by0 - 0.04, lz - 0.02, 0)
    m.plate(want.front, 'front', 0, fy + 0.03, z0 + 0.08, 0)
    m.lamps['tail'] = [(sx * (hw * 0.78 + 0.12), by0, lz) for sx in (-1, 1)]
    return m
