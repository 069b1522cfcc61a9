"""What Cycles left on disk for a camera: the light bases with depth, the panorama, the scenery as the sun sees it."""

import math
import os

import numpy as np
import OpenEXR

import cameras


def read_exr(path):
    """Linear RGB (h, w, 3) float32, rows top down, and planar depth in metres (h, w), or None where it has none."""
    channels = OpenEXR.File(path).channels()
    rgb = np.asarray(channels[[k for k in channels if 'Combined' in k][0]].pixels, np.float32)[..., :3]
    depth = [k for k in channels if 'Depth' in k]
    rgb = np.nan_to_num(rgb, nan=0.0, posinf=0.0, neginf=0.0)
    return rgb, np.asarray(channels[depth[0]].pixels, np.float32) if depth else None


def read_background(name):
    """dict of a camera: sun, sky (h, w, 3) linear light, depth (h, w), pano_sun, pano_sky (128, 256, 3), sun_depth (h, w)."""
    folder = os.path.join(cameras.STATE, 'background_' + name)
    read = lambda f: read_exr(os.path.join(folder, f + '.exr'))
    sky, depth = read('sky')
    return dict(
        sky=sky,
        sun=read('sun')[0],
        depth=np.minimum(depth, 5000.0),
        pano_sun=read('pano_sun')[0],
        pano_sky=read('pano_sky')[0],
        sun_depth=read('sunz')[1],
    )


def harmonics(pano, upper):
    """Irradiance / pi of one half of a panorama, as nine coefficients of spherical harmonics (9, 3)."""
    h, w = pano.shape[:2]
    theta = (np.arange(h) + 0.5) / h * math.pi
    phi = ((np.arange(w) + 0.5) / w - 0.5) * 2 * math.pi
    z = np.cos(theta)[:, None] * np.ones(w)
    x = np.sin(theta)[:, None] * np.sin(phi)
    y = np.sin(theta)[:, None] * np.cos(phi)
    solid = np.sin(theta)[:, None] * (math.pi / h) * (2 * math.pi / w) * np.ones(w)
    light = pano * ((z > 0) if upper else (z <= 0))[..., None] * solid[..., None]
    norm = [0.282095, 0.488603, 0.488603, 0.488603, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274]
    basis = [1 + 0 * x, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y]
    cosine = [math.pi] + [2.094395] * 3 + [0.785398] * 5
    return np.array(
        [a * k * k * (light * b[..., None]).sum((0, 1)) / math.pi for a, k, b in zip(cosine, norm, basis)], np.float32
    )
