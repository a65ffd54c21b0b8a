"""Reduced Wong-Wang, 84 nodes, Heun, over G, in tvboptim: python tvboptim_wong_wang.py INPUT POINTS STEPS RUNS

INPUT is what the C program reads: G[points], weights [84][84], each after its length. The mean over the nodes at the end,
as in ../models/wong-wang.ts. The fastest of several batch sizes counts. Prints one line of JSON.
"""

import json
import os
import sys
import time

source = sys.argv[1]
points, steps, runs = (int(x) for x in sys.argv[2:])
devices = os.cpu_count()
os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
os.environ["JAX_PLATFORMS"] = "cpu"

import copy

import jax
import jax.numpy as jnp
import numpy as np
from tvboptim.execution import ParallelExecution
from tvboptim.experimental.network_dynamics import DenseGraph, Network, prepare
from tvboptim.experimental.network_dynamics.coupling import LinearCoupling
from tvboptim.experimental.network_dynamics.dynamics import ReducedWongWang
from tvboptim.experimental.network_dynamics.solvers import Heun
from tvboptim.types.spaces import GridAxis, Space

words = np.fromfile(source, np.float32)
weights = jnp.asarray(words[points + 2 : points + 2 + 84 * 84].reshape(84, 84))

network = Network(
    ReducedWongWang(w=0.9, I_o=0.32, b=0.1080000458, INITIAL_STATE=(0.1,)),
    {"instant": LinearCoupling(incoming_states="S", G=1.0)},
    DenseGraph(weights),
)
# Both stages compute the coupling, as the others here do.
solve, config = prepare(network, Heun(recompute_coupling_per_stage=True), t0=0.0, t1=float(steps), dt=1.0)


def end(state):
    return solve(state).ys[-1, 0].mean()


def space_of(n):
    state = copy.deepcopy(config)
    state.coupling.instant.G = GridAxis(0.0, 2.0, n)
    return Space(state, mode="product")


def timed(execution):
    began = time.perf_counter()
    values = [float(x) for x in execution.run()]
    return (time.perf_counter() - began) * 1000, values


first, _ = timed(ParallelExecution(end, space_of(8), n_vmap=4, n_pmap=devices))
tried = []
for batch in (points // devices, max(1, points // devices // 4)):
    execution = ParallelExecution(end, space_of(points), n_vmap=batch, n_pmap=devices)
    timed(execution)
    tried.append((timed(execution)[0], batch, execution))
_, batch, execution = min(tried, key=lambda t: t[0])
times = []
for _ in range(runs):
    ms, values = timed(execution)
    times.append(ms)
way = f"n_pmap {devices}, n_vmap {batch}"
print(json.dumps({"version": jax.__version__, "way": way, "first": first, "times": times, "values": values}))
