"""One camera's background with Blender's Cycles, as separate light bases, so that vehicles can shade the sun:
sun.exr (sun lamp alone), sky.exr (sky alone, with depth), small panoramas pano_*.exr for reflections and ambient light, and
sunz.exr, the scenery's depth as the sun sees it. Run in the bpy environment: python background.py CLIP [samples]"""

import os
import sys
import time

import bpy
from mathutils import Matrix

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cameras
from scenery import SKY_STRENGTH, build_scene

SAMPLES = 14


def light_only(base):
    """Switch on the sun lamp ('SUN') or the sky ('SKY') alone."""
    for o in bpy.context.scene.objects:
        if o.type == 'LIGHT':
            o.hide_render = base != 'SUN'
    background = bpy.context.scene.world.node_tree.nodes['Background']
    background.inputs[1].default_value = SKY_STRENGTH if base == 'SKY' else 0


def render(path, size, samples, camera):
    """Writes a multilayer EXR with linear colour and planar depth. What exists is kept."""
    if os.path.exists(path):
        return
    s = bpy.context.scene
    s.camera, s.render.engine = camera, 'CYCLES'
    c = s.cycles
    c.device, c.samples = 'CPU', samples
    c.use_adaptive_sampling, c.adaptive_threshold = True, 0.03
    c.use_denoising, c.denoiser, c.denoising_input_passes = True, 'OPENIMAGEDENOISE', 'RGB_ALBEDO_NORMAL'
    c.max_bounces, c.diffuse_bounces, c.glossy_bounces = 3, 2, 2
    c.caustics_reflective = c.caustics_refractive = False
    c.sample_clamp_indirect = 4
    s.render.resolution_x, s.render.resolution_y, s.render.resolution_percentage = *size, 100
    s.render.threads_mode, s.render.threads = 'FIXED', int(os.environ.get('RENDER_THREADS', '2'))
    s.render.use_persistent_data = True
    bpy.context.view_layer.use_pass_z = True
    s.render.image_settings.file_format = 'OPEN_EXR_MULTILAYER'
    s.render.image_settings.color_depth = '16'
    s.render.filepath = path.replace('.exr', '.part.exr')
    cpu = time.process_time()
    bpy.ops.render.render(write_still=True)
    os.replace(s.render.filepath, path)
    print('%s: %.0f CPU-s' % (path, time.process_time() - cpu), flush=True)


def sun_camera(c):
    """An orthographic camera that sees the road as the sun does; returns it and its picture's size."""
    (along, across, to_sun), lo, hi = c.sun_frame()
    data = bpy.data.cameras.new('suncam')
    data.type, data.ortho_scale = 'ORTHO', hi[0] - lo[0]
    data.clip_start, data.clip_end = 0.1, 500
    o = bpy.data.objects.new('suncam', data)
    bpy.context.scene.collection.objects.link(o)
    middle = (lo + hi) / 2
    p = along * middle[0] + across * middle[1] + to_sun * (-lo[2] + cameras.SUNZ_BACK)
    rows = [[*(float(v[i]) for v in (along, across, to_sun)), float(p[i])] for i in range(3)]
    o.matrix_world = Matrix(rows + [[0, 0, 0, 1]])
    return o, (3072, max(64, round(3072 * (hi[1] - lo[1]) / (hi[0] - lo[0]))))


def main(name, samples):
    folder = os.path.join(cameras.STATE, 'background_' + name)
    os.makedirs(folder, exist_ok=True)
    path = lambda f: os.path.join(folder, f + '.exr')
    c = cameras.CAMERAS[name]
    camera, pano = build_scene(c)
    light_only('SUN')
    sun, size = sun_camera(c)
    render(path('sunz'), size, 1, sun)
    for base, n in (('SKY', samples), ('SUN', max(8, samples * 2 // 3))):
        light_only(base)
        render(path('pano_' + base.lower()), (256, 128), 48, pano)
        render(path(base.lower()), c.size, n, camera)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else SAMPLES)
