"""Drawn looks of a vehicle: straight views (front, rear, sides, top) drawn in 2D in metres, all in one atlas of two pictures:
colour (sRGB, 0-255) and properties (roughness, reflectance, head-light glow, tail-light glow; 0-255 for 0-1)."""

import math

import cv2
import numpy as np


def M(rgb, rough=0.6, spec=0.04, head=0.0, tail=0.0):
    """A material: sRGB colour 0-255, roughness, reflectance, glow as a head and as a tail lamp (0-1)."""
    return (rgb, rough, spec, head, tail)


BLACK = M((17, 17, 19), 0.5)
RUBBER = M((17, 17, 18), 0.85)
CHROME = M((200, 200, 202), 0.12, 0.7)
STEEL = M((120, 121, 124), 0.45, 0.25)
GLASS = M((17, 21, 23), 0.03, 0.10)
LAMP = M((205, 210, 214), 0.06, 0.25, 1.0)
LAMPIN = M((120, 124, 128), 0.05, 0.4, 0.25)
TAIL = M((128, 8, 10), 0.1, 0.10, 0, 1.0)
TAILD = M((88, 6, 8), 0.1, 0.08, 0, 0.45)
AMBER = M((176, 78, 10), 0.12, 0.08)
DARKGREY = M((52, 53, 55), 0.6)
HOLE = M((7, 7, 8), 0.9, 0.01)
REFL = M((190, 14, 16), 0.2, 0.1, 0, 0.25)


class View:
    """Part of the atlas that is a straight view of the vehicle: u (right), v (up) in metres."""

    def __init__(self, skin, x, y, u0, v0, u1, v1, scale):
        self.skin, self.x, self.y, self.u0, self.v0, self.u1, self.v1, self.scale = skin, x, y, u0, v0, u1, v1, scale

    def px(self, uv):
        uv = np.asarray(uv, float)
        return np.stack(
            [self.x + (uv[..., 0] - self.u0) * self.scale, self.y + (self.v1 - uv[..., 1]) * self.scale], -1
        )

    def poly(self, pts, m, mirror=False):
        p = np.round((self.px(pts)) * 16).astype(np.int32)
        self.skin.fill(lambda im, c: cv2.fillPoly(im, [p], c, cv2.LINE_AA, 4), m)
        if mirror:
            self.poly([(-u, v) for u, v in pts], m)

    def rect(self, u0, v0, u1, v1, m, mirror=False, r=0.0):
        r = min(r, abs(u1 - u0) / 2.01, abs(v1 - v0) / 2.01)
        if r:
            pts = [
                (cu + r * math.cos(a), cv + r * math.sin(a))
                for cu, cv, a0 in (
                    (u1 - r, v1 - r, 0),
                    (u0 + r, v1 - r, 90),
                    (u0 + r, v0 + r, 180),
                    (u1 - r, v0 + r, 270),
                )
                for a in np.radians(np.linspace(a0, a0 + 90, 5))
            ]
        else:
            pts = [(u0, v0), (u1, v0), (u1, v1), (u0, v1)]
        self.poly(pts, m, mirror)

    def disc(self, u, v, ru, rv, m, mirror=False):
        self.poly([(u + ru * math.cos(a), v + rv * math.sin(a)) for a in np.linspace(0, 6.283, 33)[:-1]], m, mirror)

    def line(self, pts, m, w=0.008, mirror=False):
        p = np.round(self.px(pts) * 16).astype(np.int32)
        self.skin.fill(lambda im, c: cv2.polylines(im, [p], False, c, max(1, round(w * self.scale)), cv2.LINE_AA, 4), m)
        if mirror:
            self.line([(-u, v) for u, v in pts], m, w)

    def shade(self, fn):
        """Multiply the colour by fn(u, v)."""
        x0, y0, x1, y1 = (
            int(self.x),
            int(self.y),
            int(self.x + (self.u1 - self.u0) * self.scale) + 1,
            int(self.y + (self.v1 - self.v0) * self.scale) + 1,
        )
        yy, xx = np.mgrid[y0:y1, x0:x1]
        f = fn((xx - self.x) / self.scale + self.u0, self.v1 - (yy - self.y) / self.scale)
        self.skin.col[y0:y1, x0:x1] = np.clip(self.skin.col[y0:y1, x0:x1] * f[..., None], 0, 255)


class Skin:
    N = 1280

    def __init__(self, L, W, H, base, under=HOLE):
        """Views laid out for a vehicle L x W x H; all painted in the base material at first."""
        self.col = np.zeros((self.N, self.N, 3), np.uint8)
        self.prop = np.zeros((self.N, self.N, 4), np.uint8)
        self.fill(lambda im, c: im.__setitem__(slice(None), c), base)
        L, W, H = L + 0.1, W + 0.1, H + 0.05
        a = min(1270 / L, 760 / (2 * H + W))
        y = 4
        self.side = View(self, 4, y, -L / 2, 0, L / 2, H, a)
        y += H * a + 4  # right side
        self.left = View(self, 4, y, -L / 2, 0, L / 2, H, a)
        y += H * a + 4  # left side: a copy, but for its lettering
        self.top = View(self, 4, y, -L / 2, -W / 2, L / 2, W / 2, a)
        y += W * a + 4  # u along y, v = -x
        b = min(560 / W, (1220 - y) / H)
        self.front = View(self, 4, y, -W / 2, 0, W / 2, H, b)
        self.rear = View(self, 8 + W * b, y, -W / 2, 0, W / 2, H, b)
        self.sw = {}
        self.under = under
        self.words = []

    def fill(self, op, m):
        op(self.col, tuple(int(v) for v in m[0]))
        op(self.prop, tuple(int(255 * np.clip(v, 0, 1)) for v in m[1:]))

    def swatch(self, m):
        """Middle of a small patch in this material (row of patches at the bottom)."""
        if m not in self.sw:
            k = len(self.sw)
            x, y = 8 + 16 * (k % 60), self.N - 20 - 16 * (k // 60)
            self.fill(lambda im, c: cv2.rectangle(im, (x, y), (x + 15, y + 15), c, -1), m)
            self.sw[m] = ((x + 7.5) / self.N, (y + 7.5) / self.N)
        return self.sw[m]
