"""A day in a small town at the border of Thái Nguyên: two gates, two points inside. Morning sun, an afternoon of rain, an evening
under infra-red lamps; and, a week later and kept out of all training, another day and its dusk, with a point more.

All vehicles and plates are invented, all places imagined; the gates carry the names of real ones."""

from dataclasses import replace

from casting import HOME, LAST, Cast, Plan, caped
from story import Clip, Hold, Pass, Story

GATES = (
    ('Cầu Đa Phúc', 21.3280, 105.8731, 'Hà Nội'),
    ('Cầu Ca', 21.3312, 105.8790, 'Bắc Ninh'),
)
DIRECTION = {'dp-rear': 'in', 'dp-front': 'in', 'dp-out': 'out', 'kc-in': 'in', 'kc-out': 'out', 'market': None, 'bypass': None}
SPEED = {'dp-rear': 6.0, 'dp-front': 6.0, 'dp-out': 6.2, 'kc-in': 5.8, 'kc-out': 6.0, 'market': 6.6, 'bypass': 8.5}
GATE_OF = {'dp': 'Cầu Đa Phúc', 'kc': 'Cầu Ca'}
SECONDS = 30
# seconds after a part of the day begins: who comes in at a gate is at the market a minute later and leaves after two
OFFSET = {'dp-front': 0, 'dp-rear': 4, 'kc-in': 12, 'market': 60, 'bypass': 75, 'dp-out': 120, 'kc-out': 135}


def clip_list(story, day, parts, plan, vehicles, special=(), holds=None, codecs=None, last=None):
    """The clips of the parts of a day: {suffix: (hh:mm, light, cameras)}."""
    out, holds, codecs, last = [], holds or {}, codecs or {}, last or {}
    for part, (clock, light, cameras) in parts.items():
        for camera in cameras:
            name = '%s-%s' % (camera, part)
            hour, minute = map(int, clock.split(':'))
            at = hour * 3600 + minute * 60 + OFFSET[camera]
            start = '%sT%02d:%02d:%02d+07:00' % (day, at // 3600, at // 60 % 60, at % 60)
            stops = tuple(holds.get(name, ()))
            front = next((c for c in out if c.name == name.replace('rear', 'front')), None)
            if front:  # the rear camera of a gate sees the same vehicles, some seconds later
                passes = [replace(p, clip=name) for p in front.passes]
            else:
                passes = plan.passes(name, stops, last.get(name, LAST)) + [p for p in special if p.clip == name]
            codec = codecs.get(name, 'h264')
            out.append(
                Clip(
                    name,
                    name,
                    camera,
                    light,
                    start,
                    SECONDS,
                    sorted(passes, key=lambda p: p.at),
                    GATE_OF.get(camera[:2]),
                    stops,
                    codec=codec.removesuffix('+vfr'),
                    variable=codec.endswith('+vfr'),
                )
            )
    return out


def plan_for(cast, parts):
    names = {'%s-%s' % (c, part): c for part, (_, _, cameras) in parts.items() for c in cameras}
    return Plan(cast, {n: DIRECTION[c] for n, c in names.items()}, {n: SPEED[c] for n, c in names.items()})


TOWN_PARTS = {
    'day': ('10:10', 'day', ('dp-front', 'dp-rear', 'kc-in', 'market', 'dp-out', 'kc-out')),
    'rain': ('14:30', 'rain', ('dp-front', 'dp-rear', 'market', 'kc-out')),
    'night': ('19:40', 'infrared', ('dp-rear', 'kc-in', 'dp-out', 'kc-out')),
}
DP_DAY, DP_RAIN = ['dp-front-day', 'dp-rear-day'], ['dp-front-rain', 'dp-rear-rain']


def town():
    cast = Cast('town')
    plan = plan_for(cast, TOWN_PARTS)
    add, send = cast.add, plan.send
    # passes through: in by one gate, out by the other
    a = add('sedan', '30', 'hn-sedan')
    send([a], DP_DAY + ['market-day/in', 'kc-out-day'])
    a = add('boxtruck', '99', 'bn-boxtruck')
    send([a], ['kc-in-day', 'market-day/out', 'dp-out-day'])
    # two that travel together, and are close behind each other
    pair = [add('suv', '29', 'together-1'), add('sedan', '29', 'together-2')]
    send(pair, DP_DAY + ['market-day/in', 'kc-out-rain'])
    # leaves by the gate it came by; comes twice
    a = add('hatch', '88', 'twice')
    send([a], DP_DAY + ['dp-out-day'] + DP_RAIN + ['market-rain/in', 'kc-out-night'])
    # stays
    send([add('suv', '36', 'stays-1')], DP_DAY + ['market-day/in'])
    send([add('sedan', '14', 'stays-2')], ['kc-in-night'])
    # one plate on two vehicles
    a = add('sedan', '15', 'clone-a')
    b = add('suv', '15', 'clone-b', plate=cast.vehicles[a].plate)
    send([a], DP_DAY)
    send([b], ['kc-in-day', 'market-rain/out'])
    # first seen inside, later seen to leave
    send([add('pickup', '19', 'first-inside')], ['market-day/out', 'dp-out-night'])
    # one misread away from home
    for code, kind, route in (
        ('26', 'sedan', DP_DAY + ['dp-out-night']),
        ('28', 'suv', ['kc-in-day', 'kc-out-day']),
        ('70', 'hatch', DP_RAIN + ['dp-out-night']),
        ('92', 'sedan', ['kc-in-night']),
        ('37', 'heavy', DP_DAY + ['kc-out-rain']),
        ('77', 'bus', DP_RAIN + ['kc-out-rain']),
    ):
        send([add(kind, code)], route)
    # no province: army, diplomatic, temporary, the central police; and one from beyond the border
    send([add('suv', '00', 'army', plate='TM2748', colour='red', rear='long')], DP_DAY + ['dp-out-day'])
    send([add('heavy', '00', 'army-lorry', plate='QB4163', colour='red')], ['kc-in-day'])
    send([add('sedan', '80', 'diplomat', plate='80441NG17', rear='long')], DP_DAY + ['kc-out-day'])
    send([add('hatch', '20', 'temporary', plate='T2002318')], ['kc-in-day', 'dp-out-night'])
    send([add('sedan', '80', 'central', plate='80A01752', colour='blue', rear='long')], DP_RAIN + ['kc-out-rain'])
    send([add('sedan', '00', 'guangxi', plate='桂A5K273', colour='blue', front='long', rear='long')], ['kc-in-day', 'dp-out-day'])
    # plates that cannot be read
    send([add('flatbed', '98', 'muddy', cover='dirty')], ['kc-in-day', 'market-day/out', 'kc-out-night'])
    send([add('hatch', '12', 'hidden', cover='covered')], DP_RAIN + ['kc-out-rain'])
    send([add('wave', '20', 'bare', cover='missing')], DP_DAY + ['kc-out-day'])
    # tractors with a trailer, whose rears show the trailer's plate
    send([add('tractor', '15', 'container')], DP_RAIN + ['market-rain/in'])
    send([add('tractor', '20', 'home-container')], ['kc-out-night'])
    # a motorbike hidden behind a bus: see SPECIAL
    add('bus', '29', 'coach')
    add('scooter', '99', 'behind-the-bus')
    add('wave', '98', 'turns-back')
    add('scooter', '20', 'turns-before')
    add('scooter', '29', 'overtakes')
    # the rest of the day
    fill(cast, plan, TOWN_ROUTES, 'town')
    special = [
        Pass('coach', 'kc-out-day', 'out', 28.0, 5.4, -0.34),
        Pass('turns-back', 'kc-out-night', 'out', 22.5, 4.5, 0.25, 'back', 24.5),
        Pass('turns-before', 'dp-rear-night', 'in', 25.5, 4.5, 0.25, 'back', 20.6),
        Pass('overtakes', 'market-day', 'in', 29.0, 8.0, -0.5, 'overtake'),
        Pass('behind-the-bus', 'kc-out-day', 'out', 27.4, 5.4, -0.3),
    ]
    holds = {
        'kc-in-day': [Hold('in', 32.0, 7.0, 13.0)],
        'dp-out-night': [Hold('out', 29.5, 9.0, 14.0)],
    }
    clips = clip_list(
        'town', '2026-03-14', TOWN_PARTS, plan, cast.vehicles, special, holds, {'kc-in-day': 'hevc', 'kc-out-day': 'h264+vfr', 'market-rain': 'h264+vfr'},
        {'kc-out-night': 20.0, 'dp-rear-night': 21.5, 'kc-out-day': 25.0},
    )
    return Story('town', in_capes(cast, clips), clips, False, GATES)


def in_capes(cast, clips):
    """Those who ride in the rain wear capes, all day: they saw it coming."""
    wet = {p.vehicle for c in clips if c.light == 'rain' for p in c.passes}
    return caped(cast.vehicles, {n for i, n in enumerate(sorted(wet)) if i % 3})


TOWN_ROUTES = {  # route: (cars of other provinces, cars of home, motorbikes of other provinces, motorbikes of home)
    ('dp-front-day', 'dp-rear-day'): (0, 0, 3, 2),
    ('kc-in-day', 'dp-out-day'): (0, 0, 2, 0),
    ('kc-in-day',): (0, 0, 1, 2),
    ('market-day/in',): (1, 2, 2, 3),
    ('market-day/out',): (1, 4, 2, 3),
    ('dp-out-day',): (2, 3, 1, 2),
    ('kc-out-day',): (1, 2, 2, 2),
    ('dp-front-rain', 'dp-rear-rain', 'market-rain/in'): (2, 1, 1, 1),
    ('dp-front-rain', 'dp-rear-rain', 'kc-out-night'): (1, 0, 2, 0),
    ('market-rain/in',): (0, 3, 1, 2),
    ('market-rain/out',): (2, 4, 1, 2),
    ('market-rain/out', 'kc-out-rain'): (1, 1, 1, 1),
    ('kc-out-rain',): (1, 1, 2, 2),
    ('dp-rear-night',): (4, 2, 3, 3),
    ('kc-in-night', 'dp-out-night'): (1, 0, 1, 0),
    ('kc-in-night', 'kc-out-night'): (0, 0, 1, 0),
    ('kc-in-night',): (2, 2, 2, 2),
    ('dp-out-night',): (1, 2, 2, 2),
    ('kc-out-night',): (0, 0, 1, 2),
}


def fill(cast, plan, routes, seed):
    """The ordinary traffic: so many of each sort along each route."""
    for route, (far, near, far_bikes, near_bikes) in routes.items():
        for _ in range(far):
            plan.send([cast.add(cast.kind(), cast.code())], route)
        for _ in range(near):
            plan.send([cast.add(cast.kind(), cast.rng.choice(HOME))], route)
        for _ in range(far_bikes):
            plan.send([cast.add(cast.rng.choice(('wave', 'scooter')), cast.code())], route)
        for _ in range(near_bikes):
            plan.send([cast.add(cast.rng.choice(('wave', 'scooter')), cast.rng.choice(HOME))], route)


HELD_PARTS = {
    'noon': ('12:05', 'day', ('dp-front', 'dp-rear', 'kc-in', 'market', 'bypass', 'dp-out', 'kc-out')),
    'dusk': ('18:10', 'dusk', ('dp-rear', 'kc-in', 'market', 'bypass', 'dp-out', 'kc-out')),
}
HELD_ROUTES = {
    ('dp-front-noon', 'dp-rear-noon', 'market-noon/in', 'kc-out-noon'): (2, 0, 1, 0),
    ('dp-front-noon', 'dp-rear-noon', 'bypass-noon/in', 'dp-out-noon'): (2, 0, 2, 0),
    ('dp-front-noon', 'dp-rear-noon', 'dp-out-dusk'): (2, 0, 1, 0),
    ('kc-in-noon', 'market-noon/out', 'dp-out-noon'): (3, 0, 2, 0),
    ('kc-in-noon', 'bypass-noon/out', 'kc-out-noon'): (3, 0, 2, 0),
    ('kc-in-noon', 'kc-out-dusk'): (1, 0, 1, 0),
    ('dp-rear-dusk', 'market-dusk/in', 'kc-out-dusk'): (3, 0, 2, 0),
    ('dp-rear-dusk', 'bypass-dusk/in', 'dp-out-dusk'): (3, 0, 2, 0),
    ('kc-in-dusk', 'market-dusk/out', 'dp-out-dusk'): (3, 0, 2, 0),
    ('kc-in-dusk', 'bypass-dusk/out', 'kc-out-dusk'): (3, 0, 2, 0),
    ('dp-rear-dusk',): (1, 1, 1, 1),
    ('kc-in-dusk',): (1, 0, 0, 1),
    ('market-noon/in',): (0, 2, 0, 2),
    ('market-noon/out',): (0, 2, 0, 2),
    ('bypass-noon/in',): (1, 3, 0, 1),
    ('bypass-noon/out',): (0, 3, 0, 1),
    ('market-dusk/in',): (0, 2, 0, 2),
    ('bypass-dusk/out',): (0, 3, 1, 1),
    ('dp-out-noon',): (0, 1, 0, 1),
    ('kc-out-noon',): (0, 1, 0, 1),
}


def held_out():
    cast = Cast('held-out')
    plan = plan_for(cast, HELD_PARTS)
    pair = [cast.add('sedan', '30', 'pair-1'), cast.add('hatch', '30', 'pair-2')]
    plan.send(pair, ['dp-front-noon', 'dp-rear-noon', 'market-noon/in', 'kc-out-noon'])
    plan.send([cast.add('suv', '28', 'misread')], ['kc-in-noon', 'bypass-noon/out', 'dp-out-dusk'])
    plan.send([cast.add('suv', '00', 'army-2', plate='KA3815', colour='red')], ['kc-in-dusk', 'market-dusk/out', 'dp-out-dusk'])
    cast.add('scooter', '99', 'turns-back-2')
    fill(cast, plan, HELD_ROUTES, 'held-out')
    special = [Pass('turns-back-2', 'kc-in-dusk', 'in', 25.0, 4.5, 0.25, 'back', 28.5)]
    holds = {'dp-out-noon': [Hold('out', 29.5, 8.0, 12.0)]}
    clips = clip_list('held-out', '2026-03-21', HELD_PARTS, plan, cast.vehicles, special, holds, last={'kc-in-dusk': 20.0})
    return Story('held-out', cast.vehicles, clips, True, GATES)


TOWN, HELD_OUT = town(), held_out()
