"""The scene of a clip at a time."""

import math
import random

import cameras
import motion
from motion import line_y

SEEN_FROM, SEEN_TO = -6.0, 75.0  # metres along the road between which a vehicle of the first minute may be in the picture
MUD = {'': 0.0, 'dirty': 0.6, 'covered': 1.0}  # share of a plate that cannot be read


def make_vehicle(name, v):
    """The parts of a scene's vehicle (see sight.py) that do not change: model, plates, dust."""
    from catalogue import model_of
    from plates import draw_plate

    model = model_of(v)
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
        if v.cover == 'missing':
            continue
        text = v.trailer if v.trailer and p['face'] == 'rear' else v.plate
        out['plate_' + p['face']] = draw_plate(text, p['kind'], v.colour, font_and_wear, dirt, v.cover)
        out['text_' + p['face']] = text
    return out


def lane_x(camera, p, vehicle):
    lane = camera.moto_lane if vehicle.is_motorbike else camera.car_lane
    return (lane + p.aside) * (1 if p.direction == camera.away else -1)


class Traffic:
    """The vehicles of one clip, built once. make: what builds a vehicle; plans pass one that builds none."""

    def __init__(self, story, clip, make=make_vehicle):
        self.story, self.clip, self.camera = story, clip, cameras.CAMERAS[clip.camera]
        self.vehicles = {v: make(v, story.vehicles[v]) for v in sorted({p.vehicle for p in clip.passes})}
        self.movers = [] if clip.free else motion.movers(self.camera, clip, story.vehicles)

    def scene(self, t):
        """The scene at time t, nearest vehicle first; id is (vehicle, direction)."""
        found = self._free(t) if self.clip.free else self._following(t)
        for v in found:
            if self.story.vehicles[v['id'][0]].is_motorbike and v['speed'] > 0.5:
                v['x'] += 0.06 * math.sin(t * 1.1 + v['sway'])
                v['lean'] = 0.03 * math.sin(t * 1.7 + v['sway'])
        return sorted(found, key=lambda v: v['y'])

    def _free(self, t):
        out = []
        for p in self.clip.passes:
            v = dict(self.vehicles[p.vehicle])
            x = lane_x(self.camera, p, self.story.vehicles[p.vehicle])
            away = p.direction == self.camera.away
            gone = p.speed * (t - p.at)  # metres since its nearest end was over the line
            y = line_y(self.camera, x) + v['model'].size[0] / 2 + (gone if away else -gone)
            if SEEN_FROM < y < SEEN_TO:
                v.update(
                    id=(p.vehicle, p.direction), x=x, y=y, heading=0.0 if away else 180.0, speed=p.speed, roll=gone
                )
                out.append(v)
        return out

    def _following(self, t):
        out = []
        for m in self.movers:
            found = motion.at(m, t)
            if found is None:
                continue
            way, speed, a = found
            x, y, heading = motion.pose(m, way)
            if not -14.0 < y < motion.FAR:
                continue
            v = dict(self.vehicles[m.plan.vehicle])
            v.update(id=(m.plan.vehicle, m.plan.direction), x=x, y=y, heading=heading, speed=speed, roll=way)
            v['brake'] = a < -0.6 or speed < 0.3
            out.append(v)
        return out


def frame_truth(rows, story):
    """read_truth's rows as the truth files say them: see ../README.md, 'Truth of every frame'."""
    out = []
    for r in rows:
        name, direction = r['id']
        vehicle = story.vehicles[name]
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
                cover=MUD[vehicle.cover],
                blur_mm=q['blur_mm'],
                trailer=bool(vehicle.trailer) and q['face'] == 'rear',
            )
        out.append(
            {
                'id': name + '-' + direction,
                'vehicle': name,
                'class': CLASSES[vehicle.kind],
                'box': [x0, y0, x1 - x0, y1 - y0],
                'visible': r['visible'],
                'cut': r['cut'],
                'plate': plate,
            }
        )
    return out


CLASSES = dict(
    sedan='car',
    hatch='car',
    suv='car',
    pickup='car',
    van='car',
    bus='bus',
    boxtruck='truck',
    flatbed='truck',
    heavy='truck',
    tractor='truck',
    wave='motorcycle',
    scooter='motorcycle',
)
