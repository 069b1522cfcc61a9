"""Blender objects and materials the scenery is put together from. Metres."""

import bmesh
import bpy
import numpy as np
from mathutils import Vector

MATERIALS = {}


def image(name, a):
    """Linear picture (h, w, 3) as a packed Blender image."""
    im = bpy.data.images.new(name, a.shape[1], a.shape[0], float_buffer=True)
    im.colorspace_settings.name = 'Non-Color'
    b = np.ones(a.shape[:2] + (4,), np.float32)
    b[..., :3] = a
    im.pixels.foreach_set(b.ravel())
    im.pack()
    return im


def mat(name, col, rough=0.8, metal=0, spec=0.4, vary=0.0, scale=3, emit=0):
    """Principled material; vary adds cloudy dirt."""
    if name in MATERIALS:
        return MATERIALS[name]
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    nt = m.node_tree
    p = nt.nodes['Principled BSDF']
    p.inputs['Base Color'].default_value = (*col, 1)
    p.inputs['Roughness'].default_value = rough
    p.inputs['Metallic'].default_value = metal
    p.inputs['Specular IOR Level'].default_value = spec
    if emit:
        p.inputs['Emission Color'].default_value = (*col, 1)
        p.inputs['Emission Strength'].default_value = emit
    if vary:
        tc = nt.nodes.new('ShaderNodeTexCoord')
        n = nt.nodes.new('ShaderNodeTexNoise')
        n.inputs['Scale'].default_value = scale
        n.inputs['Detail'].default_value = 7
        n.inputs['Roughness'].default_value = 0.68
        r = nt.nodes.new('ShaderNodeMapRange')
        r.inputs[1].default_value = 0.3
        r.inputs[2].default_value = 0.7
        r.inputs[3].default_value = 1 - vary
        r.inputs[4].default_value = 1 + vary * 0.6
        x = nt.nodes.new('ShaderNodeMix')
        x.data_type = 'RGBA'
        x.blend_type = 'MULTIPLY'
        x.inputs[0].default_value = 1
        x.inputs[6].default_value = (*col, 1)
        nt.links.new(tc.outputs['Object'], n.inputs['Vector'])
        nt.links.new(n.outputs['Fac'], r.inputs[0])
        nt.links.new(r.outputs[0], x.inputs[7])
        nt.links.new(x.outputs[2], p.inputs['Base Color'])
    MATERIALS[name] = m
    return m


def mesh(name, v, f, m, smooth=False):
    """Object of vertices v and faces f in material m, put into the scene."""
    me = bpy.data.meshes.new(name)
    me.from_pydata(v, [], f)
    me.update()
    if m:
        me.materials.append(m)
    if smooth:
        me.polygons.foreach_set('use_smooth', [True] * len(me.polygons))
    o = bpy.data.objects.new(name, me)
    bpy.context.scene.collection.objects.link(o)
    return o


def box(c, s, m, bevel=0, rot=None):
    """Block of size s (metres) about c."""
    x, y, z = [q / 2 for q in s]
    v = [(a * x, b * y, d * z) for d in (-1, 1) for b in (-1, 1) for a in (-1, 1)]
    o = mesh('box', v, [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)], m)
    o.location = c
    if rot:
        o.rotation_euler = rot
    if bevel:
        b = o.modifiers.new('b', 'BEVEL')
        b.width = bevel
        b.segments = 2
    return o


def tube(p, q, r, m, r2=None, seg=10):
    """Round bar from p to q, radius r to r2."""
    p, q = Vector(p), Vector(q)
    bm = bmesh.new()
    bmesh.ops.create_cone(
        bm, cap_ends=True, segments=seg, radius1=r, radius2=r if r2 is None else r2, depth=(q - p).length
    )
    me = bpy.data.meshes.new('tube')
    bm.to_mesh(me)
    bm.free()
    me.materials.append(m)
    o = bpy.data.objects.new('tube', me)
    bpy.context.scene.collection.objects.link(o)
    o.location = (p + q) / 2
    o.rotation_euler = (q - p).to_track_quat('Z', 'Y').to_euler()
    return o
