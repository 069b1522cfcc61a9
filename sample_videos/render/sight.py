"""A camera's geometry on the GPU's software driver: where each vehicle of a scene is in the picture, and the id buffer that tells
what of it can be seen. Needs no light: truth can be made without drawing.

A scene is a list of vehicles, each a dict: id, model, x, y (metres), heading (degrees clockwise from away, 180 oncoming), speed
(m/s along its heading), roll (metres gone), lean (radians), plate_front / plate_rear (RGB picture or None), text_front /
text_rear, brake, dust."""

import math
import os

os.environ.setdefault('LP_NUM_THREADS', '1')
os.environ.setdefault('GALLIUM_DRIVER', 'llvmpipe')
os.environ.setdefault('LIBGL_ALWAYS_SOFTWARE', '1')
import moderngl
import numpy as np

import shaders
from placing import matrix, velocity

FAR = 5000.0


def set_uniforms(program, **values):
    """Write uniforms; numpy matrices are row-major. Uniforms the compiler dropped are passed over."""
    for name, value in values.items():
        if name not in program:
            continue
        a = np.asarray(value, 'f4')
        program[name].write(np.ascontiguousarray(a.T if a.shape == (4, 4) else a).tobytes())


class Sight:
    """depth: planar depth of the scenery (h, w), rows top down, or None: nothing hides a vehicle but vehicles. readout: seconds
    that the shutter rolls from the first row to the last."""

    def __init__(self, camera, depth=None, readout=0.0):
        self.camera, self.readout = camera, readout
        self.W, self.H = W, H = camera.size
        self.ctx = x = moderngl.create_standalone_context(backend='egl')
        self.ids = x.program(vertex_shader=shaders.ID_VERT, fragment_shader=shaders.ID_FRAG)
        self.ids['zbg'].value = 3
        self.id_target = x.framebuffer([x.texture((W, H), 1)], x.depth_renderbuffer((W, H)))
        self.alone_target = x.framebuffer([x.texture((W, H), 1)], x.depth_renderbuffer((W, H)))
        self._place_camera()
        depth = np.full((1, 1), FAR, np.float32) if depth is None else depth[::-1]  # EXR rows run top down, GL's bottom up
        self.bg_depth = x.texture(depth.shape[::-1], 1, np.ascontiguousarray(depth).astype('f4').tobytes(), dtype='f4')
        self.bg_depth.filter = (moderngl.NEAREST,) * 2
        set_uniforms(self.ids, eye=self.eye, fwd=self.forward, size=(W, H), readout=readout)
        self._loaded = {}

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

    def rolled(self, v, points):
        """World points (n, 3) of v where the rolling shutter finds them."""
        if not self.readout:
            return points
        q, depth = self.camera.project(points)
        row = np.clip(q[:, 1] / self.H - 0.5, -0.7, 0.7)
        return points + np.where(depth < 1, 0, row * self.readout)[:, None] * np.array(velocity(v))

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
        M = matrix(v)
        world = box @ M[:3, :3].T + M[:3, 3]
        q, depth = self.camera.project(world)
        if depth.max() < 1:
            return None
        if depth.min() < 1:  # reaches behind the camera: the part before it shows where it ends highest
            return (0, 0, self.W, self.H) if (q[depth >= 1, 1] < self.H).any() else None
        pad += 4 + 3 * self.readout * v['speed'] * self.W / 2 / self.tan / max(depth.min(), 5)
        x0, y0 = max(0, int(q[:, 0].min() - pad)), max(0, int(q[:, 1].min() - pad))
        x1, y1 = min(self.W, int(q[:, 0].max() + pad) + 1), min(self.H, int(q[:, 1].max() + pad) + 1)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def load(self, m):
        """The vertex arrays of a model's ids: whole, and those of its plates."""
        if id(m) not in self._loaded:
            x = self.ctx
            buffer = lambda a, t='f4': x.buffer(np.ascontiguousarray(a).astype(t).tobytes())
            whole = x.vertex_array(
                self.ids,
                [(buffer(m.V), '3f', 'pos'), (buffer(np.where(m.T > 0, 2, 1)), '1f', 'tag')],
                buffer(m.F, 'i4'),
            )
            plates = [
                x.vertex_array(
                    self.ids,
                    [(buffer(p['corners'][[0, 3, 1, 1, 3, 2]]), '3f', 'pos'), (buffer(np.full(6, 3)), '1f', 'tag')],
                )
                for p in m.plates
            ]
            self._loaded[id(m)] = whole, plates, m
        return self._loaded[id(m)][:2]

    def draw_ids(self, v, base, hide):
        """Write base + 1 (machine), 2 (rider), 3 (plate) where v is; hide: the scenery may stand before it."""
        set_uniforms(self.ids, vp=self.vp, model=matrix(v), vel=velocity(v), base=base, hide=hide)
        whole, plates = self.load(v['model'])
        whole.render()
        for p, quad in zip(v['model'].plates, plates):
            if v.get('plate_' + p['face']) is not None:
                quad.render()
