/** What do all devices bring against one? Every workload on the fastest target, whole calls, interleaved. */

import { interleaved } from "./support/measure.mjs";
import { isSimulation, lanewise, offered } from "./support/models.mjs";

const { ParallelExecution, deviceCount } = lanewise;

export async function benchDevices(variants, { quick, runs }, tell) {
  const { offered: targets } = await offered();
  const strict = targets.filter((target) => target.strict).at(-1);
  const counts = [1, deviceCount()];
  const rows = [];
  for (const { name, workload, generator } of variants.filter(isSimulation)) {
    const size = quick ? workload.quick : { ...workload.size, points: workload.size.points * 4 };
    const { model, space, args } = workload.build({ ...size, generator });
    const executions = counts.map((nPmap) => new ParallelExecution(model, space, { args, nPmap, ...strict.options }));
    for (const execution of executions) await execution.run();
    const turns = executions.map((execution) => async () => {
      const began = performance.now();
      await execution.run();
      return performance.now() - began;
    });
    const [one, all] = await interleaved(turns, runs);
    for (const execution of executions) execution.dispose();
    const work = size.points * size.steps * workload.width;
    const row = { name, target: strict.name, ...size, devices: counts[1], one, all, ratio: one.min / all.min };
    rows.push({ ...row, millionsPerSecond: work / all.min / 1e3, unit: workload.unit });
    tell(row);
  }
  return { rows };
}
