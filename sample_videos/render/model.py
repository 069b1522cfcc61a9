"""A vehicle as triangles with looks. It faces +y, x to its right, z up; origin on the ground under its middle; metres.
Number plates are separate quads, so that each vehicle of a scene can carry its own."""

import math

import fast_simplification
import numpy as np
from skimage.measure import marching_cubes

from bake import bake
from skin import BLACK, HOLE, M, RUBBER, Skin


class Model:
    def __init__(self, cls, kind, L, W, H, base):
        self.cls, self.kind, self.size, self.skin = cls, kind, (L, W, H), Skin(L, W, H, base)
        self.parts, self.plates = [], []
        self.paint = ()  # RGB of what one sees from anywhere: of a lorry cab and load bed; nothing of a motorbike
        self.front_bias, self.rear_bias, self.inner = None, 1.0, None
        self.lamps = {'head': [], 'tail': []}

    def add(self, V, F, N=None, m=BLACK, spin=(0, 0), tag=0):
        """Triangles; m is a material, or 'skin' for the drawn views. tag 1 = rider."""
        V, F = np.asarray(V, float), np.asarray(F, int)
        if N is None:  # flat: split vertices
            n = np.cross(V[F[:, 1]] - V[F[:, 0]], V[F[:, 2]] - V[F[:, 0]])
            n /= np.linalg.norm(n, axis=1)[:, None] + 1e-12
            V, N, F = V[F].reshape(-1, 3), np.repeat(n, 3, 0), np.arange(3 * len(F)).reshape(-1, 3)
        if m == 'skin':
            n = N[F].mean(1)
            n /= np.linalg.norm(n, axis=1)[:, None] + 1e-9
            front = self.front_bias(V[F].mean(1)) if self.front_bias else 1.0
            sc = np.stack(
                [np.abs(n[:, 0]), n[:, 1] * front, -n[:, 1] * self.rear_bias, n[:, 2] * 1.15, -n[:, 2] * 0.8], 1
            )
            view = sc.argmax(1)
            V, N, UV = V[F].reshape(-1, 3), N[F].reshape(-1, 3), np.zeros((3 * len(F), 2))
            k = np.repeat(view, 3)
            sk = self.skin
            k = np.where((k == 0) & (np.repeat(n[:, 0], 3) < 0), 5, k)
            for j, vw, uv in (
                (0, sk.side, (V[:, 1], V[:, 2])),
                (5, sk.left, (V[:, 1], V[:, 2])),
                (1, sk.front, (V[:, 0], V[:, 2])),
                (2, sk.rear, (V[:, 0], V[:, 2])),
                (3, sk.top, (V[:, 1], -V[:, 0])),
            ):
                UV[k == j] = vw.px(np.stack(uv, 1)[k == j]) / sk.N
            UV[k == 4] = sk.swatch(sk.under)
            if self.inner:
                UV[np.repeat(self.inner(V.reshape(-1, 3, 3).mean(1), n), 3)] = sk.swatch(BLACK)
            F = np.arange(len(V)).reshape(-1, 3)
        else:
            UV = np.tile(self.skin.swatch(m), (len(V), 1))
        self.parts.append((V, N, UV, F, np.tile(np.array(spin, float), (len(V), 1)), np.full(len(V), tag)))

    def sdf(self, fn, lo, hi, res, faces, m='skin', mirror=False, tag=0):
        ax = [np.arange(a, b + res, res) for a, b in zip(lo, hi)]
        g = np.stack(np.meshgrid(*ax, indexing='ij'), -1)
        d = fn(g.reshape(-1, 3)).reshape(g.shape[:3])
        d[0] = d[-1] = np.maximum(d[0], 0.01)
        d[:, 0] = np.maximum(d[:, 0], 0.01)
        d[:, -1] = np.maximum(d[:, -1], 0.01)
        d[:, :, 0] = np.maximum(d[:, :, 0], 0.01)
        d[:, :, -1] = np.maximum(d[:, :, -1], 0.01)
        V, F, _, _ = marching_cubes(d, 0, spacing=(res,) * 3, gradient_direction='ascent')
        V = V + np.array(lo)
        if len(F) > faces:
            V, F = fast_simplification.simplify(V.astype(np.float32), F.astype(np.int32), target_count=faces, agg=5)
        V = V.astype(float)
        h = res * 0.6
        N = np.stack([fn(V + e) - fn(V - e) for e in np.eye(3) * h], 1)
        N /= np.linalg.norm(N, axis=1)[:, None] + 1e-12
        fn_ = np.cross(V[F[:, 1]] - V[F[:, 0]], V[F[:, 2]] - V[F[:, 0]])
        if (fn_ * N[F].mean(1)).sum() < 0:
            F = F[:, ::-1]
        for x in ((1, -1) if mirror else (1,)):
            q = np.array([x, 1, 1])
            self.add(V * q, F if x > 0 else F[:, ::-1], N * q, m, tag=tag)

    def box(self, c, size, m=BLACK, mirror=False, rot=0.0, yaw=0.0, r=0.0):
        """Block, bevelled by r, turned about x by rot and about z by yaw (degrees)."""
        h = np.array(size) / 2
        r = min(r or 0.12 * h.min(), 0.9 * h.min())
        V, F = [], []
        for ax in range(3):
            for sg in (-1, 1):
                b, d = (ax + 1) % 3, (ax + 2) % 3
                q = np.zeros((4, 3))
                q[:, ax] = sg * h[ax]
                for i, (u, v) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
                    q[i, b] = u * (h[b] - r)
                    q[i, d] = v * (h[d] - r)
                if sg < 0:
                    q = q[::-1]
                F += [[len(V), len(V) + 1, len(V) + 2], [len(V), len(V) + 2, len(V) + 3]]
                V += list(q)
        V = np.array(V)
        for ax in range(3):  # bevels
            b, d = (ax + 1) % 3, (ax + 2) % 3
            for su in (-1, 1):
                for sv in (-1, 1):
                    q = np.zeros((4, 3))
                    q[:, ax] = [-(h[ax] - r), h[ax] - r, h[ax] - r, -(h[ax] - r)]
                    q[:2, b], q[:2, d] = su * h[b], sv * (h[d] - r)
                    q[2:, b], q[2:, d] = su * (h[b] - r), sv * h[d]
                    n = np.cross(q[1] - q[0], q[2] - q[0])
                    if n[b] * su + n[d] * sv < 0:
                        q = q[::-1]
                    k = len(V)
                    V = np.vstack([V, q])
                    F += [[k, k + 1, k + 2], [k, k + 2, k + 3]]
        ca, sa, cz, sz = *(f(math.radians(rot)) for f in (math.cos, math.sin)), *(
            f(math.radians(yaw)) for f in (math.cos, math.sin)
        )
        V = V @ np.array([[1, 0, 0], [0, ca, -sa], [0, sa, ca]]).T @ np.array(
            [[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]
        ).T + np.array(c)
        F = np.array(F)
        V, F = divide(V, F, 0.35)
        self.add(V, F, None, m)
        if mirror:
            self.add(V * [-1, 1, 1], F[:, ::-1], None, m)

    def lathe(self, prof, axis, c, m=BLACK, seg=24, spin=(0, 0), smooth=True):
        """Turn (along, radius) pairs about x, y or z through c."""
        prof = np.array(prof, float)
        a = np.linspace(0, 2 * math.pi, seg + 1)[:-1]
        k = 'xyz'.index(axis)
        V = np.zeros((len(prof), seg, 3))
        V[..., k] = prof[:, :1]
        V[..., (k + 1) % 3] = prof[:, 1:] * np.cos(a)
        V[..., (k + 2) % 3] = prof[:, 1:] * np.sin(a)
        F = []
        for i in range(len(prof) - 1):
            for j in range(seg):
                p, q, r, t = i * seg + j, i * seg + (j + 1) % seg, (i + 1) * seg + (j + 1) % seg, (i + 1) * seg + j
                F += [[p, q, r], [p, r, t]]
        V = V.reshape(-1, 3)
        F = np.array(F)
        N = np.zeros_like(V)
        f = np.cross(V[F[:, 1]] - V[F[:, 0]], V[F[:, 2]] - V[F[:, 0]])
        mid = V[F].mean(1)
        out = mid.copy()
        out[:, k] = 0
        pr = prof.mean(0)
        if ((f * (mid - np.array([pr[0] if i == k else 0 for i in range(3)]))).sum(1)).sum() < 0:
            F = F[:, ::-1]
            f = -f
        for j in range(3):
            np.add.at(N, F[:, j], f)
        N /= np.linalg.norm(N, axis=1)[:, None] + 1e-12
        self.add(V + np.array(c), F, N if smooth else None, m, spin)

    def tube(self, p, q, r, m=BLACK, mirror=False, seg=8, r2=None):
        p, q = np.array(p, float), np.array(q, float)
        d = (q - p) / np.linalg.norm(q - p)
        a = np.cross(d, [1, 0, 0] if abs(d[0]) < 0.8 else [0, 1, 0])
        a /= np.linalg.norm(a)
        b = np.cross(d, a)
        t = np.linspace(0, 2 * math.pi, seg + 1)[:-1]
        ring = np.cos(t)[:, None] * a + np.sin(t)[:, None] * b
        r2 = r if r2 is None else r2
        V = np.vstack([p + ring * r, q + ring * r2, p[None], q[None]])
        N = np.vstack([ring, ring, -d[None], d[None]])
        F = []
        for j in range(seg):
            k = (j + 1) % seg
            F += [[j, k, seg + k], [j, seg + k, seg + j], [k, j, 2 * seg], [seg + j, seg + k, 2 * seg + 1]]
        self.add(V, F, N, m)
        if mirror:
            self.add(V * [-1, 1, 1], np.array(F)[:, ::-1], N * [-1, 1, 1], m)

    def wheel(self, x, y, r, w, rim=0.62, m=M((150, 152, 155), 0.35, 0.35), spokes=5, dual=False):
        """Tyre and rim; they turn with the way gone."""
        sg = 1 if x > 0 else -1
        sp = (y, r)
        w2 = w / 2
        self.lathe(
            [(-w2, r * rim), (-w2, r * 0.93), (-w2 * 0.75, r), (w2 * 0.75, r), (w2, r * 0.93), (w2, r * rim)],
            'x',
            (x, y, r),
            RUBBER,
            28,
            sp,
        )
        self.lathe([(sg * w2 * 0.45, 0.001), (sg * w2 * 0.45, r * rim)], 'x', (x, y, r), HOLE, 16, sp, False)
        self.lathe(
            [(sg * w2 * 0.9, r * rim * 0.93), (sg * w2 * 0.98, r * rim), (sg * w2 * 0.3, r * rim * 0.95)],
            'x',
            (x, y, r),
            m,
            24,
            sp,
        )
        for k in range(spokes):
            a = 2 * math.pi * k / spokes
            c, t = math.cos(a), math.sin(a)
            u = np.array([0, c, t])
            v = np.array([0, -t, c])
            R0 = r * rim
            o = np.array([x + sg * w2 * 0.85, y, r])
            n = np.array([sg, 0, 0])
            q = [
                o + v * R0 * 0.2,
                o - v * R0 * 0.2,
                o + u * R0 * 0.96 - v * R0 * 0.15,
                o + u * R0 * 0.96 + v * R0 * 0.15,
            ]
            self.add(
                np.array(q), [[0, 1, 2], [0, 2, 3]] if sg < 0 else [[2, 1, 0], [3, 2, 0]], np.tile(n, (4, 1)), m, sp
            )
        self.lathe([(sg * w2 * 0.98, 0.001), (sg * w2 * 0.9, r * rim * 0.26)], 'x', (x, y, r), m, 12, sp, False)

    def plate(self, kind, face, x, y, z, tilt=0.0, frame=BLACK):
        """Holder and plate quad. face 'front' looks along +y, 'rear' along -y; tilt turns it towards the sky (degrees)."""
        w, h = {'long': (0.52, 0.11), 'square': (0.33, 0.165), 'moto': (0.19, 0.14)}[kind]
        g = 1 if face == 'front' else -1
        t = math.radians(tilt)
        n = np.array([0, g * math.cos(t), math.sin(t)])
        up = np.array([0, -g * math.sin(t), math.cos(t)])
        right = np.array([-g, 0, 0])
        c = np.array([x, y, z])
        q = [
            c + right * a * w / 2 + up * b * h / 2 + n * 0.006 for a, b in ((-1, 1), (1, 1), (1, -1), (-1, -1))
        ]  # as read: TL TR BR BL
        self.plates.append(dict(kind=kind, face=face, corners=np.array(q), normal=n))
        self.box(c - n * 0.008, (w + 0.024, 0.016, h + 0.024), frame, rot=-g * tilt * -1 if g < 0 else tilt)

    def finish(self):
        a, b = self.skin.side, self.skin.left
        h, w = int((a.v1 - a.v0) * a.scale) + 3, int((a.u1 - a.u0) * a.scale) + 3
        for im in (self.skin.col, self.skin.prop):
            im[int(b.y) - 1 : int(b.y) - 1 + h, : w + 4] = im[int(a.y) - 1 : int(a.y) - 1 + h, : w + 4]
        for f in self.skin.words:
            f()
        self.skin.words, self.inner, self.front_bias = [], None, None
        o = 0
        out = [[], [], [], [], [], []]
        for V, N, UV, F, S, T in self.parts:
            for k, a in enumerate((V, N, UV, F + o, S, T)):
                out[k].append(a)
            o += len(V)
        self.V, self.N, self.UV, self.F, self.S, self.T = [np.concatenate(a) for a in out]
        self.parts = None
        bake(self)
        return self


def divide(V, F, edge):
    """Split long triangles, so that baked light has points to live on."""
    V = [np.array(v) for v in V]
    todo = [list(f) for f in F]
    out = []
    while todo:
        f = todo.pop()
        l = [np.linalg.norm(V[f[i]] - V[f[(i + 1) % 3]]) for i in range(3)]
        i = int(np.argmax(l))
        if l[i] <= edge * 1.6:
            out.append(f)
            continue
        a, b, c = f[i], f[(i + 1) % 3], f[(i + 2) % 3]
        V.append((V[a] + V[b]) / 2)
        k = len(V) - 1
        todo += [[a, k, c], [k, b, c]]
    return np.array(V), np.array(out)
