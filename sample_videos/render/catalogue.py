"""Builds a vehicle of a kind. Kept on disk, since building costs 0.3-1.5 s."""

import os
import pickle
import random
import zlib
from dataclasses import dataclass

import buses
import cameras
import cars
import motorbikes
import trucks

BUILDERS = {
    'sedan': cars.car,
    'hatch': cars.car,
    'suv': cars.car,
    'pickup': cars.car,
    'bus': buses.bus,
    'boxtruck': trucks.truck,
    'flatbed': trucks.truck,
    'heavy': trucks.truck,
    'wave': motorbikes.moto,
    'scooter': motorbikes.moto,
}
MOTORBIKES = ('wave', 'scooter')
SOURCES = ('shapes', 'skin', 'model', 'bake', 'drawing', 'cars', 'trucks', 'buses', 'riders', 'motorbikes')


@dataclass(frozen=True)
class Want:
    """Shapes of the plates that were ordered: 'long' or 'square' (a motorbike has one of its own)."""

    front: str = 'long'
    rear: str = 'square'


def build(kind, seed, want):
    """A vehicle of this kind; its looks follow the seed."""
    here = os.path.dirname(os.path.abspath(__file__))
    source = ''.join(open(os.path.join(here, f + '.py'), encoding='utf-8').read() for f in SOURCES)
    folder = os.path.join(cameras.STATE, 'models')
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, '%s_%d_%08x.pickle' % (kind, seed, zlib.crc32((source + repr(want)).encode())))
    if not os.path.exists(path):
        # seeded by a string: random.Random(0), (1), (2) begin alike
        model = BUILDERS[kind](random.Random('%s %d' % (kind, seed)), kind, want).finish()
        with open(path + '.part', 'wb') as f:
            pickle.dump(model, f)
        os.replace(path + '.part', path)
    with open(path, 'rb') as f:
        return pickle.load(f)
