"""Exact truth of a frame, read back from an id buffer: what of each vehicle and plate is visible."""

import cv2
import moderngl
import numpy as np

from placing import matrix

MACHINE, RIDER, PLATE = 1, 2, 3  # tags in the id buffer, beside 4 x the vehicle's place in the list
LEAST_PIXELS = 12
PLATE_MM = {'long': 520, 'square': 330, 'moto': 190}


def box_of(mask, x0, y0):
    """[left, top, right, bottom) of a mask's pixels, shifted by (x0, y0); None where it is empty."""
    if not mask.any():
        return None
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return [int(columns[0] + x0), int(rows[0] + y0), int(columns[-1] + 1 + x0), int(rows[-1] + 1 + y0)]


def read_truth(sight, scene, shutter=0.0, sway=((0, 0), (0, 0))):
    """List of dicts, one a vehicle of which at least LEAST_PIXELS pixels are visible, boxes in pixels [x0, y0, x1, y1):
    id, box (visible pixels, rider included), visible (share of its pixels in the picture that nothing hides), cut (reaches
    the picture's edge), plates [{face, text, kind, width (pixels, mean of upper and lower edge), visible (share of the
    plate's area), corners (TL TR BR BL as read), blur_mm (how far it moves while the shutter is open, on the plate)}]. Plates
    that face away are left out. sway: shift of the picture in pixels (x, y) at its first and at its last row."""
    ctx, W, H = sight.ctx, sight.W, sight.H
    sway = np.array(sway, float)
    ctx.enable(moderngl.DEPTH_TEST)
    ctx.disable(moderngl.BLEND | moderngl.CULL_FACE)
    sight.bg_depth.use(3)
    visible = [(v, b) for v in scene if (b := sight.bounds(v))]
    sight.id_target.use()
    sight.id_target.clear()
    for k, (v, _) in enumerate(visible):
        sight.draw_ids(v, 4 * k, 1)
    ids = np.frombuffer(sight.id_target.read(components=1, alignment=1), np.uint8).reshape(H, W)[::-1]
    rows = []
    for k, (v, (x0, y0, x1, y1)) in enumerate(visible):
        part = ids[y0:y1, x0:x1]
        mine = (part > 4 * k) & (part <= 4 * k + PLATE)
        count = int(mine.sum())
        if count < LEAST_PIXELS:
            continue
        sight.alone_target.use()  # the vehicle alone, with nothing before it
        area = x0, H - y1, x1 - x0, y1 - y0
        sight.alone_target.scissor = area
        sight.alone_target.clear()
        sight.draw_ids(v, 0, 0)
        sight.alone_target.scissor = None
        alone = np.frombuffer(sight.alone_target.read(viewport=area, components=1, alignment=1), np.uint8)
        box = box_of(mine, x0, y0)
        cut = box[0] <= 0 or box[1] <= 0 or box[2] >= W or box[3] >= H
        corners = swayed(np.array([box[:2], box[2:]], float), sway, H)
        box = [int(n) for n in np.clip(np.rint(corners), 0, (W, H)).ravel()]
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        rows.append(
            dict(
                id=v['id'],
                box=box,
                visible=round(min(1.0, count / max(1, int((alone > 0).sum()))), 3),
                cut=cut,
                plates=[
                    p
                    for quad in v['model'].plates
                    if (p := plate_truth(sight, v, quad, ids, 4 * k + PLATE, shutter, sway))
                ],
            )
        )
    return rows


def swayed(points, sway, height):
    """Picture points (n, 2) after the shake: the picture shows at p - s what stood at p, s going from the first row to the last."""
    share = np.clip(points[:, 1] / height, 0, 1)[:, None]
    return points - (sway[0] * (1 - share) + sway[1] * share)


def plate_truth(sight, v, p, ids, tag, shutter, sway):
    """Truth of one plate, or None where it is not fitted or faces away. visible counts what the picture's edge cuts as hidden."""
    if v.get('plate_' + p['face']) is None:
        return None
    M = matrix(v)
    place = lambda m: p['corners'] @ m[:3, :3].T + m[:3, 3]
    world = place(M)
    if (M[:3, :3] @ p['normal']) @ (sight.eye - world.mean(0)) <= 0:
        return None
    q, depth = sight.camera.project(sight.rolled(v, world))
    if depth.min() < 1:
        return None
    area = abs(cv2.contourArea(q.astype(np.float32)))
    lo, hi = q.min(0), q.max(0)
    x0, y0, x1, y1 = np.clip([lo[0] - 1, lo[1] - 1, hi[0] + 2, hi[1] + 2], 0, [sight.W, sight.H] * 2).astype(int)
    seen = int((ids[y0:y1, x0:x1] == tag).sum())
    width = (np.linalg.norm(q[1] - q[0]) + np.linalg.norm(q[2] - q[3])) / 2
    moved = sight.camera.project(place(matrix(v, shutter)))[0] - sight.camera.project(world)[0]
    return dict(
        face=p['face'],
        text=v['text_' + p['face']],
        kind=p['kind'],
        width=round(float(width), 1),
        visible=round(min(1.0, seen / max(area, 1.0)), 3),
        corners=[[round(float(a), 1) for a in c] for c in swayed(q, sway, sight.H)],
        blur_mm=round(float(np.linalg.norm(moved.mean(0)) / max(width, 1) * PLATE_MM[p['kind']]), 1),
    )
