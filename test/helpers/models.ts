/** Models as people write them, small, with their answers: NumPy's, JAX's (`fixtures/models_cases.py`) or arithmetic's. */

import { DataAxis, GridAxis, lax, type NdArray, np, random, Space } from "../../src/index.ts";
import known from "../fixtures/models.json";

type State = { readonly [name: string]: NdArray };
type Rows = readonly (readonly number[])[];

export interface Case {
  readonly model: (state: State, ...args: NdArray[]) => unknown;
  readonly space: Space<unknown>;
  readonly args?: readonly unknown[];
  /** Of each point, its results one after the other. */
  readonly answer: Rows;
  /** Relative, with the float type that the answer is for; other runs are compared among themselves. */
  readonly within: { readonly float32?: number; readonly float64?: number };
}

const integers = (n: number, f = (i: number): number => i): DataAxis =>
  new DataAxis(Int32Array.from({ length: n }, (_, i) => f(i)));
const product = (axes: unknown): Space<unknown> => new Space(axes, { mode: "product" });
const int = (x: number): NdArray => np.asarray(x, { dtype: "int32" });

/** Seasonal forcing comes along as a table. */
const epidemic: Case = {
  model: ({ beta, gamma }, season) => {
    const [[, , , r], curve] = lax.scan(
      ([s, e, i, r], force: NdArray) => {
        const caught = beta!.mul(force).mul(s).mul(i);
        const [ill, healed] = [e.mul(0.2), i.mul(gamma!)];
        const next = [
          s.sub(caught.mul(0.1)),
          e.add(caught.sub(ill).mul(0.1)),
          i.add(ill.sub(healed).mul(0.1)),
          r.add(healed.mul(0.1)),
        ];
        return [next, i];
      },
      [0.999, 0, 0.001, 0],
      season as NdArray,
    );
    return [curve.max(), curve.argmax(), r];
  },
  space: product({ beta: new GridAxis(0.5, 3, 3), gamma: new GridAxis(0.05, 0.3, 3) }),
  args: [Array.from({ length: 200 }, (_, t) => 1 + 0.3 * Math.sin(t / 20))],
  answer: known.seir,
  within: { float32: 1e-2, float64: 1e-12 },
};

/** FitzHugh-Nagumo along a cable with sealed ends. */
const cable: Case = {
  model: ({ current, coupling }) => {
    const ends = (x: NdArray): NdArray =>
      np
        .concatenate([x.slice({ start: 1 }), x.slice({ start: -1 })])
        .add(np.concatenate([x.slice({ stop: 1 }), x.slice({ stop: -1 })]))
        .sub(x.mul(2));
    const end = lax.foriLoop(
      0,
      200,
      (_, { v, w }) => {
        const dv = v.sub(v.pow(3).div(3)).sub(w).add(current!).add(ends(v).mul(coupling!));
        return {
          v: v.add(dv.mul(0.05)),
          w: w.add(
            v
              .add(0.7)
              .sub(w.mul(0.8))
              .mul(0.08 * 0.05),
          ),
        };
      },
      { v: np.where(np.arange(100).less(10), 1.0, -1.2), w: np.full([100], -0.6) },
    );
    return end.v.slice({ step: 9 });
  },
  space: product({ current: new GridAxis(0, 1, 3), coupling: new GridAxis(0.1, 2, 3) }),
  answer: known.cable,
  within: { float32: 1e-4, float64: 1e-12 },
};

/** Kuramoto: all pairs of oscillators. */
const oscillators: Case = {
  model: ({ coupling }, omega) => {
    const theta = lax.foriLoop(
      0,
      20,
      (_, theta: NdArray) => {
        const pull = np.sub(theta.expandDims(0), theta.expandDims(1)).sin().mean(1);
        return theta.add(omega!.add(coupling!.mul(pull)).mul(0.05));
      },
      np.linspace(0, 6, 40),
    );
    return theta.cos().mean().square().add(theta.sin().mean().square()).sqrt();
  },
  space: product({ coupling: new GridAxis(0, 3, 4) }),
  args: [Array.from({ length: 40 }, (_, i) => Math.cos(i * 1.7))],
  answer: known.order.map((r) => [r]),
  within: { float32: 1e-4, float64: 1e-12 },
};

/** A network with a delay for each pair, its past in a ring buffer. */
const delays: Case = {
  model: ({ gain }) => {
    const [n, depth] = [12, 16];
    const [i, j] = [np.arange(n).expandDims(1), np.arange(n).expandDims(0)];
    const wave = np.asarray(
      Array.from({ length: n * n }, (_, k) => Math.abs(Math.sin(Math.floor(k / n) * 3 + (k % n) * 7))),
    );
    const weights = np.where(i.equal(j), 0, wave.reshape([n, n]));
    const delay = i
      .mul(5)
      .add(j.mul(3))
      .mod(depth - 1)
      .add(1);
    return lax.foriLoop(
      0,
      100,
      (t, { x, past }) => {
        const heard = past.ravel().take(np.sub(t, delay).mod(depth).mul(n).add(j));
        const drive = gain!.mul(weights.mul(heard).sum(1)).sub(1).add(np.arange(n).mul(0.1)).tanh();
        const next = x.add(drive.sub(x).mul(0.1));
        return { x: next, past: lax.dynamicUpdateSlice(past, next.expandDims(0), [t.mod(depth), 0]) };
      },
      { x: np.full([n], 0.1), past: np.full([depth, n], 0.1) },
    ).x;
  },
  space: product({ gain: new GridAxis(0, 1, 3) }),
  answer: known.network,
  within: { float32: 1e-4, float64: 1e-12 },
};

/** x(t) = x(t - delay) / 2, every point with a delay of its own. */
const echo: Case = {
  model: ({ delay }) =>
    lax.scan(
      (past: NdArray, t: NdArray) => {
        const x = past.at(t.sub(delay!).mod(40)).mul(0.5);
        return [lax.dynamicUpdateSlice(past, x.reshape([1]), [t.mod(40)]), x];
      },
      np.ones([40]),
      np.arange(90),
    )[1],
  space: product({ delay: integers(7, (i) => 1 + 6 * i) }),
  answer: Array.from({ length: 7 }, (_, i) =>
    Array.from({ length: 90 }, (_, t) => 0.5 ** (1 + Math.floor(t / (1 + 6 * i)))),
  ),
  within: { float32: 0, float64: 0 },
};

/** Ornstein-Uhlenbeck with a key for each point and step. */
const noise: Case = {
  model: ({ seed, theta }) =>
    lax.foriLoop(
      0,
      50,
      (t, x: NdArray) => {
        const kick = random.normal(random.foldIn(random.key(seed!), t), [5]);
        return x.sub(x.mul(theta!).mul(0.01)).add(kick.mul(0.1));
      },
      np.zeros([5]),
    ),
  space: product({ seed: integers(4), theta: new GridAxis(0, 1, 2) }),
  answer: known.noise,
  within: { float32: 1e-5 },
};

/** Gillespie's direct method: points stop on their own. */
const infection: Case = {
  model: ({ seed, beta }) => {
    const end = lax.whileLoop(
      ({ t, i, n }) => t.less(5).logicalAnd(i.greater(0)).logicalAnd(n.less(150)),
      ({ t, s, i, n }) => {
        const u = random.uniform(random.foldIn(random.key(seed!), n), [2]);
        const [infect, heal] = [s.mul(i).mul(1.0).mul(beta!).div(100), i.mul(0.5)];
        const total = infect.add(heal);
        const caught = u.at(1).mul(total).less(infect);
        const wait = np.sub(1, u.at(0)).log().neg().div(total);
        return {
          t: t.add(wait),
          s: np.where(caught, s.sub(1), s),
          i: np.where(caught, i.add(1), i.sub(1)),
          n: n.add(1),
        };
      },
      { t: 0.0, s: int(95), i: int(5), n: int(0) },
    );
    return [end.t, end.s, end.i, end.n];
  },
  space: product({ seed: integers(5), beta: new DataAxis([0.25, 1, 2]) }),
  answer: known.infection,
  within: { float32: 1e-4 },
};

/** Mandelbrot's escape times. */
const escapeTimes: Case = {
  model: ({ re, im }) =>
    lax.whileLoop(
      ({ x, y, n }) => x.mul(x).add(y.mul(y)).lessEqual(4).logicalAnd(n.less(60)),
      ({ x, y, n }) => ({ x: x.mul(x).sub(y.mul(y)).add(re!), y: x.mul(y).mul(2).add(im!), n: n.add(1) }),
      { x: 0.0, y: 0.0, n: int(0) },
    ).n,
  space: product({ re: new GridAxis(-2, 1, 13), im: new GridAxis(-1, 1, 11) }),
  answer: known.escape.map((n) => [n]),
  within: { float64: 0 },
};

/** A glider on a torus of 16 × 16: every four generations it is one cell further down and to the right. */
const glider = (shift: number): NdArray => {
  const cells = new Int32Array(256);
  for (const [r, c] of [
    [0, 1],
    [1, 2],
    [2, 0],
    [2, 1],
    [2, 2],
  ] as const)
    cells[((r + shift) % 16) * 16 + ((c + shift) % 16)] = 1;
  return np.asarray(cells).reshape([16, 16]);
};
const life: Case = {
  model: ({ start }) =>
    lax.foriLoop(
      0,
      32,
      (_, cells: NdArray) => {
        const rows = cells.roll(1, 0).add(cells).add(cells.roll(-1, 0));
        const around = rows.roll(1, 1).add(rows).add(rows.roll(-1, 1)).sub(cells);
        return around
          .equal(3)
          .logicalOr(around.equal(2).logicalAnd(cells.equal(1)))
          .astype("int32");
      },
      start!,
    ),
  space: product({ start: new DataAxis(np.stack([0, 1, 2, 9, 13].map(glider))) }),
  answer: [8, 9, 10, 17, 21].map((shift) => Array.from(glider(shift).data)),
  within: { float32: 0, float64: 0 },
};

/** Gauss-Jordan with pivots found at run time: the distance of A⁻¹ A from the unit matrix. */
const inverse: Case = {
  model: ({ a }) => {
    const [n, rows] = [5, np.arange(5)];
    const matrix = np
      .outer(rows, rows.add(1))
      .mul(a!)
      .sin()
      .add(np.flip(np.eye(n), 0).mul(2));
    const column = (m: NdArray, k: NdArray): NdArray => lax.dynamicSlice(m, [0, k], [n, 1]).squeeze(1);
    const done = lax.foriLoop(
      0,
      n,
      (k, m: NdArray) => {
        const pivot = np.where(rows.greaterEqual(k), column(m, k).abs(), -1).argmax();
        const [top, best] = [m.at(k), m.at(pivot)];
        const swapped = lax.dynamicUpdateSlice(np.where(rows.equal(pivot).expandDims(1), top, m), best.expandDims(0), [
          k,
          0,
        ]);
        const unit = best.div(best.at(k));
        const factors = np.where(rows.equal(k), 0, column(swapped, k));
        return lax.dynamicUpdateSlice(swapped, unit.expandDims(0), [k, 0]).sub(np.outer(factors, unit));
      },
      np.concatenate([matrix, np.eye(n)], 1),
    );
    return done.slice(null, { start: n }).matmul(matrix).sub(np.eye(n)).abs().max();
  },
  space: product({ a: new GridAxis(-1, 1, 7) }),
  answer: new Array(7).fill([0]),
  within: { float32: 1e-5, float64: 1e-13 },
};

/** One of four models by number, some with loops; numbers outside clamp. */
const choice: Case = {
  model: ({ which, x }) =>
    lax
      .foriLoop(
        0,
        3,
        (_, y: NdArray) =>
          lax.switch(
            which!,
            [
              (z: NdArray) => z.mul(2),
              (z: NdArray) => lax.foriLoop(0, 4, (i, q: NdArray) => q.add(i), z),
              (z: NdArray) =>
                lax.whileLoop(
                  (q: NdArray) => q.at(0).less(10),
                  (q: NdArray) => q.add(x!).add(1),
                  z,
                ),
              (z: NdArray) => z.flip(),
            ],
            y,
          ),
        np.arange(35).add(x!),
      )
      .slice({ stop: 2 }),
  space: product({ which: integers(6, (i) => i - 1), x: new GridAxis(0, 1, 2) }),
  answer: [
    [0, 8],
    [8, 16],
    [0, 8],
    [8, 16],
    [18, 19],
    [19, 20],
    [10, 11],
    [11, 12],
    [34, 33],
    [35, 34],
    [34, 33],
    [35, 34],
  ],
  within: { float32: 0, float64: 0 },
};

export const cases = {
  epidemic,
  cable,
  oscillators,
  delays,
  echo,
  noise,
  infection,
  escapeTimes,
  life,
  inverse,
  choice,
};
