"""What stands beside the road: trees, grass, tube houses. Chance comes from R, seeded by the scene."""

import math
import random

import bpy
from mathutils import Vector

from blender_parts import box, mat, tube

R = random.Random(1)


def leaf_clusters(n=5):
    """Meshes of some 260 little leaves in a ball of 1 m; instanced many times."""
    out = []
    for k in range(n):
        v, f = [], []
        for _ in range(260):
            d = Vector((R.gauss(0, 1), R.gauss(0, 1), R.gauss(0, 1))).normalized()
            c = d * R.random() ** 0.4 * 0.5
            a = Vector((R.gauss(0, 1), R.gauss(0, 1), R.gauss(0, 0.5))).normalized()
            b = a.cross(d + Vector((0, 0, 0.6))).normalized()
            l, w = R.uniform(0.06, 0.13), R.uniform(0.022, 0.045)
            i = len(v)
            v += [c - a * l, c + b * w, c + a * l, c - b * w]
            f.append((i, i + 1, i + 2, i + 3))
        me = bpy.data.meshes.new('leaves')
        me.from_pydata(v, [], f)
        me.update()
        g = R.uniform(0.8, 1.25)
        me.materials.append(mat('leaf%d' % k, (0.055 * g, 0.105 * g, 0.022 * g), 0.6, spec=0.3))
        out.append(me)
    return out


def tree(x, y, h, leaves):
    """A tree h metres high at x, y; trunk limed white as along Vietnamese roads."""
    tr = mat('trunk', (0.10, 0.075, 0.055), 0.95, vary=0.4, scale=8)
    tube((x, y, 0), (x + R.uniform(-0.2, 0.2), y, h * 0.5), 0.15, tr, 0.1)
    paint = mat('lime', (0.6, 0.6, 0.56), 0.9, vary=0.3)
    tube((x, y, 0), (x, y, 0.9), 0.158, paint)  # trunks are limed white up to 1 m
    blobs = [(x + R.gauss(0, h * 0.14), y + R.gauss(0, h * 0.14), h * R.uniform(0.5, 0.95)) for _ in range(7)]
    for b in blobs:
        tube((x, y, h * 0.42), b, 0.06, tr, 0.02, 6)
        for _ in range(int(4 + h * 1.6)):
            o = bpy.data.objects.new('lc', R.choice(leaves))
            bpy.context.scene.collection.objects.link(o)
            o.location = Vector(b) + Vector((R.gauss(0, 1), R.gauss(0, 1), R.gauss(0, 0.7))) * h * 0.1
            o.rotation_euler = [R.uniform(0, 6.3) for _ in range(3)]
            s = h * R.uniform(0.14, 0.24)
            o.scale = (s, s, s * 0.8)


def tufts(m):
    """Mesh of a tuft of grass in material m."""
    v, f = [], []
    for _ in range(90):
        a = R.uniform(0, 6.3)
        r = R.random() ** 0.5 * 0.35
        b = Vector((r * math.cos(a), r * math.sin(a), 0))
        t = R.uniform(0, 6.3)
        hgt = R.uniform(0.05, 0.22)
        w = Vector((math.cos(t), math.sin(t), 0)) * 0.008
        i = len(v)
        v += [b - w, b + w, b + Vector((R.gauss(0, 0.06), R.gauss(0, 0.06), hgt))]
        f.append((i, i + 1, i + 2))
    me = bpy.data.meshes.new('tuft')
    me.from_pydata(v, [], f)
    me.update()
    me.materials.append(m)
    return me


def house(x, y, side, w, floors, i):
    """A tube house: shop shutter, sign, awning, balconies, windows with reveals, water tank."""
    cols = [
        (0.55, 0.5, 0.36),
        (0.62, 0.6, 0.55),
        (0.40, 0.47, 0.46),
        (0.6, 0.5, 0.26),
        (0.52, 0.38, 0.31),
        (0.45, 0.5, 0.38),
        (0.66, 0.62, 0.55),
    ]
    col = R.choice(cols)
    m = mat('plaster%d' % i, col, 0.9, vary=0.22, scale=0.7)
    d, h = R.uniform(8, 12), floors * 3.4
    box((x + side * d / 2, y, h / 2), (d, w - 0.04, h), m)
    glass = mat('win', (0.02, 0.025, 0.03), 0.06, spec=0.8)
    frame = mat('frame', (0.55, 0.54, 0.5), 0.6)
    dark = mat('dark', (0.05, 0.05, 0.055), 0.6)
    shut = mat(
        'shut%d' % (i % 4),
        [(0.10, 0.11, 0.13), (0.05, 0.10, 0.16), (0.22, 0.22, 0.21), (0.12, 0.07, 0.05)][i % 4],
        0.5,
        0.3,
        vary=0.2,
        scale=2,
    )
    fx = x - side * 0.02
    box((fx, y, 1.35), (0.06, w * 0.84, 2.6), shut)
    for k in range(13):
        box((fx - side * 0.035, y, 0.2 + k * 0.19), (0.02, w * 0.84, 0.02), dark)
    sc = R.choice(
        [
            (0.45, 0.03, 0.03),
            (0.03, 0.11, 0.36),
            (0.55, 0.38, 0.03),
            (0.04, 0.26, 0.10),
            (0.62, 0.62, 0.6),
            (0.5, 0.2, 0.02),
        ]
    )
    box((x - side * 0.3, y, 3.15), (0.22, w * 0.92, R.uniform(0.6, 1)), mat('sign%d' % i, sc, 0.5, vary=0.1))
    xx = y - w * 0.36
    while xx < y + w * 0.34:
        l = R.uniform(0.12, 0.34)
        box(
            (x - side * 0.42, xx + l / 2, 3.15 + R.uniform(-0.03, 0.03)),
            (0.02, l, R.choice([0.22, 0.3, 0.3])),
            mat('letter%d' % (i % 2), [(0.7, 0.7, 0.66), (0.6, 0.5, 0.05)][i % 2], 0.6),
        )
        xx += l + 0.07
    if R.random() < 0.75:
        box(
            (x - side * 0.95, y, 2.62),
            (1.8, w * 0.94, 0.04),
            mat(
                'awn%d' % (i % 5),
                [(0.05, 0.18, 0.30), (0.3, 0.06, 0.05), (0.10, 0.26, 0.13), (0.3, 0.3, 0.3), (0.35, 0.25, 0.1)][i % 5],
                0.6,
                vary=0.2,
            ),
            rot=(0, side * 0.2, 0),
        )
    for k in range(1, floors):
        z = k * 3.4
        for t in (-0.24, 0.24):
            box((fx, y + t * w, z + 1.75), (0.1, w * 0.32, 1.7), frame)
            box((fx - side * 0.04, y + t * w, z + 1.75), (0.06, w * 0.29, 1.56), glass)
            box((fx - side * 0.06, y + t * w, z + 1.75), (0.05, 0.04, 1.56), frame)
        box((x - side * 0.5, y, z + 0.3), (1.0, w * 0.94, 0.14), frame)
        for j in range(11):
            box((x - side * 0.97, y - w * 0.45 + j * w * 0.09, z + 0.8), (0.03, 0.03, 0.9), dark)
        box((x - side * 0.97, y, z + 1.27), (0.06, w * 0.92, 0.06), frame)
        if R.random() < 0.5:
            box((x - side * 0.5, y + R.uniform(-0.3, 0.3) * w, z + 0.9), (0.35, 0.8, 0.6), frame, 0.03)
    box((x + side * 0.1, y, h + 0.25), (0.3, w, 0.5), m)
    if R.random() < 0.6:
        tube(
            (x + side * 3, y - 0.7, h + 1),
            (x + side * 3, y + 0.7, h + 1),
            0.6,
            mat('tank', (0.5, 0.5, 0.5), 0.3, 0.9),
            seg=20,
        )
