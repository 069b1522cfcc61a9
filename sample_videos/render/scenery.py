"""The scene of one camera in Blender: road, verges, houses, trees, poles, hills, sky and sun."""

import math

import bpy
from mathutils import Vector, noise

from blender_parts import MATERIALS, box, image, mat, mesh, tube
from road_texture import LENGTH, START, road_picture
from roadside import R, house, leaf_clusters, tree, tufts

SKY_STRENGTH = 0.12


def build_scene(c):
    """Makes the scene of camera c; returns the camera object and that of the panorama by the road."""
    R.seed(c.seed)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    MATERIALS.clear()
    add_road(c)
    add_ground(c.road_half)
    add_green_and_houses(c.road_half, c.houses)
    add_poles(c.road_half)
    add_signs(c.road_half)
    add_hills(c.seed)
    add_sky(c)
    add_sun(c)
    return add_cameras(c)


def add_road(c):
    """The painted picture, with fine grain and bumps."""
    hw = c.road_half
    asph = bpy.data.materials.new('asphalt')
    asph.use_nodes = True
    nt = asph.node_tree
    p = nt.nodes['Principled BSDF']
    t = nt.nodes.new('ShaderNodeTexImage')
    t.image = image('road', road_picture(c))
    t.extension = 'EXTEND'
    tc = nt.nodes.new('ShaderNodeTexCoord')
    mp = nt.nodes.new('ShaderNodeMapping')
    mp.inputs['Scale'].default_value = (1 / (2 * hw), 1 / LENGTH, 1)
    mp.inputs['Location'].default_value = (0.5, -START / LENGTH, 0)
    nt.links.new(tc.outputs['Object'], mp.inputs[0])
    nt.links.new(mp.outputs[0], t.inputs[0])
    n = nt.nodes.new('ShaderNodeTexNoise')
    n.inputs['Scale'].default_value = 140
    n.inputs['Detail'].default_value = 3
    nt.links.new(tc.outputs['Object'], n.inputs['Vector'])
    r = nt.nodes.new('ShaderNodeMapRange')
    r.inputs[1].default_value = 0.3
    r.inputs[2].default_value = 0.7
    r.inputs[3].default_value = 0.72
    r.inputs[4].default_value = 1.28
    nt.links.new(n.outputs['Fac'], r.inputs[0])
    x = nt.nodes.new('ShaderNodeMix')
    x.data_type = 'RGBA'
    x.blend_type = 'MULTIPLY'
    x.inputs[0].default_value = 1
    nt.links.new(t.outputs[0], x.inputs[6])
    nt.links.new(r.outputs[0], x.inputs[7])
    nt.links.new(x.outputs[2], p.inputs['Base Color'])
    b = nt.nodes.new('ShaderNodeBump')
    b.inputs['Strength'].default_value = 0.5
    b.inputs['Distance'].default_value = 0.006
    nt.links.new(n.outputs['Fac'], b.inputs['Height'])
    nt.links.new(b.outputs[0], p.inputs['Normal'])
    p.inputs['Roughness'].default_value = 0.82
    p.inputs['Specular IOR Level'].default_value = 0.35
    mesh('road', [(-hw, -12, 0), (hw, -12, 0), (hw, 300, 0), (-hw, 300, 0)], [(0, 1, 2, 3)], asph)


def add_ground(hw):
    """Field, kerbs, verges, pavements."""
    soil = mat('soil', (0.13, 0.10, 0.07), 0.95, vary=0.35, scale=1.2)
    pave = mat('pave', (0.27, 0.25, 0.22), 0.9, vary=0.3, scale=1.5)
    mesh(
        'ground',
        [(-400, -60, -0.04), (400, -60, -0.04), (400, 700, -0.04), (-400, 700, -0.04)],
        [(0, 1, 2, 3)],
        mat('field', (0.10, 0.13, 0.045), 0.95, vary=0.4, scale=0.25),
    )
    curb = [mat('curbA', (0.42, 0.41, 0.38), 0.85, vary=0.25), mat('curbB', (0.40, 0.05, 0.04), 0.8, vary=0.25)]
    for sd in (-1, 1):
        for k in range(-8, 110):
            box((sd * (hw + 0.12), k + 0.5, 0.06), (0.22, 0.985, 0.2), curb[k % 2 if sd > 0 else 0], 0.02)
        mesh(
            'verge',
            [
                (sd * (hw + 0.2), -20, 0.11),
                (sd * (hw + 1.7), -20, 0.11),
                (sd * (hw + 1.7), 200, 0.11),
                (sd * (hw + 0.2), 200, 0.11),
            ],
            [(0, 1, 2, 3)] if sd > 0 else [(3, 2, 1, 0)],
            soil,
        )
        mesh(
            'pave',
            [(sd * (hw + 1.7), -20, 0.13), (sd * 12, -20, 0.13), (sd * 12, 200, 0.13), (sd * (hw + 1.7), 200, 0.13)],
            [(0, 1, 2, 3)] if sd > 0 else [(3, 2, 1, 0)],
            pave,
        )
        for k in range(-10, 100):
            box((sd * (hw + 3.1), k * 0.8, 0.131), (3.0, 0.012, 0.006), mat('joint', (0.12, 0.11, 0.1), 0.9))


def add_green_and_houses(hw, houses):
    """Grass, rows of houses, trees."""
    s = bpy.context.scene
    leaves = leaf_clusters()
    grass = [
        tufts(mat('grass%d' % k, [(0.09, 0.14, 0.03), (0.16, 0.16, 0.05), (0.06, 0.11, 0.025)][k], 0.7))
        for k in range(3)
    ]
    for sd in (-1, 1):
        for _ in range(1100):
            yy = 5 + 75 * R.random() ** 1.6
            o = bpy.data.objects.new('tuft', R.choice(grass))
            s.collection.objects.link(o)
            o.location = (sd * (hw + R.uniform(0.3, 1.75)), yy, 0.1)
            q = R.uniform(0.5, 1.5)
            o.scale = (q, q, q * R.uniform(0.5, 1.2))
            o.rotation_euler = (0, 0, R.uniform(0, 6))
    i = 0
    for sd in (-1, 1):
        y = 16.0 if sd < 0 else 22.0
        while y < 150:
            w = R.choice([4, 4.5, 5, 6])
            if R.random() < houses:
                house(sd * 12, y + w / 2, sd, w, R.choice([1, 2, 2, 3, 3, 4, 5]), i)
            else:
                tree(sd * 14, y + w / 2, R.uniform(6, 9), leaves)
            i += 1
            y += w
    for k in range(9):
        tree(-(hw + 1.0), 21 + k * 12 + R.uniform(-2, 2), R.uniform(5, 7.5), leaves)
        tree(hw + 1.0, 25 + k * 12 + R.uniform(-2, 2), R.uniform(5, 7.5), leaves)


def add_poles(hw):
    """Electric poles with wires, lamp posts."""
    conc = mat('conc', (0.36, 0.35, 0.33), 0.85, vary=0.25)
    dark = mat('dark', (0.05, 0.05, 0.055), 0.6)
    for k, y in enumerate((16, 46, 76, 106)):
        tube((hw + 1.5, y, 0), (hw + 1.5, y, 8.5), 0.16, conc, 0.1)
        tube((-(hw + 1.4), y + 6, 0), (-(hw + 1.4), y + 6, 8), 0.09, mat('zinc', (0.4, 0.4, 0.41), 0.4, 0.8), 0.06)
        tube((-(hw + 1.4), y + 6, 8), (-(hw - 0.8), y + 6, 8.6), 0.04, mat('zinc', (0.4,) * 3))
        box((-(hw - 1.1), y + 6, 8.62), (0.7, 0.25, 0.12), mat('zinc', (0.4,) * 3), 0.03)
        for q in range(6):
            tube(
                (hw + 1.5 + 0.06 * q, y, 8.1 - 0.16 * q),
                (hw + 1.5 + 0.06 * q, y + 30, 8.1 - 0.16 * q + R.uniform(-0.2, 0.2)),
                0.012,
                dark,
                seg=5,
            )


def add_signs(hw):
    """A gantry with two signs far down the road, a round sign beside it."""
    zinc = mat('zinc', (0.4,) * 3)
    for sd in (-1, 1):
        tube((sd * (hw + 0.8), 62, 0), (sd * (hw + 0.8), 62, 7.2), 0.16, zinc, seg=16)
    for z in (6.3, 7.1):
        tube((-hw - 0.8, 62, z), (hw + 0.8, 62, z), 0.09, zinc)
    blue = mat('bluesign', (0.02, 0.09, 0.30), 0.4)
    white = mat('whitesign', (0.75, 0.75, 0.73), 0.5)
    for xx in (-3.3, 3.3):
        box((xx, 61.8, 6.6), (4.6, 0.06, 2.0), white)
        box((xx, 61.76, 6.6), (4.45, 0.06, 1.87), blue)
        for r_ in range(3):
            q = xx - 1.9
            while q < xx + 1.6:
                l = R.uniform(0.1, 0.3)
                box((q + l / 2, 61.72, 7.2 - r_ * 0.58), (l, 0.02, 0.28), white)
                q += l + 0.09
    # round sign
    tube((hw + 0.9, 33, 0), (hw + 0.9, 33, 2.9), 0.04, zinc)
    for rr, mm, e in ((0.35, mat('redsign', (0.5, 0.02, 0.02), 0.4), 0), (0.26, white, 0.01)):
        tube((hw + 0.9, 32.94 - e, 2.6), (hw + 0.9, 32.93 - e, 2.6), rr, mm, seg=32)


def add_hills(seed):
    """Far hills."""
    v, f, nx, ny = [], [], 120, 14
    for j in range(ny):
        for k in range(nx):
            xx, yy = -900 + 1800 * k / (nx - 1), 560 + j * 40
            hgt = max(
                0,
                95 * noise.noise(Vector((xx * 0.0035, yy * 0.003, seed)))
                + 34
                + 25 * noise.noise(Vector((xx * 0.013, yy * 0.01, 5))),
            ) * math.sin(math.pi * j / (ny - 1))
            v.append((xx, yy, hgt))
    for j in range(ny - 1):
        for k in range(nx - 1):
            a = j * nx + k
            f.append((a, a + 1, a + 1 + nx, a + nx))
    mesh('hills', v, f, mat('hills', (0.16, 0.22, 0.22), 1, vary=0.15, scale=0.02), True)


def add_sky(c):
    """Hazy sky with clouds."""
    s = bpy.context.scene
    wd = bpy.data.worlds.new('w')
    s.world = wd
    wd.use_nodes = True
    nt = wd.node_tree
    bg = nt.nodes['Background']
    sky = nt.nodes.new('ShaderNodeTexSky')
    sky.sky_type = 'NISHITA'
    sky.sun_disc = False
    sky.sun_elevation = math.radians(c.sun_el)
    sky.sun_rotation = math.radians(c.sun_az)
    sky.dust_density = 3
    sky.air_density = 1.2
    tc = nt.nodes.new('ShaderNodeTexCoord')
    mp = nt.nodes.new('ShaderNodeMapping')
    mp.inputs['Scale'].default_value = (1, 1, 2.6)
    cl = nt.nodes.new('ShaderNodeTexNoise')
    cl.inputs['Scale'].default_value = 2.3
    cl.inputs['Detail'].default_value = 8
    cl.inputs['Roughness'].default_value = 0.6
    rp = nt.nodes.new('ShaderNodeMapRange')
    rp.inputs[1].default_value = 0.46
    rp.inputs[2].default_value = 0.68
    mx = nt.nodes.new('ShaderNodeMix')
    mx.data_type = 'RGBA'
    mx.inputs[7].default_value = (5.2, 5.3, 5.5, 1)
    for a, q in (
        (tc.outputs['Generated'], mp.inputs[0]),
        (mp.outputs[0], cl.inputs['Vector']),
        (cl.outputs['Fac'], rp.inputs[0]),
        (rp.outputs[0], mx.inputs[0]),
        (sky.outputs[0], mx.inputs[6]),
        (mx.outputs[2], bg.inputs[0]),
    ):
        nt.links.new(a, q)
    bg.inputs[1].default_value = SKY_STRENGTH


def add_sun(c):
    sun = bpy.data.lights.new('sun', 'SUN')
    sun.energy = 4.2
    sun.angle = math.radians(0.8)
    sun.color = (1, 0.93, 0.80)
    so = bpy.data.objects.new('SUN', sun)
    so.rotation_euler = Vector(c.sun).to_track_quat('Z', 'Y').to_euler()
    bpy.context.scene.collection.objects.link(so)


def add_cameras(c):
    s = bpy.context.scene
    cam = bpy.data.cameras.new('cam')
    co = bpy.data.objects.new('cam', cam)
    s.collection.objects.link(co)
    cam.angle = math.radians(c.hfov)
    cam.clip_end = 2000
    co.location = c.pos
    co.rotation_euler = (Vector(c.look) - Vector(c.pos)).to_track_quat('-Z', 'Y').to_euler()
    s.camera = co
    pano = bpy.data.cameras.new('pano')
    pano.type = 'PANO'
    pano.panorama_type = 'EQUIRECTANGULAR'
    po = bpy.data.objects.new('pano', pano)
    po.location = (0, 18, 1.3)
    po.rotation_euler = (math.pi / 2, 0, 0)
    s.collection.objects.link(po)
    return co, po
