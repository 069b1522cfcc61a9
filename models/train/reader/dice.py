"""One seeded source of chance for a generator: same seed, same pictures."""
import random

import numpy as np


class Dice:
    """Scalars come from `random.Random` (cheap), arrays from a numpy Generator; both from one seed."""

    def __init__(self, seed: int):
        self.scalar = random.Random(seed)
        self.array = np.random.default_rng(seed)
        self.uniform = self.scalar.uniform
        self.choice = self.scalar.choice
        self.gauss = self.scalar.gauss
        self.randint = self.scalar.randint
        self.sample = self.scalar.sample

    def chance(self, p: float) -> bool:
        return self.scalar.random() < p

    def unit(self) -> float:
        return self.scalar.random()

    def log_uniform(self, lo: float, hi: float) -> float:
        return float(np.exp(self.uniform(np.log(lo), np.log(hi))))

    def digits(self, n: int) -> str:
        return "".join(self.choice("0123456789") for _ in range(n))
