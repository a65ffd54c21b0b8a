"""Coefficients of the float64 expansions, of the inverse functions and of pow: best polynomials in the largest error.

In: the table below (function, interval, weight of its error, number of coefficients, width of the constants).
Out: the coefficients, lowest degree first, as TypeScript lists, with the error that is left (as a power of two).

Remez' second algorithm in 80 digits; the linear system and the exchange are the textbook ones
(E. W. Cheney, "Introduction to Approximation Theory", 1966, chapter 3).

    pip install mpmath && python scripts/minimax.py [name …]
"""

import struct
import sys

from mpmath import asin, atan, atanh, cos, exp, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tan

mp.dps = 80


def series(f, order, x, terms):
    """f without its first Taylor terms, over x**order; next to zero by the Taylor series itself."""
    if abs(x) > mpf(10) ** -12:
        return (f(x) - sum(mpf(c) * x**k for k, c in terms.items())) / x**order
    return mp.taylor(f, 0, order + 3)[order] + x * mp.taylor(f, 0, order + 3)[order + 1]


def remez(f, low, high, weight, count, rounds=12):
    """Coefficients of the polynomial with `count` terms that makes max |weight·(f − p)| smallest."""
    low, high = mpf(low), mpf(high)
    nodes = [cos(pi * (i + mpf(1) / 2) / (count + 1)) for i in range(count + 1)]
    points = [nudge((low + high) / 2 - (high - low) / 2 * t, (high - low) / 50) for t in nodes]
    grid = [nudge((low + high) / 2 - (high - low) / 2 * cos(pi * i / 600), mpf(10) ** -9) for i in range(601)]
    values = [(x, f(x), weight(x)) for x in grid]
    for _ in range(rounds):
        rows = matrix(count + 1, count + 1)
        right = matrix(count + 1, 1)
        for i, x in enumerate(points):
            for k in range(count):
                rows[i, k] = x**k
            rows[i, count] = (-1) ** i / weight(x)
            right[i] = f(x)
        solution = lu_solve(rows, right)
        p = [solution[k] for k in range(count)]
        errors = [w * (v - mp.polyval(p[::-1], x)) for x, v, w in values]
        points, sizes = exchange([x for x, _, _ in values], errors, count + 1)
        if len(points) < count + 1:
            raise ValueError(f"{len(points)} alternations, expected {count + 1}")
        if max(sizes) < min(sizes) * mpf("1.001"):
            break
    return p, max(abs(e) for e in errors)


def exchange(grid, errors, wanted):
    """The largest error of every stretch of one sign; the ends with the smaller error go while there are too many."""
    best = []
    for x, e in zip(grid, errors, strict=True):
        if best and (best[-1][1] > 0) == (e > 0):
            if abs(e) > abs(best[-1][1]):
                best[-1] = (x, e)
        else:
            best.append((x, e))
    while len(best) > wanted:
        best.pop(0 if abs(best[0][1]) < abs(best[-1][1]) else -1)
    return [x for x, _ in best], [abs(e) for _, e in best]


def nudge(x, by):
    """Weights vanish at zero: stay beside it."""
    return x if abs(x) > by else by


def rounded(c, width):
    if width == 64:
        return repr(float(c))
    wanted = struct.unpack("f", struct.pack("f", float(c)))[0]
    for digits in range(5, 12):
        text = f"{wanted:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == wanted:
            return text
    return repr(wanted)


def of_square(f, order, terms):
    """g(z) with f(x) = terms + x**order·g(x²)."""
    return lambda z: series(f, order, sqrt(z) if z > mpf(10) ** -20 else mpf(10) ** -10, terms)


def quarter(f):
    """√2·f of an eighth of a turn: what a normal number takes of its angle."""
    return lambda t: sqrt(2) * f(pi / 4 * t)


half_ln2 = log(2) / 2
third = 1 / mpf(3)
ratio = (sqrt(2) - 1) / (sqrt(2) + 1)
eighth = tan(pi / 8)
per_ln2 = 2 / log(2)


def log2_ratio(s):
    return per_ln2 * atanh(s)


def relative_to_sin(z):
    return z * sqrt(z) / sin(sqrt(z))


table = {
    "exp": (lambda r: series(exp, 2, r, {0: 1, 1: 1}), -half_ln2, half_ln2, abs, 10, 64),
    "exp2": (lambda r: series(lambda x: mpf(2) ** x, 1, r, {0: 1}), -0.5, 0.5, abs, 11, 64),
    "exp2of32": (lambda r: series(lambda x: mpf(2) ** x, 1, r, {0: 1}), -0.5, 0.5, abs, 6, 32),
    "exp32": (lambda r: series(exp, 2, r, {0: 1, 1: 1}), -half_ln2, half_ln2, abs, 4, 32),
    "exp32five": (lambda r: series(exp, 2, r, {0: 1, 1: 1}), -half_ln2, half_ln2, abs, 5, 32),
    "exp2by32": (lambda r: series(lambda x: mpf(2) ** x, 1, r, {0: 1}), -0.5, 0.5, abs, 6, 32),
    "log32": (of_square(lambda s: 2 * atanh(s), 3, {1: 2}), 0, ratio**2, lambda z: z / 2, 3, 32),
    "sin32": (of_square(sin, 3, {1: 1}), 0, (pi / 4) ** 2, lambda z: z, 3, 32),
    "cos32": (of_square(cos, 4, {0: 1, 2: -mpf(1) / 2}), 0, (pi / 4) ** 2, lambda z: z * z, 3, 32),
    "halfTurn32": (of_square(sin, 3, {1: 1}), 0, (pi / 2) ** 2, relative_to_sin, 4, 32),
    "normalSin": (of_square(quarter(sin), 1, {}), 0, 1, lambda z: mpf(1), 4, 32),
    "normalCos": (lambda z: quarter(cos)(sqrt(z)), 0, 1, lambda z: mpf(1), 4, 32),
    "log": (of_square(lambda s: 2 * atanh(s), 3, {1: 2}), 0, ratio**2, lambda z: z / 2, 7, 64),
    "log2dd": (of_square(log2_ratio, 5, {1: per_ln2, 3: per_ln2 * third}), 0, ratio**2, lambda z: z * z / 3, 7, 64),
    "log2of32": (of_square(log2_ratio, 1, {}), 0, ratio**2, lambda z: third, 5, 64),
    "sin": (of_square(sin, 3, {1: 1}), 0, (pi / 4) ** 2, lambda z: z, 6, 64),
    "cos": (of_square(cos, 4, {0: 1, 2: -mpf(1) / 2}), 0, (pi / 4) ** 2, lambda z: z * z, 6, 64),
    "halfTurn": (of_square(sin, 3, {1: 1}), 0, (pi / 2) ** 2, relative_to_sin, 8, 64),
    "atan": (of_square(atan, 3, {1: 1}), 0, eighth**2, lambda z: z, 11, 64),
    "atan32": (of_square(atan, 3, {1: 1}), 0, eighth**2, lambda z: z, 4, 32),
    "asin": (of_square(asin, 3, {1: 1}), 0, mpf(1) / 4, lambda z: z, 12, 64),
    "asin32": (of_square(asin, 3, {1: 1}), 0, mpf(1) / 4, lambda z: z, 5, 32),
}


def main(names):
    for name in names or table:
        f, low, high, weight, count, width = table[name]
        p, error = remez(f, low, high, weight, count)
        print(f"// {name}: error 2^{float(log(error, 2)):.1f}")
        print(f"const {name} = [{', '.join(rounded(c, width) for c in p)}];")


if __name__ == "__main__":
    main(sys.argv[1:])
