"""Where each vehicle of the story is at a time."""

import math
import random

import cameras
import story
from catalogue import Want, build
from plates import draw_plate

SEEN_FROM, SEEN_TO = -6.0, 75.0  # metres along the road between which a vehicle may be in the picture


def make_vehicle(name):
    """The parts of a scene's vehicle (see renderer.py) that do not change: model, plates, dust."""
    v = story.VEHICLES[name]
    model = build(v.kind, v.seed, Want(v.front, v.rear))
    g = random.Random('looks ' + name)
    out = dict(
        model=model,
        dust=g.uniform(0, 0.6) ** 1.5,
        day_lamps=g.random() < 0.3,
        brake=g.random() < 0.2,
        sway=g.uniform(0, 6),
    )
    font_and_wear, dirt = g.randrange(10**6), g.uniform(0.05, 0.35)
    for p in model.plates:
        out['plate_' + p['face']] = draw_plate(v.plate, p['kind'], v.colour, font_and_wear, dirt)
        out['text_' + p['face']] = v.plate
    return out


def lane_x(camera, p):
    lane = camera.moto_lane if story.VEHICLES[p.vehicle].is_motorbike else camera.car_lane
    return (lane + p.aside) * (1 if p.direction == 'in' else -1)


def line_y(camera, x):
    """Where on the ground the counting line is at this x."""
    (ax, ay), (bx, by) = camera.line
    return ay + (by - ay) * (x - ax) / (bx - ax)


class Traffic:
    """The vehicles of one clip, built once."""

    def __init__(self, name):
        self.camera = cameras.CAMERAS[name]
        self.passes = [p for p in story.PASSES if p.camera == name]
        self.vehicles = {v: make_vehicle(v) for v in {p.vehicle for p in self.passes}}

    def scene(self, t):
        """The scene at time t, nearest vehicle first; id is (vehicle, direction)."""
        out = []
        for p in self.passes:
            v = dict(self.vehicles[p.vehicle])
            x = lane_x(self.camera, p)
            away = p.direction == 'in'
            gone = p.speed * (t - p.at)  # metres since its nearest end was over the line
            y = line_y(self.camera, x) + v['model'].size[0] / 2 + (gone if away else -gone)
            if not SEEN_FROM < y < SEEN_TO:
                continue
            v.update(id=(p.vehicle, p.direction), x=x, y=y, heading=0.0 if away else 180.0, speed=p.speed, roll=gone)
            if v['model'].cls == 'motorcycle':
                v['x'] += 0.06 * math.sin(t * 1.1 + v['sway'])
                v['lean'] = 0.03 * math.sin(t * 1.7 + v['sway'])
            out.append(v)
        return sorted(out, key=lambda v: v['y'])


def frame_truth(rows, traffic):
    """read_truth's rows as the truth files say them: see ../README.md, 'Truth of every frame'."""
    out = []
    for r in rows:
        vehicle, direction = r['id']
        x0, y0, x1, y1 = r['box']
        plate = None
        if r['plates']:
            q = r['plates'][0]  # a vehicle shows one face to the camera
            plate = dict(
                text=q['text'],
                layout='one_line' if q['kind'] == 'long' else 'two_line',
                width=q['width'],
                visible=q['visible'],
                corners=q['corners'],
            )
        out.append(
            {
                'id': vehicle + '-' + direction,
                'vehicle': vehicle,
                'class': traffic.vehicles[vehicle]['model'].cls,
                'box': [x0, y0, x1 - x0, y1 - y0],
                'visible': r['visible'],
                'cut': r['cut'],
                'plate': plate,
            }
        )
    return out
