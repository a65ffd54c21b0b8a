"""Accuracy in 64 bits, measured: each op on many random numbers against long double, in units in the last place.

In: names of ops (default all), --samples (default 10^6), --fast for fastMath on x64, --within x for |inputs| up to x.
Out: one line per op and range: the largest error, where it is, the mean, and how many results were finite that should
overflow. The reference is numpy's 80-bit long double, which has 11 bits more than the results; where long double is no
wider than double the script refuses to run.

    pip install numpy && python scripts/ulp64.py [--samples N] [--fast] [--within X] [op …]
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np

LONG = np.longdouble
ROOT = pathlib.Path(__file__).resolve().parent.parent
random = np.random.default_rng(20)


def uniform(low, high):
    return lambda n: random.uniform(low, high, n)


def every(low, high, signs=True):
    """Spread evenly over the exponents of 2^low … 2^high."""

    def draw(n):
        x = np.exp2(random.uniform(low, high, n).astype(LONG)).astype(np.float64)
        return x * random.choice([-1.0, 1.0], n) if signs else x

    return draw


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.logaddexp(LONG(0), x)


one = {
    "exp": (np.exp, [uniform(-745.1, 709.7), uniform(-1, 1), every(-60, 9)]),
    "exp2": (np.exp2, [uniform(-1074, 1023.9), uniform(-1, 1)]),
    "expm1": (np.expm1, [uniform(-40, 709), uniform(-2, 2), every(-1060, 3)]),
    "log": (np.log, [every(-1074, 1023.9, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log2": (np.log2, [every(-1074, 1023.9, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log10": (np.log10, [every(-1074, 1023.9, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log1p": (np.log1p, [every(-1070, 1023.9, False), uniform(-1, 1), uniform(-0.01, 0.01), every(-60, -1)]),
    "sin": (np.sin, [uniform(-10, 10), uniform(-1e5, 1e5), every(-1000, 41)]),
    "cos": (np.cos, [uniform(-10, 10), uniform(-1e5, 1e5), every(-1000, 41)]),
    "tan": (np.tan, [uniform(-10, 10), uniform(-1e5, 1e5), every(-1000, 41)]),
    "asin": (np.arcsin, [uniform(-1, 1), every(-1000, 0)]),
    "acos": (np.arccos, [uniform(-1, 1), uniform(0.999, 1)]),
    "atan": (np.arctan, [uniform(-10, 10), every(-1000, 1000)]),
    "sinh": (np.sinh, [uniform(-710, 710), uniform(-3, 3), every(-1000, 1)]),
    "cosh": (np.cosh, [uniform(-710, 710), uniform(-3, 3)]),
    "tanh": (np.tanh, [uniform(-20, 20), uniform(-1, 1), every(-1000, 1)]),
    "sigmoid": (sigmoid, [uniform(-745, 40), uniform(-3, 3)]),
    "softplus": (softplus, [uniform(-745, 800), uniform(-3, 3)]),
}


def near_one(n):
    return random.uniform(0.9, 1.1, n)


two = {
    "pow": (
        np.power,
        [
            (every(-30, 30, False), uniform(-20, 20)),
            (every(-1070, 1023, False), uniform(-1.5, 1.5)),
            (near_one, uniform(-5000, 5000)),
            (uniform(0.01, 10), uniform(-3, 3)),
        ],
    ),
    "atan2": (np.arctan2, [(uniform(-1, 1), uniform(-1, 1)), (every(-300, 300), every(-300, 300))]),
}


def evaluate(op, operands, flags, dtype="float64"):
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{i}.bin" for i in range(len(operands) + 1)]
        for file, x in zip(files, operands):
            x.tofile(file)
        subprocess.run(["node_modules/.bin/jiti", "scripts/evaluate.ts", op, dtype, *files, *flags], cwd=ROOT, check=True)
        return np.fromfile(files[-1], operands[0].dtype)


def report(op, reference, operands, flags):
    with np.errstate(all="ignore"):
        wanted = reference(*(x.astype(LONG) for x in operands))
        nearest = wanted.astype(np.float64)
    got = evaluate(op, operands, flags)
    finite = np.isfinite(nearest)
    unit = np.spacing(np.abs(nearest[finite])).astype(LONG)
    error = np.abs(got[finite].astype(LONG) - wanted[finite]) / unit
    error[np.isnan(error)] = np.inf
    lost = int(np.sum(np.isfinite(got[~finite])))
    worst = int(np.argmax(error))
    where = ", ".join(repr(float(x[finite][worst])) for x in operands)
    largest, mean = float(error[worst]), float(error.mean())
    print(f"{op:9} {len(got):8} largest {largest:.3f} at ({where}), mean {mean:.3f}, {lost} finite instead of infinite")


def main():
    if np.finfo(LONG).nmant < 63:
        raise SystemExit("ulp64: expected a long double of 64 bits or more, got fewer; run it on x86")
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--within", type=float, default=np.inf)
    parser.add_argument("ops", nargs="*")
    options = parser.parse_args()
    for op in options.ops or [*one, *two]:
        reference, ranges = (one | two)[op]
        for draw in ranges:
            draws = draw if isinstance(draw, tuple) else (draw,)
            operands = [d(options.samples // len(ranges)) for d in draws]
            inside = np.all([np.abs(x) <= options.within for x in operands], axis=0)
            report(op, reference, [x[inside] for x in operands], ["--fast"] if options.fast else [])


if __name__ == "__main__":
    main()
