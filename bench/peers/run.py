"""One workload in JAX, on the whole machine: python run.py NAME INPUT OUTPUT COLUMNS POINTS STEPS RUNS first|best

first: milliseconds of the first call of 8 points, compilation included. best: the fastest of all ways to write it, of
pmap over both devices and jit over one, and of several batch sizes; its results go to OUTPUT. Prints one line of JSON.
"""

import json
import os
import sys
import time

name, source, target = sys.argv[1:4]
columns, points, steps, runs = (int(x) for x in sys.argv[4:8])
how = sys.argv[8]
devices = os.cpu_count()
os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import numpy as np
from jax import lax

from models import forms

INTEGERS = {"gbm": {0}, "normals": {0}, "montbrio-noise": {2}, "wong-wang-noise": {1}, "wong-wang-delays": {2, 3}}
INTEGERS |= {"wong-wang-speeds": {4}, "flights": {2, 3, 4}}


def read():
    """Arrays of 32-bit words, each after its length."""
    words, arrays, at = np.fromfile(source, np.int32), [], 0
    while at < len(words):
        data = words[at + 1 : at + 1 + words[at]]
        arrays.append(data if len(arrays) in INTEGERS.get(name, ()) else data.view(np.float32))
        at += 1 + words[at]
    return arrays


arrays = read()
space = arrays[:columns]
shared = [jax.numpy.asarray(x) for x in arrays[columns:]]


def timed(call):
    began = time.perf_counter()
    result = jax.block_until_ready(call())
    return (time.perf_counter() - began) * 1000, result


def ways(model):
    """Names and functions of all points: jit of vmap, and pmap over the devices of batches."""
    yield "jit vmap", jax.jit(lambda *xs: jax.vmap(model)(*xs)), 1
    share = points // devices
    for batch in sorted({share, max(8, share // 4), max(8, share // 16)}, reverse=True):
        if batch >= share:
            yield f"pmap {devices} vmap {share}", jax.pmap(lambda *xs: jax.vmap(model)(*xs)), devices
        else:
            mapped = jax.pmap(lambda *xs, b=batch: lax.map(lambda x: model(*x), xs, batch_size=b))
            yield f"pmap {devices} map {batch}", mapped, devices


if how == "first":
    model = next(iter(forms(name, steps, shared).values()))
    eight = [x[:8] for x in space]
    ms, _ = timed(lambda: jax.jit(jax.vmap(model))(*eight))
    print(json.dumps({"version": jax.__version__, "ms": ms}))
    sys.exit()

tried = []
for form, model in forms(name, steps, shared).items():
    for way, call, count in ways(model):
        xs = [x.reshape(count, -1) if count > 1 else x for x in space]
        compiled, _ = timed(lambda: call(*xs))
        ms, _ = timed(lambda: call(*xs))
        tried.append({"way": f"{form} {way}".strip(), "ms": ms, "compiledMs": compiled, "call": (call, xs)})
best = min(tried, key=lambda t: t["ms"])
call, xs = best["call"]
times = []
for _ in range(runs):
    ms, result = timed(lambda: call(*xs))
    times.append(ms)
np.stack([np.asarray(x, np.float32).reshape(-1) for x in result]).tofile(target)
for t in tried:
    del t["call"]
print(json.dumps({"version": jax.__version__, "way": best["way"], "times": times, "tried": tried}))
