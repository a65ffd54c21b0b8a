/**
 * How fast is one thread, beside C? Every workload on every target that this Lanewise has, and as C, strict and fast,
 * interleaved in one run; results are compared with C's and with a run in float64.
 */

import { buildAll, tunedC, writeInput } from "./support/c.mjs";
import { greatestError, greatestUlps, interleaved } from "./support/measure.mjs";
import { lanewise, offered, rowsOf } from "./support/models.mjs";

const { ParallelExecution } = lanewise;

const executionOf = ({ model, space, args }, options) =>
  new ParallelExecution(model, space, { args, nPmap: 1, ...options });

/** Times one thread's run, and keeps what it gave. */
function runner(execution) {
  const calls = [];
  const run = async () => {
    const began = performance.now();
    const results = await execution.run();
    calls.push(performance.now() - began);
    return results.report.runSeconds * 1000;
  };
  return { calls, turn: async () => [await run(), await run()] };
}

async function benchKernel({ name, workload, generator }, targets, { quick, runs }) {
  const size = quick ? workload.quick : workload.size;
  const built = workload.build({ ...size, generator });
  const input = writeInput(name, built);
  const exact = rowsOf(await executionOf(built, { dtype: "float64" }).run());
  const error = (values) => greatestError(values, exact.values, exact.rows);

  const c = {};
  for (const mode of ["strict", "fast"]) c[mode] = tunedC(workload, generator, mode, input, size);
  const mine = [];
  for (const { name: target, strict, options } of targets) {
    const execution = executionOf(built, options);
    const results = await execution.run();
    const { report } = results;
    const { values } = rowsOf(results);
    mine.push({
      target,
      execution,
      against: strict ? "strict" : "fast",
      traceMs: report.traceSeconds * 1000,
      compileMs: report.compileSeconds * 1000,
      error: error(values),
      ulps: strict ? greatestUlps(values, c.strict.values) : undefined,
      ...runner(execution),
    });
  }
  const turns = [c.strict.times, ...mine.map(({ turn }) => turn), c.fast.times];
  const times = await interleaved(turns, Math.max(1, Math.ceil(runs / 2)));
  const work = size.points * size.steps * workload.width;
  const speed = ({ min }) => work / min / 1e3;
  const reference = (mode, time) => ({
    ms: time,
    error: error(c[mode].values),
    compiler: c[mode].compiler,
    groups: c[mode].groups,
    tried: c[mode].tried,
    millionsPerSecond: speed(time),
  });
  const references = { strict: reference("strict", times[0]), fast: reference("fast", times.at(-1)) };
  const targetRows = mine.map(({ target, execution, against, turn, calls, ...rest }, i) => {
    execution.dispose();
    const ms = times[i + 1];
    return {
      target,
      against,
      ms,
      callMs: calls.reduce((least, x) => Math.min(least, x)),
      ratio: references[against].ms.min / ms.min,
      medianRatio: references[against].ms.median / ms.median,
      millionsPerSecond: speed(ms),
      ...rest,
    };
  });
  return {
    name,
    title: workload.title,
    unit: workload.unit,
    ...size,
    width: workload.width,
    c: references,
    targets: targetRows,
  };
}

/** One row for each variant; `tell` hears of each when it is there. */
export async function benchKernels(variants, options, tell) {
  const { offered: targets, missing } = await offered();
  await buildAll(variants);
  const rows = [];
  for (const variant of variants) {
    const row = await benchKernel(variant, targets, options);
    rows.push(row);
    tell(row);
  }
  return { rows, missing };
}
