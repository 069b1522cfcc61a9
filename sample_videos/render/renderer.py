"""Draws vehicles over a Cycles background with OpenGL on the CPU (Mesa llvmpipe), by day, and keeps the buffers truth.py reads.

A scene is a list of vehicles, each a dict: id, model, x, y (metres), heading (degrees, 0 away, 180 oncoming), speed (m/s along
its heading), roll (metres gone), lean (radians), plate_front / plate_rear (RGB picture or None), text_front / text_rear, brake, dust.
"""

import math
import os

os.environ.setdefault('LP_NUM_THREADS', '1')
os.environ.setdefault('GALLIUM_DRIVER', 'llvmpipe')
os.environ.setdefault('LIBGL_ALWAYS_SOFTWARE', '1')
import cv2
import moderngl
import numpy as np

import cameras
import shaders
from backlight import harmonics, read_background

SS = 1.5  # supersampling of the vehicles
KEY = 0.25  # the picture's median before the tone curve
NOISE, CONTRAST, SOFT, SHARP = 0.004, 0.45, 0.42, 0.25
TAIL_GLOW, BRAKE_GLOW, DAY_LAMP_GLOW = 0.06, 1.2, 0.6
SUN = np.array((1, 0.93, 0.80)) * 4.2  # as the sun lamp of background.py
UNITS = {
    'col': 0,
    'prop': 1,
    'env': 2,
    'zbg': 3,
    'shadow': 4,
    'shade': 5,  # texture units
    'bgSun': 0,
    'bgSky': 1,
    'veh': 2,
    'occ': 5,
    'lin': 0,
    'noise': 1,
    'big': 0,
    'tex': 0,
}


def set_uniforms(program, **values):
    """Write uniforms; numpy matrices are row-major. Uniforms the compiler dropped are passed over."""
    for name, value in values.items():
        if name not in program:
            continue
        a = np.asarray(value, 'f4')
        program[name].write(np.ascontiguousarray(a.T if a.shape == (4, 4) else a).tobytes())


class Renderer:
    def __init__(self, name):
        self.camera = cameras.CAMERAS[name]
        self.W, self.H = self.camera.size
        self.ctx = moderngl.create_standalone_context(backend='egl')
        self.reseed(0)
        self.loaded = {}  # models and plate pictures on the GPU, by id()
        self._make_programs()
        self._make_buffers()
        self._place_camera()
        self._load_background(read_background(name))

    def reseed(self, seed):
        """Restart the noise of the following frames."""
        self.rng = np.random.default_rng(seed)

    # ---------- set-up ----------
    def _make_programs(self):
        make = lambda vert, frag: self.ctx.program(vertex_shader=vert, fragment_shader=frag)
        self.draw = make(shaders.VEHICLE_VERT, shaders.VEHICLE_FRAG)
        self.depth = make(shaders.DEPTH_VERT, shaders.DEPTH_FRAG)
        self.ids = make(shaders.ID_VERT, shaders.ID_FRAG)
        self.down = make(shaders.QUAD_VERT, shaders.DOWN_FRAG)
        self.ground = make(shaders.GROUND_VERT, shaders.GROUND_FRAG)
        self.compose = make(shaders.QUAD_VERT, shaders.COMPOSE_FRAG)
        self.lens = make(shaders.QUAD_VERT, shaders.CAMERA_FRAG)
        for program in (self.draw, self.ids, self.down, self.ground, self.compose, self.lens):
            for uniform, unit in UNITS.items():
                if uniform in program:
                    program[uniform].value = unit
        self.compose['zbg'].value, self.compose['shadow'].value = 3, 4
        self.quad_down, self.quad_compose, self.quad_lens = (
            self.ctx.vertex_array(p, []) for p in (self.down, self.compose, self.lens)
        )
        self.ground_quad = self.ctx.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], 'f4').tobytes())

    def _make_buffers(self):
        x, W, H = self.ctx, self.W, self.H
        big = int(W * SS), int(H * SS)
        self.big = x.texture(big, 4, dtype='f2')
        self.big_target = x.framebuffer([self.big], x.depth_renderbuffer(big))
        self.vehicles = x.texture((W, H), 4, dtype='f2')
        self.vehicles_target = x.framebuffer([self.vehicles])
        self.occlusion = x.texture((W, H), 1)
        self.occlusion_target = x.framebuffer([self.occlusion])
        self.linear = x.texture((W, H), 3, dtype='f2')
        self.linear.repeat_x = self.linear.repeat_y = False
        self.linear_target = x.framebuffer([self.linear])
        self.picture = x.framebuffer([x.texture((W, H), 3)])
        self.id_target = x.framebuffer([x.texture((W, H), 1)], x.depth_renderbuffer((W, H)))
        self.alone_target = x.framebuffer([x.texture((W, H), 1)], x.depth_renderbuffer((W, H)))
        self.shadow = self._depth_map(x.depth_texture((4096, 1024)))
        self.shadow_target = x.framebuffer(depth_attachment=self.shadow)
        grain = self.rng.normal(0, 1, (512, 512, 3)).astype('f4')
        self.noise = self._texture(0.75 * grain + 1.25 * cv2.GaussianBlur(grain, (0, 0), 1), 'f2')

    def _place_camera(self):
        c = self.camera
        self.right, self.up, self.forward = c.axes()
        self.eye = np.array(c.pos, float)
        view = np.eye(4)
        view[0, :3], view[1, :3], view[2, :3] = self.right, self.up, -self.forward
        view[:3, 3] = -view[:3, :3] @ self.eye
        self.tan = math.tan(math.radians(c.hfov) / 2)
        near, far = 1.0, 400.0
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = 1 / self.tan, self.W / self.H / self.tan
        lens[2, 2], lens[2, 3], lens[3, 2] = -(far + near) / (far - near), -2 * far * near / (far - near), -1
        self.vp = lens @ view
        (along, across, to_sun), lo, hi = c.sun_frame()
        self.sun_vp = np.eye(4)  # orthographic, its long side along the road
        for i, axis in enumerate((along, across, -to_sun)):
            self.sun_vp[i, :3] = axis * 2 / (hi[i] - lo[i])
            self.sun_vp[i, 3] = -(hi[i] + lo[i]) / (hi[i] - lo[i])
        self.sun_depth_range = float(hi[2] - lo[2])

    def _load_background(self, b):
        up = lambda a: np.ascontiguousarray(a[::-1])  # EXR rows run top down, GL's bottom up
        self.bg_sun, self.bg_sky = self._texture(up(b['sun']), 'f2'), self._texture(up(b['sky']), 'f2')
        self.bg_depth = self._texture(up(b['depth'])[..., None], 'f4')
        self.bg_depth.filter = (moderngl.NEAREST,) * 2
        self.env = self._texture(b['pano'], 'f2')
        self.env.build_mipmaps()
        self.env.filter = moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR
        # shadow of the scenery on the vehicles
        scenery = np.clip((b['sun_depth'][::-1] - cameras.SUNZ_BACK) / self.sun_depth_range + 0.001, 0, 1).astype('f4')
        self.shade = self._depth_map(
            self.ctx.depth_texture(scenery.shape[::-1], np.ascontiguousarray(scenery).tobytes())
        )
        exposure = KEY / max(float(np.median((b['sun'] + b['sky'])[::7, ::7].mean(-1))), 1e-5)
        eye, size = dict(eye=self.eye, fwd=self.forward), (self.W, self.H)
        set_uniforms(
            self.draw,
            **eye,
            sun=self.camera.sun,
            sunE=SUN,
            sunvp=self.sun_vp,
            size=(int(self.W * SS), int(self.H * SS)),
            shU=harmonics(b['pano'], True),
            shD=harmonics(b['pano'], False),
        )
        set_uniforms(self.ids, **eye, size=size)
        set_uniforms(
            self.compose,
            **eye,
            right=self.right,
            up=self.up,
            sunvp=self.sun_vp,
            tan_=(self.tan, self.tan * self.H / self.W),
        )
        set_uniforms(self.lens, size=size, soft=SOFT, sharp=SHARP, expo=exposure, sigma=NOISE, contrast=CONTRAST)

    def _texture(self, a, dtype):
        return self.ctx.texture(
            (a.shape[1], a.shape[0]), a.shape[2], np.ascontiguousarray(a).astype(dtype).tobytes(), dtype=dtype
        )

    def _depth_map(self, texture):
        texture.compare_func = '<='
        texture.filter = (moderngl.LINEAR,) * 2
        texture.repeat_x = texture.repeat_y = False
        return texture

    def _mipmapped(self, a):
        """8-bit picture -> texture."""
        t = self.ctx.texture((a.shape[1], a.shape[0]), a.shape[2], np.ascontiguousarray(a).tobytes(), alignment=1)
        t.build_mipmaps()
        t.filter = moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR
        return t

    def load(self, m):
        """A model's buffers: main, depth, ids (vertex arrays), col, prop, ground (textures), plates."""
        if id(m) in self.loaded:
            return self.loaded[id(m)][0]
        x, layout = self.ctx, ('3f 3f 2f 2f 2f', 'pos', 'nrm', 'uv', 'ao', 'spin')
        buffer = lambda a, t='f4': x.buffer(np.ascontiguousarray(a).astype(t).tobytes())
        index, position = buffer(m.F, 'i4'), buffer(m.V)
        vertices, tags = buffer(np.hstack([m.V, m.N, m.UV, m.ao, m.S])), buffer(np.where(m.T > 0, 2, 1))
        ground = x.texture(m.ground.shape[::-1], 1, m.ground.astype('f4').tobytes(), dtype='f4', alignment=4)
        o = dict(
            main=x.vertex_array(self.draw, [(vertices, *layout)], index),
            depth=x.vertex_array(self.depth, [(position, '3f', 'pos')], index),
            ids=x.vertex_array(self.ids, [(position, '3f', 'pos'), (tags, '1f', 'tag')], index),
            col=self._mipmapped(m.skin.col),
            prop=self._mipmapped(m.skin.prop),
            ground=ground,
            ground_quad=x.vertex_array(self.ground, [(self.ground_quad, '2f', 'pos')]),
            plates=[],
        )
        film = self._mipmapped(np.full((4, 4, 4), (int(0.35 * 255), 12, 0, 0), np.uint8))
        for p in m.plates:
            v = np.hstack(
                [
                    p['corners'],
                    np.tile(p['normal'], (4, 1)),
                    np.array([[0, 0], [1, 0], [1, 1], [0, 1]]),
                    np.full((4, 2), 0.9),
                    np.zeros((4, 2)),
                ]
            )[[0, 3, 1, 1, 3, 2]]
            o['plates'].append(
                dict(
                    face=p['face'],
                    corners=p['corners'],
                    normal=p['normal'],
                    kind=p['kind'],
                    film=film,
                    main=x.vertex_array(self.draw, [(buffer(v), *layout)]),
                    ids=x.vertex_array(
                        self.ids, [(buffer(v[:, :3]), '3f', 'pos'), (buffer(np.full(6, 3)), '1f', 'tag')]
                    ),
                )
            )
        self.loaded[id(m)] = o, m
        return o

    def plate_texture(self, a):
        if id(a) not in self.loaded:
            self.loaded[id(a)] = self._mipmapped(a), a
        return self.loaded[id(a)][0]

    # ---------- geometry ----------
    def matrix(self, v, dt=0.0):
        """Vehicle to world, dt seconds after the scene's time."""
        a = math.radians(v['heading'])
        c, s = math.cos(a), math.sin(a)
        M = np.eye(4)
        M[:3, :3] = [[c, s, 0], [-s, c, 0], [0, 0, 1]]
        if v.get('lean'):
            lc, ls = math.cos(v['lean']), math.sin(v['lean'])
            M[:3, :3] = M[:3, :3] @ np.array([[lc, 0, ls], [0, 1, 0], [-ls, 0, lc]])
        M[:3, 3] = v['x'], v['y'] + c * v['speed'] * dt, 0
        return M

    def bounds(self, v, pad=6):
        """Pixels (x0, y0, x1, y1) that hold the whole vehicle, or None where none of it is in the picture."""
        L, W, H = v['model'].size
        box = np.array(
            [
                [i * (W / 2 + 0.4), j * (L / 2 + 0.4), k]
                for i in (-1, 1)
                for j in (-1, 1)
                for k in (0, max(H, 1.95) + 0.2)
            ]
        )
        M = self.matrix(v)
        world = box @ M[:3, :3].T + M[:3, 3]
        q, depth = self.camera.project(world)
        if depth.min() < 1:  # reaches behind the camera: the part before it shows where it ends highest
            return (0, 0, self.W, self.H) if (q[depth >= 1, 1] < self.H).any() else None
        x0, y0 = max(0, int(q[:, 0].min() - pad)), max(0, int(q[:, 1].min() - pad))
        x1, y1 = min(self.W, int(q[:, 0].max() + pad) + 1), min(self.H, int(q[:, 1].max() + pad) + 1)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    # ---------- a frame ----------
    def frame(self, scene, shutter=1 / 1000):
        """sRGB picture (H, W, 3) uint8 of the scene at its mid-exposure."""
        self._draw_shadows(scene)
        self._draw_ground_darkening(scene)
        self._draw_vehicles([(v, self.load(v['model']), b) for v in scene if (b := self.bounds(v))], shutter)
        x = self.ctx
        x.disable(moderngl.DEPTH_TEST | moderngl.BLEND)
        self.linear_target.use()
        for unit, t in enumerate((self.bg_sun, self.bg_sky, self.vehicles, self.bg_depth, self.shadow, self.occlusion)):
            t.use(unit)
        self.quad_compose.render(moderngl.TRIANGLE_STRIP, 4)
        self.picture.use()
        self.linear.use(0)
        self.noise.use(1)
        set_uniforms(self.lens, off=self.rng.integers(0, 512, 2))
        self.quad_lens.render(moderngl.TRIANGLE_STRIP, 4)
        return np.frombuffer(self.picture.read(components=3, alignment=1), np.uint8).reshape(self.H, self.W, 3)[::-1]

    def _draw_shadows(self, scene):
        """Depth of all vehicles as the sun sees them: shadows on each other and on the ground."""
        self.ctx.enable(moderngl.DEPTH_TEST)
        self.ctx.disable(moderngl.CULL_FACE | moderngl.BLEND)
        self.shadow_target.use()
        self.shadow_target.clear(depth=1.0)
        set_uniforms(self.depth, vp=self.sun_vp)
        for v in scene:
            if -5 < v['y'] < 90:
                set_uniforms(self.depth, model=self.matrix(v))
                self.load(v['model'])['depth'].render()

    def _draw_ground_darkening(self, scene):
        x = self.ctx
        self.occlusion_target.use()
        self.occlusion_target.clear(1, 1, 1, 1)
        x.disable(moderngl.DEPTH_TEST)
        x.enable(moderngl.BLEND)
        x.blend_func = moderngl.ZERO, moderngl.SRC_COLOR
        set_uniforms(self.ground, vp=self.vp)
        for v in scene:
            if v['y'] > self.eye[1] + v['model'].size[0] / 2 + 3:
                o = self.load(v['model'])
                set_uniforms(self.ground, model=self.matrix(v), halfs=v['model'].ground_half)
                o['ground'].use(0)
                o['ground_quad'].render(moderngl.TRIANGLE_STRIP)
        x.disable(moderngl.BLEND)

    def _draw_vehicles(self, visible, shutter):
        """Into self.vehicles, premultiplied: at SS times the size, over 1-5 sub-frames for the motion blur."""
        self.vehicles_target.use()
        self.vehicles_target.clear()
        if not visible:
            return
        x, H = self.ctx, self.H
        b = np.array([q[2] for q in visible])
        x0, y0, x1, y1 = (int(n) for n in (b[:, 0].min(), b[:, 1].min(), b[:, 2].max(), b[:, 3].max()))
        focal = self.W / 2 / self.tan
        blur = max(focal * v['speed'] * shutter * 0.35 / max(v['y'] - self.eye[1], 5) for v, _, _ in visible)  # pixels
        n = int(np.clip(math.ceil(blur / 1.3), 1, 5))
        for i in range(n):
            dt = ((i + 0.5) / n - 0.5) * shutter
            x.enable(moderngl.DEPTH_TEST)
            x.disable(moderngl.BLEND)
            self.big_target.use()
            self.big_target.scissor = int(x0 * SS), int((H - y1) * SS), int((x1 - x0) * SS) + 2, int((y1 - y0) * SS) + 2
            self.big_target.clear()
            set_uniforms(self.draw, vp=self.vp)
            for unit, t in ((2, self.env), (3, self.bg_depth), (4, self.shadow), (5, self.shade)):
                t.use(unit)
            for v, o, _ in sorted(visible, key=lambda q: q[0]['y']):
                self._draw_vehicle(v, o, dt)
            x.disable(moderngl.DEPTH_TEST)
            x.enable(moderngl.BLEND)
            x.blend_func = moderngl.ONE, moderngl.ONE
            self.vehicles_target.use()
            self.vehicles_target.scissor = x0, H - y1, x1 - x0, y1 - y0
            self.big.use(0)
            set_uniforms(self.down, w=1.0 / n)
            self.quad_down.render(moderngl.TRIANGLE_STRIP, 4)
        self.vehicles_target.scissor = self.big_target.scissor = None
        x.disable(moderngl.BLEND)

    def _draw_vehicle(self, v, o, dt):
        set_uniforms(
            self.draw,
            model=self.matrix(v, dt),
            roll=v.get('roll', 0.0) + v['speed'] * dt,
            dust=v.get('dust', 0.2),
            glow=DAY_LAMP_GLOW if v.get('day_lamps') else 0.0,
            tail=TAIL_GLOW + (BRAKE_GLOW if v.get('brake') else 0.0),
        )
        o['col'].use(0)
        o['prop'].use(1)
        o['main'].render()
        for p in o['plates']:
            picture = v.get('plate_' + p['face'])
            if picture is None:
                continue
            set_uniforms(self.draw, glow=0.0, tail=0.0, dust=0.0)
            self.plate_texture(picture).use(0)
            p['film'].use(1)
            p['main'].render()
