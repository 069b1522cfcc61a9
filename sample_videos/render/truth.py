"""Exact truth of a frame, read back from an id buffer: what of each vehicle and plate is visible."""

import cv2
import moderngl
import numpy as np

MACHINE, RIDER, PLATE = 1, 2, 3  # tags in the id buffer, beside 4 x the vehicle's place in the list
LEAST_PIXELS = 12


def box_of(mask, x0, y0):
    """[left, top, right, bottom) of a mask's pixels, shifted by (x0, y0); None where it is empty."""
    if not mask.any():
        return None
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return [int(columns[0] + x0), int(rows[0] + y0), int(columns[-1] + 1 + x0), int(rows[-1] + 1 + y0)]


def read_truth(r, scene):
    """List of dicts, one a vehicle of which at least LEAST_PIXELS pixels are visible, boxes in pixels [x0, y0, x1, y1):
    id, box (visible pixels, rider included), visible (share of its pixels in the picture that nothing hides), cut (reaches
    the picture's edge), plates [{face, text, kind, width (pixels, mean of upper and lower edge), visible (share of the
    plate's area), corners (TL TR BR BL as read)}]. Plates that face away are left out."""
    ctx, W, H = r.ctx, r.W, r.H
    ctx.enable(moderngl.DEPTH_TEST)
    ctx.disable(moderngl.BLEND | moderngl.CULL_FACE)
    r.bg_depth.use(3)
    visible = [(v, r.load(v['model']), b) for v in scene if (b := r.bounds(v))]

    def draw(v, o, base, hide):
        r.ids['vp'].write(np.ascontiguousarray(r.vp.T, 'f4').tobytes())
        r.ids['model'].write(np.ascontiguousarray(r.matrix(v).T, 'f4').tobytes())
        r.ids['base'].value, r.ids['hide'].value = float(base), float(hide)
        o['ids'].render()
        for p in o['plates']:
            if v.get('plate_' + p['face']) is not None:
                p['ids'].render()

    r.id_target.use()
    r.id_target.clear()
    for k, (v, o, _) in enumerate(visible):
        draw(v, o, 4 * k, 1)
    ids = np.frombuffer(r.id_target.read(components=1, alignment=1), np.uint8).reshape(H, W)[::-1]
    rows = []
    for k, (v, o, (x0, y0, x1, y1)) in enumerate(visible):
        part = ids[y0:y1, x0:x1]
        mine = (part > 4 * k) & (part <= 4 * k + PLATE)
        count = int(mine.sum())
        if count < LEAST_PIXELS:
            continue
        r.alone_target.use()  # the vehicle alone, with nothing before it
        area = x0, H - y1, x1 - x0, y1 - y0
        r.alone_target.scissor = area
        r.alone_target.clear()
        draw(v, o, 0, 0)
        r.alone_target.scissor = None
        alone = np.frombuffer(r.alone_target.read(viewport=area, components=1, alignment=1), np.uint8)
        box = box_of(mine, x0, y0)
        rows.append(
            dict(
                id=v['id'],
                box=box,
                visible=round(count / max(1, int((alone > 0).sum())), 3),
                cut=box[0] <= 0 or box[1] <= 0 or box[2] >= W or box[3] >= H,
                plates=[p for p in (plate_truth(r, v, p, ids, 4 * k + PLATE) for p in o['plates']) if p],
            )
        )
    return rows


def plate_truth(r, v, p, ids, tag):
    """Truth of one plate, or None where it is not fitted or faces away. visible counts what the picture's edge cuts as hidden."""
    if v.get('plate_' + p['face']) is None:
        return None
    M = r.matrix(v)
    world = p['corners'] @ M[:3, :3].T + M[:3, 3]
    if (M[:3, :3] @ p['normal']) @ (r.eye - world.mean(0)) <= 0:
        return None
    q, depth = r.camera.project(world)
    if depth.min() < 1:
        return None
    area = abs(cv2.contourArea(q.astype(np.float32)))
    lo, hi = q.min(0), q.max(0)
    x0, y0, x1, y1 = np.clip([lo[0] - 1, lo[1] - 1, hi[0] + 2, hi[1] + 2], 0, [r.W, r.H, r.W, r.H]).astype(int)
    seen = int((ids[y0:y1, x0:x1] == tag).sum())
    width = (np.linalg.norm(q[1] - q[0]) + np.linalg.norm(q[2] - q[3])) / 2
    return dict(
        face=p['face'],
        text=v['text_' + p['face']],
        kind=p['kind'],
        width=round(float(width), 1),
        visible=round(min(1.0, seen / max(area, 1.0)), 3),
        corners=[[round(float(a), 1) for a in c] for c in q],
    )
