"""Who drives: invented plates of every kind, and a cast of vehicles that is spread over the clips of a story. Chance is seeded by
strings, so that the same seed gives the same story."""

import random
from dataclasses import replace

from motion import SIZES
from story import Pass, Vehicle

HOME = ('20', '97')
NEIGHBOURS = ('29', '30', '99', '98', '88', '19', '22', '23', '11', '12')  # with the codes their merged provinces brought
FAR = ('14', '15', '17', '18', '24', '34', '35', '36', '37', '38', '43', '47', '51', '60', '61', '65', '72', '75', '89', '90')
MISREAD = ('26', '28', '70', '92', '37', '77', '67', '47')  # one character away from 20 or 97
ROOM, FIRST, LAST = 8.0, 2.0, 27.0  # metres between vehicles in the plan; seconds of a clip between which they cross


class Plates:
    """Invents plates, none twice."""

    def __init__(self, seed):
        self.rng, self.given = random.Random('plates ' + seed), set()

    def new(self, kind, code):
        while True:
            text = self._one(kind, code)
            if text not in self.given:
                self.given.add(text)
                return text

    def _one(self, kind, code):
        r = self.rng
        serial = '%05d' % r.randint(101, 99899)
        if kind in ('wave', 'scooter'):
            letter = r.choice('BCDEFGHKLMNPSTUVXYZ')
            return code + (letter + str(r.randint(1, 9)) if r.random() < 0.6 else 'A' + r.choice('ABCDEFH')) + serial
        series = {'bus': 'B', 'boxtruck': 'CH', 'flatbed': 'CH', 'heavy': 'CH', 'tractor': 'CH'}.get(kind)
        return code + r.choice(series or ('AEFGHKL' if code in ('29', '30', '51') else 'A')) + serial

    def trailer(self, code):
        return '%sRM%05d' % (code, self.rng.randint(101, 9899))


class Cast:
    """The vehicles of one story. Motorbikes' looks and bodies follow seeds that begin with the story's name: no body of one story
    is in another."""

    def __init__(self, name):
        self.name, self.rng, self.plates, self.vehicles = name, random.Random('cast ' + name), Plates(name), {}

    def add(self, kind, code, name=None, **wanted):
        """A vehicle of this kind with an invented plate of this province code; its name."""
        r = self.rng
        name = name or '%s-%s-%d' % (code, kind, len(self.vehicles))
        business = kind in ('bus', 'boxtruck', 'flatbed', 'heavy', 'tractor', 'van') or (kind == 'hatch' and r.random() < 0.3)
        looks = dict(
            plate=self.plates.new(kind, code),
            colour='yellow' if business else 'white',
            rear='long' if kind in ('sedan', 'hatch') and r.random() < 0.5 else 'square',
            front='square' if r.random() < 0.06 else 'long',
        )
        if kind == 'tractor':
            looks['trailer'] = self.plates.trailer(code)
        # a body is shared by few: what tells them apart is its colour, which the seed draws too
        self.vehicles[name] = Vehicle(kind, '%s %d' % (self.name, r.randrange(1000)), **{**looks, **wanted})
        return name

    def code(self):
        r = self.rng.random()
        return self.rng.choice(NEIGHBOURS if r < 0.55 else FAR if r < 0.85 else MISREAD)

    def kind(self):
        return self.rng.choices(
            ('sedan', 'hatch', 'suv', 'pickup', 'van', 'bus', 'boxtruck', 'flatbed', 'heavy', 'tractor'),
            (20, 16, 18, 6, 8, 7, 9, 6, 7, 3),
        )[0]


class Plan:
    """Fills the lanes of clips. A route is a list of clip names (with /in or /out for a clip that sees both directions)."""

    def __init__(self, cast, clips, speeds):
        """clips: {name: direction, or None where it sees both}; speeds: {name: m/s on a free road}."""
        self.cast, self.clips, self.speeds = cast, clips, speeds
        self.rng = random.Random('plan ' + cast.name)
        self.lanes = {}  # (clip, direction, motorbike) -> [[vehicle names that keep together]]

    def send(self, names, route):
        """These vehicles, together, along this route."""
        for stop in route:
            clip, _, direction = stop.partition('/')
            direction = direction or self.clips[clip]
            motorbike = self.cast.vehicles[names[0]].is_motorbike
            self.lanes.setdefault((clip, direction, motorbike), []).append(list(names))

    def passes(self, clip, holds=(), last=LAST):
        """The clip's passes, each lane in an order of chance, as close as they can drive; refuses what does not fit. last: seconds, of its cars."""
        out = []
        for (where, direction, motorbike), groups in sorted(self.lanes.items()):
            if where != clip:
                continue
            self.rng.shuffle(groups)
            t, speed, first = FIRST, self.speeds[clip], True
            held = sum(h.end - h.start for h in holds if h.direction == direction and not motorbike)
            need = sum(self._seconds(n, speed) for g in groups for n in g)
            spare = (LAST if motorbike else last) - FIRST - need - held * 0.6
            if spare < -1.0:
                raise ValueError('%s %s: %d vehicles need %.1f s more' % (clip, direction, sum(map(len, groups)), -spare))
            share = max(spare, 0) / max(1, len(groups))
            for g in groups:
                t += 0 if first else share * self.rng.uniform(0.3, 1.0)
                for name in g:
                    v = self.cast.vehicles[name]
                    slow = 0.9 if v.kind in ('bus', 'boxtruck', 'heavy', 'tractor', 'flatbed') else 1.0
                    if not first:
                        t += self._seconds(name, speed)
                    # the wide keep to the middle of the road, motorbikes to its edge
                    aside = self.rng.uniform(0.05, 0.4) if motorbike else self.rng.uniform(-0.1, 0.1)
                    aside -= 0 if motorbike else (SIZES[v.kind][1] - 1.8) / 2
                    own = speed * slow * self.rng.uniform(0.94, 1.06)
                    out.append(Pass(name, clip, direction, round(t, 2), round(own, 2), round(aside, 2)))
                    first = False
        return sorted(out, key=lambda p: (p.at, p.vehicle))

    def _seconds(self, name, speed):
        kind = self.cast.vehicles[name].kind
        return (SIZES[kind][0] + ROOM * (0.6 if self.cast.vehicles[name].is_motorbike else 1.0)) / speed


def caped(vehicles, names):
    """The same vehicles, the riders among these in rain capes."""
    return {n: replace(v, cape=True) if n in names and v.is_motorbike else v for n, v in vehicles.items()}
