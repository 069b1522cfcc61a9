"""A plan of a clip's truth without drawing it: vehicles as blocks of their kind's size. Boxes and times differ from the drawn truth
by some pixels and hundredths of a second; which vehicle passes where, when and how well it can be seen does not. Needs no GPU
driver, no background and no built vehicle."""

from collections import namedtuple

import cv2
import numpy as np

import lights
from motion import SIZES
from passes import passes_of_tracks
from placing import matrix
from traffic import Traffic, frame_truth
from truth import PLATE_MM

Sketch = namedtuple('Sketch', 'size plates')
HEIGHT = dict(sedan=0.74, hatch=0.8, suv=0.86, pickup=0.62, van=0.78, bus=0.75, boxtruck=0.8, flatbed=0.8, heavy=1.0, tractor=1.0)
COARSE = 4  # pixels of the picture a side of the raster that tells what hides what


def sketch(name, v):
    """As traffic.make_vehicle, with a block for a model."""
    length, width, height = SIZES[v.kind]
    faces = [('rear', 'moto', 0.62)] if v.is_motorbike else [('front', v.front, 0.45), ('rear', v.rear, HEIGHT[v.kind])]
    plates = []
    for face, kind, z in faces:
        w, h = PLATE_MM[kind] / 1000, {'long': 0.11, 'square': 0.165, 'moto': 0.14}[kind]
        g = 1 if face == 'front' else -1
        corners = [(-g * a * w / 2, g * length / 2, z + b * h / 2) for a, b in ((-1, 1), (1, 1), (1, -1), (-1, -1))]
        plates.append(dict(kind=kind, face=face, corners=np.array(corners), normal=np.array((0, g, 0))))
    out = dict(model=Sketch((length, width, height), plates), sway=0.0)
    if v.cover != 'missing':
        for face, _, _ in faces:
            out['plate_' + face] = True
            out['text_' + face] = v.trailer if v.trailer and face == 'rear' else v.plate
    return out


def rows(camera, scene, shutter):
    """As truth.read_truth, from blocks."""
    W, H = camera.size
    raster = np.zeros((H // COARSE, W // COARSE), np.uint8)
    drawn = []
    for k, v in sorted(enumerate(scene), key=lambda q: -q[1]['y']):
        L, wide, high = v['model'].size
        block = np.array([(i * wide / 2, j * L / 2, z) for i in (-1, 1) for j in (-1, 1) for z in (0.0, high)])
        M = matrix(v)
        world = block @ M[:3, :3].T + M[:3, 3]
        eye_side = (world - np.array(camera.pos)) @ camera.axes()[2]
        if eye_side.min() < 1:
            continue
        q, _ = camera.project(world)
        if q[:, 0].max() < 0 or q[:, 0].min() > W or q[:, 1].max() < 0 or q[:, 1].min() > H:
            continue
        cv2.fillConvexPoly(raster, cv2.convexHull(np.int32(np.clip(q / COARSE, -4000, 4000))), k + 1)
        drawn.append((k, v, q, M))
    out = []
    for k, v, q, M in drawn:
        alone = np.zeros_like(raster)
        cv2.fillConvexPoly(alone, cv2.convexHull(np.int32(np.clip(q / COARSE, -4000, 4000))), 1)
        whole, mine = int(alone.sum()), raster == k + 1
        if not mine.any():
            continue
        # corners of the block, cut by the picture; what hides it is left to `visible`
        x0, y0 = np.clip(q.min(0), 0, (W, H))
        x1, y1 = np.clip(q.max(0), 0, (W, H))
        if x1 - x0 < 3 or y1 - y0 < 3:
            continue
        out.append(
            dict(
                id=v['id'],
                box=[int(round(n)) for n in (x0, y0, x1, y1)],
                visible=round(float(mine.sum()) / max(whole, 1), 3),
                cut=bool(x0 <= 0 or y0 <= 0 or x1 >= W or y1 >= H),
                plates=[p for p in (plate_row(camera, v, p, M, raster, k + 1, shutter) for p in v['model'].plates) if p],
            )
        )
    return out


def plate_row(camera, v, p, M, raster, tag, shutter):
    if not v.get('plate_' + p['face']):
        return None
    world = p['corners'] @ M[:3, :3].T + M[:3, 3]
    if (M[:3, :3] @ p['normal']) @ (np.array(camera.pos) - world.mean(0)) <= 0:
        return None
    q, depth = camera.project(world)
    if depth.min() < 1:
        return None
    later = matrix(v, shutter)
    moved = camera.project(p['corners'] @ later[:3, :3].T + later[:3, 3])[0] - q
    grid = np.array([(q[0] * (1 - a) + q[1] * a) * (1 - b) + (q[3] * (1 - a) + q[2] * a) * b for a in G for b in G])
    at = np.int32(grid / COARSE)
    inside = (at >= 0).all(1) & (at[:, 0] < raster.shape[1]) & (at[:, 1] < raster.shape[0])
    seen = inside & (raster[np.clip(at[:, 1], 0, raster.shape[0] - 1), np.clip(at[:, 0], 0, raster.shape[1] - 1)] == tag)
    width = float(np.linalg.norm(q[1] - q[0]) + np.linalg.norm(q[2] - q[3])) / 2
    return dict(
        face=p['face'],
        text=v['text_' + p['face']],
        kind=p['kind'],
        width=round(width, 1),
        visible=round(float(seen.mean()), 3),
        corners=[[round(float(a), 1) for a in c] for c in q],
        blur_mm=round(float(np.linalg.norm(moved.mean(0))) / max(width, 1) * PLATE_MM[p['kind']], 1),
    )


G = np.linspace(0.12, 0.88, 5)


def planned(story, clip, step=5):
    """(passes, tracks {id: [(t, frame's vehicle)]}) of a clip, from every step-th frame."""
    import cameras

    traffic = Traffic(story, clip, sketch)
    camera, tracks = traffic.camera, {}
    shutter = lights.LIGHTS[clip.light].shutter
    for f in range(0, clip.seconds * cameras.FPS, step):
        t = f / cameras.FPS
        for v in frame_truth(rows(camera, traffic.scene(t), shutter), story):
            tracks.setdefault(v['id'], []).append((t, v))
    found = passes_of_tracks(
        clip.label, camera.line_share(), camera.size, clip.start, tracks, story.held_out, clip.light
    )
    return found, tracks
