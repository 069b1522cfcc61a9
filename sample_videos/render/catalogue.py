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
    'van': cars.car,
    'bus': buses.bus,
    'boxtruck': trucks.truck,
    'flatbed': trucks.truck,
    'heavy': trucks.truck,
    'tractor': trucks.truck,
    'wave': motorbikes.moto,
    'scooter': motorbikes.moto,
}
MOTORBIKES = ('wave', 'scooter')
SHARED = ('shapes', 'skin', 'model', 'bake', 'drawing')  # sources that every body is made of, beside its own


@dataclass(frozen=True)
class Want:
    """What was ordered: shapes of the plates ('long' or 'square'; a motorbike has one of its own), the number painted on a truck
    (compact), a rider's rain cape."""

    front: str = 'long'
    rear: str = 'square'
    number: str = ''
    cape: bool = False


def build(kind, seed, want):
    """A vehicle of this kind; its looks follow the seed."""
    here = os.path.dirname(os.path.abspath(__file__))
    maker = BUILDERS[kind]
    own = (maker.__module__, 'riders') if kind in MOTORBIKES else (maker.__module__,)
    source = ''.join(open(os.path.join(here, f + '.py'), encoding='utf-8').read() for f in SHARED + own)
    folder = os.path.join(cameras.STATE, 'models')
    os.makedirs(folder, exist_ok=True)
    name = '%s_%s_%08x.z' % (kind, str(seed).replace(' ', '-'), zlib.crc32((source + repr(want)).encode()))
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        # seeded by a string: random.Random(0), (1), (2) begin alike
        model = maker(random.Random('%s %s' % (kind, seed)), kind, want).finish()
        with open(path + '.%d.part' % os.getpid(), 'wb') as f:
            f.write(zlib.compress(pickle.dumps(model), 1))
        os.replace(path + '.%d.part' % os.getpid(), path)
    with open(path, 'rb') as f:
        return pickle.loads(zlib.decompress(f.read()))


def model_of(vehicle):
    """The model of a story's vehicle."""
    return build(vehicle.kind, vehicle.seed, Want(vehicle.front, vehicle.rear, vehicle.number, vehicle.cape))
