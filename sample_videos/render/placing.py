"""Where a scene's vehicle stands in the world. Pure."""

import math

import numpy as np


def velocity(v):
    """m/s in world space."""
    a = math.radians(v['heading'])
    return math.sin(a) * v['speed'], math.cos(a) * v['speed'], 0.0


def matrix(v, dt=0.0):
    """Vehicle to world (4, 4), dt seconds after the scene's time."""
    a = math.radians(v['heading'])
    c, s = math.cos(a), math.sin(a)
    M = np.eye(4)
    M[:3, :3] = [[c, s, 0], [-s, c, 0], [0, 0, 1]]
    if v.get('lean'):
        lc, ls = math.cos(v['lean']), math.sin(v['lean'])
        M[:3, :3] = M[:3, :3] @ np.array([[lc, 0, ls], [0, 1, 0], [-ls, 0, lc]])
    vx, vy, _ = velocity(v)
    M[:3, 3] = v['x'] + vx * dt, v['y'] + vy * dt, 0
    return M
