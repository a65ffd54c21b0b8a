/**
 * Lorenz RK4 in jax-js. It has no loop inside of a compiled function, so every step is a call from JavaScript.
 * In: the folder that it is installed in, points, steps, runs. Out: one line of JSON, times in ms.
 */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, ...counts] = process.argv.slice(2);
const [points, steps, runs] = counts.map(Number);
const found = createRequire(`${folder}/package.json`)
  .resolve("@jax-js/jax")
  .replace(/\.cjs$/, ".js");
const { blockUntilReady, defaultDevice, init, jit, numpy } = await import(pathToFileURL(found).href);

// Without a GPU and a browser.
await init("wasm");
defaultDevice("wasm");

const dt = 1e-3;
// An operation uses its operands up; `ref` keeps them.
const kept = (arrays) => arrays.map((x) => x.ref);
const slope = (x, y, z, rho) => [
  y.ref.sub(x.ref).mul(10),
  x.ref.mul(rho.sub(z.ref)).sub(y.ref),
  x.mul(y).sub(z.mul(8 / 3)),
];
const along = (u, h, k) => u.map((v, i) => v.ref.add(k[i].ref.mul(h)));
const step = jit((x, y, z, rho) => {
  const u = [x, y, z];
  const k1 = slope(...kept(u), rho.ref);
  const k2 = slope(...along(u, dt / 2, k1), rho.ref);
  const k3 = slope(...along(u, dt / 2, k2), rho.ref);
  const k4 = slope(...along(u, dt, k3), rho);
  const sums = u.map((_, i) => k1[i].add(k2[i].mul(2)).add(k3[i].mul(2)).add(k4[i]));
  return u.map((v, i) => v.add(sums[i].mul(dt / 6)));
});

async function run(n) {
  const rho = numpy.linspace(0, 21, n);
  const began = performance.now();
  let u = [numpy.ones([n]), numpy.zeros([n]), numpy.zeros([n])];
  for (let t = 0; t < steps; t++) u = step(...u, rho.ref);
  await blockUntilReady(u);
  const ms = performance.now() - began;
  for (const x of [...u, rho]) x.dispose();
  return ms;
}

const first = await run(8);
await run(points);
const times = [];
for (let i = 0; i < runs; i++) times.push(await run(points));
console.log(JSON.stringify({ points, steps, first, times }));
process.exit(0);
