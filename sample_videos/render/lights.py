"""Light and weather of a clip, mixed from a camera's two light bases (sun, sky) and from lamps that are computed from its depth.

Strengths of lamps are shares of the day's sky light on the ground, so that one number means the same at every camera: 1 lights a
white surface as brightly as the whole sky does by day."""

import math
from dataclasses import dataclass

import numpy as np

from backlight import harmonics

LAMP_SPACING, LAMP_HEIGHT = (22, 52, 82, 112), 8.5  # metres along the road; as scenery.py sets the posts


@dataclass(frozen=True)
class Light:
    sun: float = 1.0  # weight of the sun base
    sky: float = 1.0  # weight of the sky base
    lamps: float = 0.0  # street lamps, on the ground below one
    infrared: float = 0.0  # lamp at the camera, where the line is
    retro: float = 0.0  # how many times brighter a plate's film throws the camera's lamp back than plain white
    head: float = 0.0  # glow of head lamps that are on
    pool: float = 0.0  # what they throw on the road before them
    tail: float = 0.06
    tint: tuple = (1.0, 1.0, 1.0)
    key: float = 0.25  # the picture's median before the tone curve ...
    white: float = 0.0  # ... or, where > 0, what a white plate at the line is exposed to: the sensor's exposure by night
    noise: float = 0.004
    contrast: float = 0.45
    soft: float = 0.42  # of the lens, pixels
    mono: bool = False
    shutter: float = 1 / 1000  # seconds
    haze: float = 0.0  # share of light lost in a metre
    wet: float = 0.0  # 0 dry, 1 streaming
    rain: float = 0.0  # streaks in the air
    dirt: float = 0.0  # smudges on the lens
    drops: int = 0  # drops on the lens
    shake: float = 0.0  # of the pole, pixels
    readout: float = 0.0  # rolling shutter: seconds from the first row to the last


LIGHTS = {
    'first': Light(),  # the first minute: a clean sensor
    'day': Light(noise=0.006, shake=0.5, readout=0.016, dirt=0.25, haze=0.0008),
    'cloudy': Light(
        sun=0.12, sky=1.9, tail=0.03, key=0.3, tint=(1.1, 1.0, 0.92), noise=0.008, contrast=0.35, shutter=1 / 500,
        haze=0.002, dirt=0.4, shake=0.7, readout=0.016,
    ),
    'rain': Light(
        sun=0.0, sky=1.0, head=3.0, pool=0.10, tail=0.5, key=0.17, tint=(1.06, 1.0, 0.98), noise=0.013, contrast=0.4,
        soft=0.6, shutter=1 / 400, haze=0.0035, wet=0.9, rain=0.8, dirt=0.3, drops=5, shake=1.2, readout=0.02,
    ),
    'dusk': Light(
        sun=0.0, sky=0.05, lamps=0.16, head=0.9, pool=0.10, tail=0.10, key=0.10, tint=(0.96, 1.0, 1.14), noise=0.024,
        soft=0.55, shutter=1 / 200, haze=0.0015, dirt=0.4, shake=0.6, readout=0.02,
    ),
    'infrared': Light(
        sun=0.0, sky=0.0004, lamps=0.004, infrared=1.0, retro=2.2, head=22.0, pool=0.25, tail=1.1, white=0.62, noise=0.02,
        mono=True, soft=0.6, shutter=1 / 500, haze=0.0005, dirt=0.5, shake=0.5, readout=0.02,
    ),
}


def positions(camera, depth):
    """World points (h, w, 3) of a picture's planar depth; rows top down."""
    h, w = depth.shape
    right, up, forward = camera.axes()
    tan = math.tan(math.radians(camera.hfov) / 2)
    x = ((np.arange(w) + 0.5) / w * 2 - 1) * tan
    y = (1 - (np.arange(h) + 0.5) / h * 2) * tan * h / w
    rays = forward + x[None, :, None] * right + y[:, None, None] * up
    return (np.array(camera.pos) + depth[..., None] * rays).astype(np.float32)


def normals(points, eye):
    """Unit normals of a grid of points, turned to the eye. The ground is flat; elsewhere over steps of several pixels, since
    depth is coarse."""
    step = 5
    a, b = np.zeros_like(points), np.zeros_like(points)
    a[:, step:-step] = points[:, 2 * step :] - points[:, : -2 * step]
    b[step:-step] = points[2 * step :] - points[: -2 * step]
    n = np.cross(a, b)
    n /= np.linalg.norm(n, axis=2, keepdims=True) + 1e-9
    n *= np.sign((n * (eye - points)).sum(2, keepdims=True))
    n[points[..., 2] < 0.2] = 0, 0, 1
    return n


def lamp_places(camera):
    return np.array([(-(camera.road_half - 1.1), y, LAMP_HEIGHT) for y in LAMP_SPACING], float)


def line_distance(camera):
    """Metres from the eye to the middle of the line."""
    middle = (np.array(camera.line[0]) + np.array(camera.line[1])) / 2
    return float(np.linalg.norm(np.array((camera.look[0], middle[1], 0.6)) - np.array(camera.pos)))


def lit_by(points, normal, lamp, downwards):
    """Share of a lamp's strength at each point: cosine over distance squared; street lamps shine downwards."""
    to = np.asarray(lamp, np.float32) - points
    r2 = np.maximum((to * to).sum(2), 1.0)
    to /= np.sqrt(r2)[..., None]
    s = np.maximum((to * normal).sum(2), 0) / r2
    return s * np.maximum(to[..., 2], 0) if downwards else s


def mix(camera, light, b):
    """What the renderer needs of background b (see backlight.py) under this light: `sunny` (shaded by vehicles) and `rest`
    (h, w, 3), pano, albedo (h, w, 3), unit (radiance of a white surface under the day's sky), lamp_power, infrared_power
    (radiance of white at 1 m), air (radiance of haze), exposure, harmonics up and down."""
    day = harmonics(b['pano_sky'], True)
    unit = float((day[0] + day[2] + 2 * day[6]).mean())
    albedo = np.clip(b['sky'] / unit, 0, 1.2)
    sunny, rest = b['sun'] * light.sun, b['sky'] * light.sky
    lamp_power = light.lamps * unit * LAMP_HEIGHT**2
    infrared_power = light.infrared * unit * line_distance(camera) ** 2
    if light.lamps or light.infrared:
        points = positions(camera, np.minimum(b['depth'], 900.0))
        normal, near = normals(points, np.array(camera.pos)), (b['depth'] < 500)[..., None]
        rest = rest * 1.0
        for lamp in lamp_places(camera) if light.lamps else ():
            rest += near * albedo * lit_by(points, normal, lamp, True)[..., None] * lamp_power * np.array((1, 0.74, 0.45))
        if light.infrared:
            rest += near * albedo * lit_by(points, normal, camera.pos, False)[..., None] * infrared_power
    pano = b['pano_sun'] * light.sun + b['pano_sky'] * light.sky
    ground = 0.12 * unit * (0.5 * light.lamps + 0.02 * light.infrared)  # lamps' light that the road throws back
    pano = pano + ground
    median = float(np.median((sunny + rest)[::7, ::7].mean(-1)))
    exposure = light.white / (0.8 * light.infrared * (1 + light.retro) * unit) if light.white else light.key / max(median, 1e-5)
    top = b['pano_sky'][:64].mean((0, 1)) * light.sky
    return dict(
        sunny=sunny,
        rest=rest,
        pano=pano,
        albedo=albedo,
        unit=unit,
        lamp_power=lamp_power,
        infrared_power=infrared_power,
        air=top * 0.7 + 0.01 * unit * light.lamps,
        exposure=exposure,
        up=harmonics(pano, True),
        down=harmonics(pano, False),
    )


def shake_at(light, seed, t):
    """Shift of the picture in pixels (x, y) at time t: a pole that swings slowly and trembles when lorries pass."""
    if not light.shake:
        return 0.0, 0.0
    a = seed * 1.7
    x = 0.6 * math.sin(2 * math.pi * 0.31 * t + a) + 0.3 * math.sin(2 * math.pi * 1.27 * t + 2 * a)
    y = 0.25 * math.sin(2 * math.pi * 0.53 * t + 3 * a) + 0.35 * math.sin(2 * math.pi * 2.9 * t + 5 * a)
    return light.shake * x, light.shake * y
