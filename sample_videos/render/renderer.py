"""Draws the vehicles of a scene (see sight.py) over a Cycles background with OpenGL on the CPU (Mesa llvmpipe), in any of the
lights of lights.py."""

import math

import cv2
import moderngl
import numpy as np

import cameras
import lights
import shaders
import weather
from backlight import read_background
from placing import matrix, velocity
from sight import Sight, set_uniforms

SS = 1.5  # supersampling of the vehicles
SHARP = 0.25
BRAKE_GLOW, DAY_LAMP_GLOW = 1.2, 0.6
SUN = np.array((1, 0.93, 0.80)) * 4.2  # as the sun lamp of background.py
UNITS = {
    'draw': ('col', 'prop', 'env', 'zbg', 'shadow', 'shade'),
    'down': ('big',),
    'ground': ('tex',),
    'compose': ('bgSun', 'bgSky', 'veh', 'zbg', 'shadow', 'occ', 'pool', 'albedo', 'mirror', 'env', 'puddle'),
    'lens': ('lin', 'noise', 'stray', 'lensmap', 'fall'),
}


class Renderer:
    """Frames of one camera in one light. seed: of what lies on the lens and of the rain."""

    def __init__(self, camera, light='first', seed=0):
        self.camera, self.light, self.seed = cameras.CAMERAS[camera], lights.LIGHTS[light], seed
        background = read_background(camera)
        self.sight = Sight(self.camera, background['depth'], self.light.readout)
        self.ctx, (self.W, self.H) = self.sight.ctx, self.camera.size
        self.bounds, self.tan, self.eye = self.sight.bounds, self.sight.tan, self.sight.eye
        self.reseed(0)
        self.loaded = {}  # models and plate pictures on the GPU, by id()
        self._make_programs()
        self._make_buffers()
        self._place_sun()
        self._load_background(background)

    def reseed(self, seed):
        """Restart the noise of the following frames."""
        self.rng = np.random.default_rng(seed)

    # ---------- set-up ----------
    def _make_programs(self):
        make = lambda vert, frag: self.ctx.program(vertex_shader=vert, fragment_shader=frag)
        self.draw = make(shaders.VEHICLE_VERT, shaders.vehicle_frag(self.light))
        self.cover = make(shaders.VEHICLE_VERT, shaders.DEPTH_FRAG)  # depth alone, drawn first: what is hidden is not shaded
        self.depth = make(shaders.DEPTH_VERT, shaders.DEPTH_FRAG)
        self.down = make(shaders.QUAD_VERT, shaders.DOWN_FRAG)
        self.ground = make(shaders.GROUND_VERT, shaders.GROUND_FRAG)
        self.pools = make(shaders.GROUND_VERT, shaders.POOL_FRAG)
        self.compose = make(shaders.QUAD_VERT, shaders.COMPOSE_FRAG)
        self.lens = make(shaders.QUAD_VERT, shaders.CAMERA_FRAG)
        for program, names in UNITS.items():
            for unit, name in enumerate(names):
                if name in getattr(self, program):
                    getattr(self, program)[name].value = unit
        self.quad_down, self.quad_compose, self.quad_lens = (
            self.ctx.vertex_array(p, []) for p in (self.down, self.compose, self.lens)
        )
        self.ground_quad = self.ctx.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], 'f4').tobytes())
        self.pool_quad = self.ctx.vertex_array(self.pools, [(self.ground_quad, '2f', 'pos')])

    def _make_buffers(self):
        x, W, H = self.ctx, self.W, self.H
        big = int(W * SS), int(H * SS)
        self.big = x.texture(big, 4, dtype='f2')
        depth = x.depth_renderbuffer(big)
        self.big_target, self.cover_target = x.framebuffer([self.big], depth), x.framebuffer([], depth)
        self.vehicles = x.texture((W, H), 4, dtype='f2')
        self.vehicles_target = x.framebuffer([self.vehicles])
        self.occlusion = x.texture((W, H), 1)
        self.occlusion_target = x.framebuffer([self.occlusion])
        self.pool = x.texture((W // 2, H // 2), 1, dtype='f2')
        self.pool_target = x.framebuffer([self.pool])
        self.pool_target.clear()
        half = W // 2, H // 2
        self.mirror = x.texture(half, 4, dtype='f2')
        self.mirror.repeat_x = self.mirror.repeat_y = False
        self.mirror_target = x.framebuffer([self.mirror], x.depth_renderbuffer(half))
        self.mirror_target.clear()
        self.linear = x.texture((W, H), 3, dtype='f2')
        self.linear.repeat_x = self.linear.repeat_y = False
        self.linear_target = x.framebuffer([self.linear])
        self.stray = self._texture(np.zeros((H // 4, W // 4, 3)), 'f2')
        self.picture = x.framebuffer([x.texture((W, H), 3)])
        self.shadow = self._depth_map(x.depth_texture((4096, 1024)))
        self.shadow_target = x.framebuffer(depth_attachment=self.shadow)
        grain = self.rng.normal(0, 1, (512, 512, 3)).astype('f4')
        self.noise = self._texture(0.75 * grain + 1.25 * cv2.GaussianBlur(grain, (0, 0), 1), 'f2')
        light = self.light
        up = lambda a: np.ascontiguousarray(a[::-1])
        none = np.zeros((2, 2, 3), np.float32)
        dirty = light.dirt > 0 or light.drops > 0
        lens = weather.lens(self.seed, (W, H), light.dirt, light.drops) if dirty else none
        self.lensmap = self._texture(up(lens) * [1, 1, -1], 'f2')
        self.lensmap.repeat_x = self.lensmap.repeat_y = False
        self.fall = self._texture(up(weather.streaks(self.seed))[..., None] if light.rain else none[..., :1], 'f2')
        self.puddle = self._texture(weather.puddles(self.seed, light.wet)[..., None] if light.wet else none[..., :1], 'f2')

    def _place_sun(self):
        (along, across, to_sun), lo, hi = self.camera.sun_frame()
        self.sun_vp = np.eye(4)  # orthographic, its long side along the road
        for i, axis in enumerate((along, across, -to_sun)):
            self.sun_vp[i, :3] = axis * 2 / (hi[i] - lo[i])
            self.sun_vp[i, 3] = -(hi[i] + lo[i]) / (hi[i] - lo[i])
        self.sun_depth_range = float(hi[2] - lo[2])

    def _load_background(self, b):
        up = lambda a: np.ascontiguousarray(a[::-1])  # EXR rows run top down, GL's bottom up
        self.mixed = m = lights.mix(self.camera, self.light, b)
        self.bg_sun, self.bg_sky = self._texture(up(m['sunny']), 'f2'), self._texture(up(m['rest']), 'f2')
        self.albedo = self._texture(up(m['albedo']), 'f2')
        self.env = self._texture(m['pano'], 'f2')
        self.env.build_mipmaps()
        self.env.filter = moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR
        # shadow of the scenery on the vehicles
        scenery = np.clip((b['sun_depth'][::-1] - cameras.SUNZ_BACK) / self.sun_depth_range + 0.001, 0, 1).astype('f4')
        self.shade = self._depth_map(
            self.ctx.depth_texture(scenery.shape[::-1], np.ascontiguousarray(scenery).tobytes())
        )
        light, sight = self.light, self.sight
        places = dict(eye=self.eye, fwd=sight.forward, air=m['air'], haze=light.haze, wet=light.wet, sunvp=self.sun_vp)
        set_uniforms(
            self.draw,
            **places,
            sun=self.camera.sun,
            sunE=SUN * light.sun,
            size=(int(self.W * SS), int(self.H * SS)),
            shU=m['up'],
            shD=m['down'],
            infrared=m['infrared_power'],
            readout=light.readout,
        )
        if 'lampP' in self.draw:
            self.draw['lampP'].write(lights.lamp_places(self.camera).astype('f4').tobytes())
            set_uniforms(self.draw, lampE=np.array((1, 0.74, 0.45)) * m['lamp_power'])
        set_uniforms(
            self.compose,
            **places,
            right=sight.right,
            up=sight.up,
            tan_=(self.tan, self.tan * self.H / self.W),
            sunny=light.sun,
            roadHalf=self.camera.road_half,
        )
        set_uniforms(
            self.lens,
            size=(self.W, self.H),
            soft=light.soft,
            sharp=SHARP,
            expo=m['exposure'],
            sigma=light.noise,
            contrast=light.contrast,
            mono=float(light.mono),
            tint=light.tint,
            air=m['air'] + 0.02 / m['exposure'],
            rain=light.rain,
            dirty=float(light.dirt > 0 or light.drops > 0),
        )

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
        """A model's buffers: main, depth (vertex arrays), col, prop, ground (textures), plates."""
        if id(m) in self.loaded:
            return self.loaded[id(m)][0]
        x, layout = self.ctx, ('3f 3f 2f 2f 2f', 'pos', 'nrm', 'uv', 'ao', 'spin')
        buffer = lambda a, t='f4': x.buffer(np.ascontiguousarray(a).astype(t).tobytes())
        index, position = buffer(m.F, 'i4'), buffer(m.V)
        vertices = buffer(np.hstack([m.V, m.N, m.UV, m.ao, m.S]))
        ground = x.texture(m.ground.shape[::-1], 1, m.ground.astype('f4').tobytes(), dtype='f4', alignment=4)
        o = dict(
            main=x.vertex_array(self.draw, [(vertices, *layout)], index),
            cover=x.vertex_array(self.cover, [(vertices, '3f 3x4 2x4 2x4 2f', 'pos', 'spin')], index),
            depth=x.vertex_array(self.depth, [(position, '3f', 'pos')], index),
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
                    film=film,
                    main=x.vertex_array(self.draw, [(buffer(v), *layout)]),
                )
            )
        self.loaded[id(m)] = o, m
        return o

    def plate_texture(self, a):
        if id(a) not in self.loaded:
            self.loaded[id(a)] = self._mipmapped(a), a
        return self.loaded[id(a)][0]

    # ---------- a frame ----------
    def frame(self, scene, sway=((0, 0), (0, 0))):
        """sRGB picture (H, W, 3) uint8 of the scene at its mid-exposure. sway: shift in pixels at the first and the last row."""
        light, x = self.light, self.ctx
        if light.sun:
            self._draw_shadows(scene)
        self._draw_ground_darkening(scene)
        if light.pool:
            self._draw_pools(scene)
        visible = [(v, self.load(v['model']), b) for v in scene if (b := self.bounds(v))]
        if light.wet:
            self._draw_mirrored(visible)
        self._draw_vehicles(visible)
        x.disable(moderngl.DEPTH_TEST | moderngl.BLEND)
        self.linear_target.use()
        for unit, t in enumerate(
            (
                self.bg_sun,
                self.bg_sky,
                self.vehicles,
                self.sight.bg_depth,
                self.shadow,
                self.occlusion,
                self.pool,
                self.albedo,
                self.mirror,
                self.env,
                self.puddle,
            )
        ):
            t.use(unit)
        self.quad_compose.render(moderngl.TRIANGLE_STRIP, 4)
        if light.head:
            self._scatter()
        self.picture.use()
        for unit, t in enumerate((self.linear, self.noise, self.stray, self.lensmap, self.fall)):
            t.use(unit)
        off, fall = self.rng.integers(0, 512, 2), self.rng.uniform(0, 1, (2, 2))
        set_uniforms(self.lens, off=off, shake0=sway[0], shake1=sway[1], fall0=fall[0], fall1=fall[1])
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
                set_uniforms(self.depth, model=matrix(v))
                self.load(v['model'])['depth'].render()

    def _draw_ground_darkening(self, scene):
        x = self.ctx
        self.occlusion_target.use()
        self.occlusion_target.clear(1, 1, 1, 1)
        x.disable(moderngl.DEPTH_TEST)
        x.enable(moderngl.BLEND)
        x.blend_func = moderngl.ZERO, moderngl.SRC_COLOR
        set_uniforms(self.ground, vp=self.sight.vp)
        for v in scene:
            if v['y'] > self.eye[1] + v['model'].size[0] / 2 + 3:
                o = self.load(v['model'])
                set_uniforms(self.ground, model=matrix(v), halfs=v['model'].ground_half)
                o['ground'].use(0)
                o['ground_quad'].render(moderngl.TRIANGLE_STRIP)
        x.disable(moderngl.BLEND)

    def _draw_pools(self, scene):
        """What head lamps throw on the road."""
        x, reach = self.ctx, 8.5
        self.pool_target.use()
        self.pool_target.clear()
        x.disable(moderngl.DEPTH_TEST)
        x.enable(moderngl.BLEND)
        x.blend_func = moderngl.ONE, moderngl.ONE
        for v in scene:
            ahead = np.eye(4)
            ahead[1, 3] = v['model'].size[0] / 2 + reach
            M = matrix(v) @ ahead
            if min(M[1, 3] - reach, M[1, 3] + reach) < self.eye[1] + 3:
                continue  # a part of it is behind the camera
            narrow = v['model'].cls == 'motorcycle'
            k = self.light.pool * self.light.head * self.mixed['unit'] * (0.6 if narrow else 1.0)
            set_uniforms(self.pools, vp=self.sight.vp, model=M, halfs=(2.0 if narrow else 3.2, reach), k=k)
            self.pool_quad.render(moderngl.TRIANGLE_STRIP)
        x.disable(moderngl.BLEND)

    def _draw_mirrored(self, visible):
        """The vehicles upside down, at half the size: what a wet road shows of them."""
        x = self.ctx
        x.enable(moderngl.DEPTH_TEST)
        x.disable(moderngl.BLEND)
        self.mirror_target.use()
        self.mirror_target.clear()
        self._use_light(-1.0)
        for v, o, _ in sorted(visible, key=lambda q: q[0]['y']):
            self._draw_vehicle(v, o, 0.0)

    def _use_light(self, flip):
        set_uniforms(self.draw, vp=self.sight.vp, flip=flip)
        set_uniforms(self.cover, vp=self.sight.vp, flip=flip, readout=self.light.readout)
        for unit, t in ((2, self.env), (3, self.sight.bg_depth), (4, self.shadow), (5, self.shade)):
            t.use(unit)

    def _draw_vehicles(self, visible):
        """Into self.vehicles, premultiplied: at SS times the size, over 1-5 sub-frames for the motion blur."""
        self.vehicles_target.use()
        self.vehicles_target.clear()
        if not visible:
            return
        x, H, shutter = self.ctx, self.H, self.light.shutter
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
            self._use_light(1.0)
            self._cover(visible, dt)
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

    def _cover(self, visible, dt):
        """The depth of all vehicles."""
        x = self.ctx
        self.cover_target.scissor = self.big_target.scissor
        self.cover_target.use()
        x.polygon_offset = 1.0, 8.0  # a little behind itself: the two programs round differently
        for v, o, _ in sorted(visible, key=lambda q: q[0]['y']):
            set_uniforms(self.cover, model=matrix(v, dt), vel=velocity(v), roll=v.get('roll', 0.0) + v['speed'] * dt)
            o['cover'].render()
        x.polygon_offset = 0.0, 0.0
        self.big_target.use()

    def _draw_vehicle(self, v, o, dt):
        light, unit = self.light, self.mixed['unit']
        glow = light.head * unit if light.head else DAY_LAMP_GLOW if v.get('day_lamps') else 0.0
        brake = BRAKE_GLOW if v.get('brake') else 0.0
        # by day lamps glow in the units of the sun lamp, by night beside what the exposure makes of them
        tail = light.tail + brake if not light.head else (light.tail + light.tail * 2 * (brake > 0)) * unit
        set_uniforms(
            self.draw,
            model=matrix(v, dt),
            vel=velocity(v),
            roll=v.get('roll', 0.0) + v['speed'] * dt,
            dust=v.get('dust', 0.2) * (1 - 0.6 * light.wet),
            glow=glow,
            tail=tail,
            retro=0.0,
        )
        o['col'].use(0)
        o['prop'].use(1)
        o['main'].render()
        for p in o['plates']:
            picture = v.get('plate_' + p['face'])
            if picture is None:
                continue
            set_uniforms(self.draw, glow=0.0, tail=0.0, dust=0.0, retro=light.retro)
            self.plate_texture(picture).use(0)
            p['film'].use(1)
            p['main'].render()

    def _scatter(self):
        """Stray light round lamps: what is brighter than white, spread by the lens."""
        a = np.frombuffer(self.linear_target.read(components=3, dtype='f2', alignment=1), np.float16)
        a = a.reshape(self.H, self.W, 3)[::2, ::2].astype(np.float32)
        a = cv2.resize(a, (self.W // 4, self.H // 4), interpolation=cv2.INTER_AREA)
        white = 1.2 / self.mixed['exposure']
        a = np.clip(np.nan_to_num(a) - white, 0, 40 * white)
        glow = sum(k * cv2.GaussianBlur(a, (0, 0), s) for k, s in ((0.10, 3), (0.05, 12), (0.02, 40)))
        self.stray.write(np.ascontiguousarray(glow).astype(np.float16).tobytes())
