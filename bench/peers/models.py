"""The workloads of ../models as people write them in JAX: lax.scan over steps, one point at a time, to be vmapped.

`forms(name, steps, shared)` gives one or more ways to write the model of one point, by name; the fastest one counts. A
model takes the columns of its space in the order of ../c, and returns what the C program of that name gives.
"""

import jax
import jax.numpy as jnp
from jax import lax, random


def loop(step, start, steps):
    """`step(carry, t)` for t = 0, 1, …"""
    return lax.scan(lambda carry, t: (step(carry, t), None), start, jnp.arange(steps))[0]


def lorenz_slope(u, rho):
    x, y, z = u
    return 10 * (y - x), x * (rho - z) - y, x * y - 8 / 3 * z


def lorenz_rk4(steps, _):
    dt = 1e-3

    def along(u, h, k):
        return tuple(a + h * b for a, b in zip(u, k))

    def model(rho):
        def step(u, _):
            k1 = lorenz_slope(u, rho)
            k2 = lorenz_slope(along(u, dt / 2, k1), rho)
            k3 = lorenz_slope(along(u, dt / 2, k2), rho)
            k4 = lorenz_slope(along(u, dt, k3), rho)
            return along(u, dt / 6, tuple(a + 2 * b + 2 * c + d for a, b, c, d in zip(k1, k2, k3, k4)))

        return loop(step, (jnp.float32(1), jnp.float32(0), jnp.float32(0)), steps)

    def stacked(rho):
        def slope(u):
            return jnp.stack(lorenz_slope(u, rho))

        def step(u, _):
            k1 = slope(u)
            k2 = slope(u + dt / 2 * k1)
            k3 = slope(u + dt / 2 * k2)
            k4 = slope(u + dt * k3)
            return u + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        return tuple(loop(step, jnp.array([1.0, 0.0, 0.0]), steps))

    return {"tuple": model, "array": stacked}


TSIT5 = [
    [0.161],
    [-0.008480655492356989, 0.335480655492357],
    [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
    [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
    [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
    [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
]


def lorenz_tsit5(steps, _):
    dt = 1e-3

    def model(rho):
        def step(u, _):
            slopes = [lorenz_slope(u, rho)]
            after = u
            for row in TSIT5:
                after = tuple(a + sum(dt * w * k[i] for w, k in zip(row, slopes)) for i, a in enumerate(u))
                slopes.append(lorenz_slope(after, rho))
            return after

        return loop(step, (jnp.float32(1), jnp.float32(0), jnp.float32(0)), steps)

    return {"tuple": model}


def gbm(steps, _):
    dt = 2.0**-8

    def model(seed):
        key = random.key(seed)

        def step(x, t):
            z = random.normal(random.fold_in(key, t), (3,))
            return x + x * (1.5 * dt) + x * (0.01 * dt**0.5) * z

        return tuple(loop(step, jnp.full(3, 0.1), steps))

    return {"": model}


def normals(steps, _):
    def model(seed):
        key = random.key(seed)
        return tuple(loop(lambda total, t: total + random.normal(random.fold_in(key, t), (16,)), jnp.zeros(16), steps))

    return {"": model}


def montbrio_step(y, z, k, eta):
    dt, sigma = 0.01, 0.03

    def slope(y):
        r, v = jnp.maximum(y[0], 0), y[1]
        dr = 1 / jnp.pi + 2 * r * v
        dv = v**2 - (jnp.pi * r) ** 2 + 15 * r + eta + k * y[0].mean()
        return jnp.stack([dr, dv])

    xi = sigma * dt**0.5 * z
    k1 = slope(y)
    return y + dt / 2 * (k1 + slope(y + dt * k1 + xi)) + xi


def montbrio_forms(draws):
    """With the trajectory, as vbjax has it, and with running sums. `draws(columns)` gives xs and the noise of one x."""
    start = jnp.stack([jnp.full(164, 0.1), jnp.full(164, -2.0)])

    def trajectory(eta, k, *rest):
        xs, noise = draws(*rest)

        def step(y, x):
            after = montbrio_step(y, noise(x), k, eta)
            return after, after[0]

        return (lax.scan(step, start, xs)[1].std(0).mean(),)

    def sums(eta, k, *rest):
        xs, noise = draws(*rest)

        def step(carry, x):
            y, total, squares = carry
            after = montbrio_step(y, noise(x), k, eta)
            return (after, total + after[0], squares + after[0] ** 2), None

        (_, total, squares), _ = lax.scan(step, (start, jnp.zeros(164), jnp.zeros(164)), xs)
        steps = xs.shape[0]
        return (jnp.sqrt(jnp.maximum(squares / steps - (total / steps) ** 2, 0)).mean(),)

    return {"trajectory": trajectory, "sums": sums}


def montbrio(steps, shared):
    noise = shared[0].reshape(steps, 2, 164)
    return montbrio_forms(lambda: (noise, lambda z: z))


def montbrio_noise(steps, _):
    def draws(seed):
        key = random.key(seed)
        return jnp.arange(steps), lambda t: random.normal(random.fold_in(key, t), (2, 164))

    return montbrio_forms(draws)


def wong_wang_slope(s, coupling, g):
    y = 270 * (0.9 * 0.2609 * s + 0.2609 * g * coupling + 0.32) - 108.0000458
    return 0.641 / 1000 * (1 - s) * y / (1 - jnp.exp(-0.154 * y)) - s / 100


def wong_wang(steps, shared):
    weights = shared[0].reshape(84, 84)

    def model(g):
        def step(s, _):
            k1 = wong_wang_slope(s, weights @ s, g)
            z = s + k1
            return s + (k1 + wong_wang_slope(z, weights @ z, g)) / 2

        return (loop(step, jnp.full(84, 0.1), steps).mean(),)

    return {"": model}


def wong_wang_noise(steps, shared):
    weights = shared[0].reshape(84, 84)

    def model(g, seed):
        key = random.key(seed)

        def step(s, t):
            xi = 0.01 * random.normal(random.fold_in(key, t), (84,))
            k1 = wong_wang_slope(s, weights @ s, g)
            z = s + k1 + xi
            return jnp.clip(s + (k1 + wong_wang_slope(z, weights @ z, g)) / 2 + xi, 0, 1)

        return (loop(step, jnp.full(84, 0.1), steps).mean(),)

    return {"": model}


def delayed(steps, g, weights, delay, longest):
    """The past in a ring of rows, read by pair."""
    rows, column = longest + 1, jnp.arange(84)

    def step(carry, t):
        s, past = carry
        coupling = (weights * past[(t - delay) % rows, column]).sum(1)
        k1 = wong_wang_slope(s, coupling, g)
        after = s + (k1 + wong_wang_slope(s + k1, coupling, g)) / 2
        return after, past.at[(t + 1) % rows].set(after)

    return (loop(step, (jnp.full(84, 0.1), jnp.full((rows, 84), 0.1)), steps)[0].mean(),)


def wong_wang_delays(steps, shared):
    weights, delay, longest = shared[0].reshape(84, 84), shared[1].reshape(84, 84), int(shared[2][0])
    return {"": lambda g: delayed(steps, g, weights, delay, longest)}


def wong_wang_speeds(steps, shared):
    weights, lengths, longest = shared[0].reshape(84, 84), shared[1].reshape(84, 84), int(shared[2][0])

    def model(g, speed):
        return delayed(steps, g, weights, jnp.rint(lengths / speed).astype(jnp.int32), longest)

    return {"": model}


def jansen_rit(steps, _):
    a, b, c, dt = 0.1, 0.05, 135, 0.1

    def sigmoid(v):
        return 2 * 0.0025 / (1 + jnp.exp(0.56 * (6 - v)))

    def model(p):
        def slope(y):
            y0, y1, y2, y3, y4, y5 = y
            return (
                y3,
                y4,
                y5,
                3.25 * a * sigmoid(y1 - y2) - 2 * a * y3 - a * a * y0,
                3.25 * a * (p + 0.8 * c * sigmoid(c * y0)) - 2 * a * y4 - a * a * y1,
                22 * b * 0.25 * c * sigmoid(0.25 * c * y0) - 2 * b * y5 - b * b * y2,
            )

        def step(carry, _):
            y, total = carry
            k1 = slope(y)
            k2 = slope(tuple(v + dt * k for v, k in zip(y, k1)))
            after = tuple(v + dt / 2 * (k + l) for v, k, l in zip(y, k1, k2))
            return after, total + (after[1] - after[2])

        zero = jnp.float32(0)
        return (loop(step, ((zero,) * 6, zero), steps)[1] / steps,)

    return {"tuple": model}


def kuramoto(steps, shared):
    weights, frequencies, phases = shared[0].reshape(80, 80), shared[1], shared[2]
    dt = 0.05

    def model(strength, spread):
        def slope(theta):
            pull = (weights * jnp.sin(theta[None, :] - theta[:, None])).sum(1)
            return frequencies * spread + strength * pull

        def step(theta, _):
            k1 = slope(theta)
            k2 = slope(theta + dt / 2 * k1)
            k3 = slope(theta + dt / 2 * k2)
            k4 = slope(theta + dt * k3)
            return theta + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

        theta = loop(step, phases, steps)
        return (jnp.sqrt(jnp.cos(theta).mean() ** 2 + jnp.sin(theta).mean() ** 2),)

    return {"": model}


def flights(steps, shared):
    (count, first), origin, starts, weight, population = shared
    count, first, dt, recovery, mixing = int(count), int(first), 0.5, 0.2, 0.3
    routes = origin.shape[0]
    destination = jnp.repeat(jnp.arange(count), jnp.diff(starts), total_repeat_length=routes)
    dense = jnp.zeros((count, count)).at[destination, origin].add(weight)

    def sparse_sum(infected):
        return jax.ops.segment_sum(infected[origin] * weight, destination, count, indices_are_sorted=True)

    def form(met_by):
        def model(r0, cancelled):
            beta, away = r0 * recovery, (1 - cancelled) * mixing

            def slope(y):
                s, i = y
                infections = beta * s * (i * (1 - mixing) + met_by(i) * away)
                return jnp.stack([-infections, infections - recovery * i])

            def step(carry, t):
                y, peak, day = carry
                k1 = slope(y)
                k2 = slope(y + dt / 2 * k1)
                k3 = slope(y + dt / 2 * k2)
                k4 = slope(y + dt * k3)
                after = y + dt / 6 * k1 + dt / 3 * k2 + dt / 3 * k3 + dt / 6 * k4
                total = (after[1] * population).sum()
                return after, jnp.maximum(total, peak), jnp.where(total > peak, (t + 1) * dt, day)

            infected = jnp.zeros(count).at[first].set(1e-5)
            y, _, day = loop(step, (jnp.stack([1 - infected, infected]), jnp.float32(0), jnp.float32(0)), steps)
            ever = 1 - y[0]
            return (ever > 0.01).sum().astype(jnp.float32), (ever * population).sum(), day

        return model

    return {"sparse": form(sparse_sum), "dense": form(lambda infected: dense @ infected)}


def forms(name, steps, shared):
    return globals()[name.replace("-", "_")](steps, shared)
