"""Where each vehicle of a clip is at a time: cars and motorbikes that follow one another, queue, stop, overtake, turn back. Pure:
no models, no drawing, so that a story's truth can be planned without either.

A lane runs in its own direction: `way` is metres along it, for those who drive away the same as the road's y, for the oncoming
its negative. Followers keep their distance by the intelligent driver model (Treiber, Hennecke, Helbing 2000)."""

import math
from dataclasses import dataclass

STEP = 0.04  # seconds
NEAR, FAR = 4.0, 95.0  # metres along the road where vehicles appear: below the picture, and small in the distance
SIZES = {  # metres: length, width, height of each kind, the longest of a kind
    'sedan': (4.5, 1.78, 1.47),
    'hatch': (3.75, 1.66, 1.51),
    'suv': (4.75, 1.86, 1.8),
    'pickup': (5.3, 1.86, 1.8),
    'van': (5.4, 1.9, 2.25),
    'bus': (11.4, 2.48, 3.4),
    'boxtruck': (6.3, 2.0, 3.1),
    'flatbed': (6.0, 1.95, 2.5),
    'heavy': (8.8, 2.48, 3.5),
    'tractor': (13.2, 2.48, 3.8),
    'wave': (1.95, 0.75, 1.75),
    'scooter': (1.95, 0.75, 1.75),
}
ACCELERATE, BRAKE, HEADWAY, STANDSTILL = 1.6, 2.4, 0.8, 2.2  # m/s2, m/s2, s, m
HEAVY = ('bus', 'boxtruck', 'heavy', 'tractor')
TURN_RADIUS, TURN_SPEED = 1.0, 2.0
OVERTAKE_ASIDE, OVERTAKE_OVER = -1.5, 9.0  # metres to the left, metres of road to get there


@dataclass
class Mover:
    """One vehicle in one clip. way: of its front."""

    plan: object  # story.Pass
    kind: str
    lane: float  # metres right of the road's middle, as its driver sees it
    enter: float  # seconds
    way: float
    line: float  # way at which its nearest end is over the line when its front is there, or its rear for those who drive away
    away: bool
    motorbike: bool
    speed: float = 0.0
    track: list = None  # (way, speed, acceleration) from the first step it is there
    first: int = 0  # its step number

    @property
    def length(self):
        return SIZES[self.kind][0]


def line_y(camera, x):
    """Where on the ground the counting line is at this x."""
    (ax, ay), (bx, by) = camera.line
    return ay + (by - ay) * (x - ax) / (bx - ax)


def movers(camera, clip, vehicles):
    """The clip's vehicles, each with its track."""
    out = []
    for p in clip.passes:
        v = vehicles[p.vehicle]
        away = p.direction == camera.away
        lane = (camera.moto_lane if v.is_motorbike else camera.car_lane) + p.aside
        y = line_y(camera, lane if away else -lane)
        length = SIZES[v.kind][0]
        line, start = (y + length, NEAR) if away else (-y, -FAR)
        out.append(Mover(p, v.kind, lane, p.at - (line - start) / p.speed, start, line, away, v.is_motorbike))
    run(out, clip)
    return out


def wanted_speed(m):
    """What it drives on a free road: slower where it turns."""
    if m.plan.manner != 'back':
        return m.plan.speed
    to_turn = way_of_turn(m) - m.way
    if to_turn > 0:
        return min(m.plan.speed, math.sqrt(TURN_SPEED**2 + 2 * 1.2 * to_turn))
    return TURN_SPEED if to_turn > -math.pi * TURN_RADIUS - 1 else m.plan.speed * 0.7


def way_of_turn(m):
    """Way of its front where its middle begins to turn."""
    return (m.plan.turn_at if m.away else -m.plan.turn_at) + m.length / 2


def acceleration(m, gap, ahead):
    """gap: metres to what is ahead (None: nothing), which moves at `ahead` m/s."""
    power = ACCELERATE * (0.7 if m.kind in HEAVY else 1.0)
    free = 1 - (m.speed / wanted_speed(m)) ** 8
    if gap is None:
        return max(power * free, -2 * BRAKE)
    wish = STANDSTILL + max(0.0, m.speed * HEADWAY + m.speed * (m.speed - ahead) / (2 * math.sqrt(power * BRAKE)))
    return max(power * (free - (wish / max(gap, 0.1)) ** 2), -3.5 * BRAKE)


def run(all_of_them, clip):
    """Fills the tracks, lane by lane."""
    lanes = {}
    for m in all_of_them:
        lanes.setdefault((m.away, m.motorbike), []).append(m)
    for (away, motorbike), lane in lanes.items():
        lane.sort(key=lambda m: m.plan.at)
        holds = [] if motorbike else [h for h in clip.holds if h.direction == lane[0].plan.direction]
        waiting, driving = list(lane), []
        k = math.floor(min(m.enter for m in lane) / STEP)
        while k * STEP < clip.seconds:
            t = k * STEP
            while waiting and waiting[0].enter <= t:
                m = waiting[0]
                last = next((d for d in reversed(driving) if d.plan.manner == 'through'), None)
                gap = last.way - last.length - m.way if last else 99.0
                if gap < STANDSTILL + 1.0:
                    break  # waits outside the picture
                m.speed = min(m.plan.speed, last.speed + 0.5 * max(gap - 4, 0)) if last else m.plan.speed
                m.first, m.track = k, []
                driving.append(m)
                waiting.pop(0)
            for i, m in enumerate(driving):
                leader = next((d for d in reversed(driving[:i]) if d.plan.manner == 'through'), None)
                if m.plan.manner != 'through' or (leader and leader.way < m.way):
                    leader = None
                gap, ahead = (leader.way - leader.length - m.way, leader.speed) if leader else (None, 0.0)
                for h in holds:
                    stop = h.y if away else -h.y
                    room = stop - m.way
                    if h.start <= t < h.end and room > 0 and room > m.speed**2 / (2 * 4.0) and (gap is None or room < gap):
                        gap, ahead = room, 0.0
                a = acceleration(m, gap, ahead)
                m.track.append((m.way, m.speed, a))
                speed = max(0.0, m.speed + a * STEP)
                m.way += (m.speed + speed) / 2 * STEP
                m.speed = speed
            k += 1
    for m in all_of_them:
        m.track = m.track or []


def at(m, t):
    """(way, speed, acceleration) at time t, between two steps in a straight line; None while it is not there."""
    k = t / STEP - m.first
    i = math.floor(k + 1e-9)
    if i < 0 or i >= len(m.track):
        return None
    share, (way, speed, a) = k - i, m.track[i]
    if share > 1e-6 and i + 1 < len(m.track):
        way, speed = way + share * (m.track[i + 1][0] - way), speed + share * (m.track[i + 1][1] - speed)
    return way, speed, a


def smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def pose(m, way):
    """x, y (metres) of its middle and heading (degrees clockwise from away) in world space."""
    right, along, heading = m.lane, way - m.length / 2, 0.0
    if m.plan.manner == 'back':
        turn = m.plan.turn_at if m.away else -m.plan.turn_at
        beyond = along - turn
        if beyond > 0:
            angle = min(beyond / TURN_RADIUS, math.pi)
            right -= TURN_RADIUS * (1 - math.cos(angle))
            along = turn + TURN_RADIUS * math.sin(angle) - max(0.0, beyond - math.pi * TURN_RADIUS)
            heading = -math.degrees(angle)
    elif m.plan.manner == 'overtake':
        begin = m.line - 12
        share = (way - begin) / OVERTAKE_OVER
        right += OVERTAKE_ASIDE * smooth(share)
        if 0 < share < 1:
            heading = math.degrees(math.atan(OVERTAKE_ASIDE * 6 * share * (1 - share) / OVERTAKE_OVER))
    return (right, along, heading) if m.away else (-right, -along, heading + 180.0)
