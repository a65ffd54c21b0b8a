"""Reference values of the elementary functions: test/fixtures/math.json.

In: nothing; the samples come from the ranges of `ulp64.py` and one seed. Out: per op and dtype a list of strings, the
operands and the result as the hexadecimal digits of their bits. Functions are mpmath's to 60 digits or more, rounded
once; mod and floorDivide are NumPy's. Samples of every million by 80-bit arithmetic: `ulp64.py`.

    pip install mpmath numpy && python scripts/ulp_fixture.py
"""

import json
import pathlib

import mpmath
import numpy as np
from mpmath import mpf
from ulp64 import every, one, two, uniform

TARGET = pathlib.Path(__file__).resolve().parent.parent / "test" / "fixtures" / "math.json"
# sin of 2^1000 needs a thousand bits of π.
mpmath.mp.prec = 2400
random = np.random.default_rng(2026)
SAMPLES = 200

functions = {
    "exp": mpmath.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "log1p": mpmath.log1p,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "pow": lambda x, y: x**y,
    "atan2": mpmath.atan2,
    "erfInv": mpmath.erfinv,
}

ranges64 = {name: draws for name, (_, draws) in (one | two).items()}
ranges64["erfInv"] = [uniform(-1, 1), lambda n: 1 - np.exp2(-random.uniform(1, 53, n)), every(-900, -1)]
ranges32 = {
    "asin": [uniform(-1, 1), every(-140, 0)],
    "acos": [uniform(-1, 1), uniform(0.999, 1)],
    "atan": [uniform(-10, 10), every(-140, 120)],
    "erfInv": [uniform(-0.99, 0.99), every(-60, -1)],
    "pow": [
        (every(-20, 20, False), uniform(-6, 6)),
        (every(-148, 127, False), uniform(-1.5, 1.5)),
        (uniform(0.9, 1.1), uniform(-600, 600)),
    ],
    "atan2": [(uniform(-1, 1), uniform(-1, 1)), (every(-60, 60), every(-60, 60))],
}
division = [(uniform(-10, 10), uniform(-3, 3)), (every(-20, 40), every(-10, 10)), (every(-1000, 1000), every(-3, 3))]
edges = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, np.inf, -np.inf, np.nan]


def digits(x):
    return x.tobytes()[::-1].hex()


def nearest(y, dtype):
    """Rounded once. mpmath's own conversion to float rounds denormals a second time, so it is done in integers."""
    if not mpmath.isfinite(y) or y == 0:
        return dtype(float(y))
    info = np.finfo(dtype)
    exponent = max(mpmath.frexp(y)[1] - info.nmant - 1, info.minexp - info.nmant)
    whole = int(mpmath.nint(mpmath.ldexp(y, -exponent)))
    with np.errstate(over="ignore"):
        return dtype(np.ldexp(np.float64(whole), exponent))


def samples(draws, dtype):
    for draw in draws:
        operands = [d(SAMPLES // len(draws)) for d in (draw if isinstance(draw, tuple) else (draw,))]
        with np.errstate(over="ignore", under="ignore"):
            yield from zip(*(x.astype(dtype) for x in operands))


def near_quarters():
    """The numbers next to multiples of π/2, where the reduction cancels most; and far ones."""
    for k in [1, 2, 3, 5, 355, 710, 1000, 104348, 208341, 3126535, 2**30 + 1, 2**39 + 7]:
        yield (np.float64(k * mpmath.pi / 2),)


def cases(op, draws, dtype):
    points = list(samples(draws, dtype))
    if op in ("sin", "cos", "tan"):
        points += near_quarters()
    lines = []
    for point in points:
        y = functions[op](*(mpf(float(x)) for x in point))
        lines.append("".join(digits(x) for x in [*point, nearest(y, dtype)]))
    return lines


def divisions(f, dtype):
    points = [*samples(division, dtype), *((dtype(x), dtype(y)) for x in edges for y in edges)]
    lines = []
    with np.errstate(all="ignore"):
        for x, y in points:
            # From 2^53 on mod has no answer here.
            if not (np.isfinite(x) and np.isfinite(y) and y != 0 and abs(float(x) / float(y)) >= 2**53):
                lines.append("".join(digits(v) for v in (x, y, dtype(f(x, y)))))
    return lines


def main():
    table = {}
    for op, draws in ranges64.items():
        table[f"{op} float64"] = cases(op, draws, np.float64)
    for op, draws in ranges32.items():
        table[f"{op} float32"] = cases(op, draws, np.float32)
    for dtype in (np.float32, np.float64):
        table[f"mod {dtype.__name__}"] = divisions(np.mod, dtype)
        table[f"floorDivide {dtype.__name__}"] = divisions(np.floor_divide, dtype)
    source = f"scripts/ulp_fixture.py, mpmath {mpmath.__version__}, numpy {np.__version__}"
    TARGET.write_text(json.dumps({"source": source, "cases": table}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
