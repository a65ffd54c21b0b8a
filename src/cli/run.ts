/** `lanewise run FILE`: the exploration of a file, run on all devices, with a bar, a table and a picture. */

import { sizeOf } from "../base/shape.ts";
import type { FailureOptions } from "../execution/failures.ts";
import type { AnyModel } from "../execution/model.ts";
import type { TableSource } from "../execution/table-source.ts";
import { summarise } from "../execution/table-summary.ts";
import {
  deviceCount,
  ParallelExecution,
  type Results,
  type StoredResults,
  type RunOptions as Watch,
} from "../index.ts";
import { type FailedPoints, failedPoints, failedText, SHOWN } from "./failed.ts";
import { SOME_FAILED, UsageError } from "./failure.ts";
import { formatBytes, formatCount, formatRate, formatTime } from "./format.ts";
import { commandAgain, type Interruptible, interruptible } from "./interrupt.ts";
import { loadExploration } from "./load.ts";
import { checkOutput, writeTable } from "./output.ts";
import { overrideSpace } from "./overrides.ts";
import { picture } from "./picture.ts";
import { progressBar } from "./progress.ts";
import { factsOfRun } from "./provenance.ts";
import { explainedReduction, type ReduceWords, reduceOf, replicationsOf } from "./reduce.ts";
import { reportFile, writeReport } from "./report.ts";
import { cacheOf, repairedText, type StoreWords, storeOf, storeText } from "./store.ts";
import { filesText, summaryTable } from "./summary.ts";

export interface RunOptions extends StoreWords, ReduceWords {
  readonly set?: unknown;
  readonly axis?: unknown;
  readonly devices?: unknown;
  readonly batch?: unknown;
  readonly dtype?: unknown;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly out?: unknown;
  readonly report?: unknown;
  readonly onError?: unknown;
  readonly failFast?: boolean;
  readonly timeout?: unknown;
}

/** Gives the exit code. */
export async function run(file: string, options: RunOptions): Promise<number> {
  const out = options.out === undefined ? undefined : String(options.out);
  if (out !== undefined) checkOutput("--out", out);
  const page = options.report === undefined ? undefined : reportFile("--report", options.report);
  const store = storeOf(options);
  const reduced = reduceOf(options);
  const execution = {
    nPmap: devicesOf(options.devices),
    nVmap: countOf("--batch", options.batch),
    dtype: dtypeOf(options.dtype),
    ...failureOptions(options),
    ...replicationsOf(options),
  };
  const { model, space: given, args = [], kwargs, title, show, dims } = await loadExploration(file);
  const space = overrideSpace(given, textsOf(options.set), textsOf(options.axis));
  const talk = !options.quiet && !options.json;
  if (talk && title !== undefined) console.error(title);
  const executor = new ParallelExecution(model as AnyModel, space, { args, ...(kwargs && { kwargs }), ...execution });
  const described = {
    ...(title !== undefined && { title }),
    ...(show !== undefined && { show }),
    ...(dims && { dims }),
  };
  const points = space.N * (execution.replications ?? 1);
  const results = await watched<Results | StoredResults>(points, talk, store !== undefined, (watch) => {
    if (reduced) {
      return executor.run({ ...watch, ...reduced }).catch((error) => {
        throw explainedReduction(error);
      });
    }
    const asked = { ...watch, ...cacheOf(options) };
    return store ? executor.run({ ...asked, ...store, ...described }) : executor.run(asked);
  });
  const table = await results.table();
  const shown = shownOutput(table, reduced ? undefined : show);
  const files: [file: string, what: string][] = store ? [[store.store, storeText(results.length, store.store)]] : [];
  if (out !== undefined) {
    const bytes = await writeTable("--out", out, table);
    files.push([out, `${formatCount(results.length)} rows, ${formatBytes(bytes)}`]);
  }
  if (page !== undefined) {
    const provenance = await factsOfRun({ file, dtype: execution.dtype, report: results.report });
    const bytes = await writeReport("--report", page, results, { title: title ?? file, show: shown, provenance });
    files.push([page, `${formatBytes(bytes)}, for any browser`]);
  }
  const failed = await failedPoints(table, await results.failed(SHOWN));
  const code = failed.count > 0 ? SOME_FAILED : 0;
  if (options.json) {
    const { length: points, report } = results;
    console.log(JSON.stringify({ title, points, outputs: await summarise(table), failed, report }, null, 2));
  }
  if (talk) console.log(await outcomeText({ results, table, shown, failed, files }));
  // Said at last, so that nothing is lost by it.
  if (show !== undefined && !reduced && shown !== show) throw unknownOutput(table, show);
  return code;
}

interface Outcome {
  readonly results: Results | StoredResults;
  readonly table: TableSource;
  readonly shown: string | undefined;
  readonly failed: FailedPoints;
  readonly files: readonly (readonly [file: string, what: string])[];
}

/** What is printed after a run: outputs, time, points that failed, a picture, files. */
async function outcomeText({ results, table, shown, failed, files }: Outcome): Promise<string> {
  const drawn = await picture(table, shown);
  const { repaired = [] } = results.report;
  return [
    `${summaryTable(await summarise(table))}\n${reportLine(results.report)}`,
    ...(repaired.length > 0 ? [repairedText(repaired)] : []),
    ...(failed.count > 0 ? [failedText(failed, results.length)] : []),
    ...(drawn === undefined ? [] : [drawn]),
    ...(files.length > 0 ? [filesText(files)] : []),
  ].join("\n\n");
}

function failureOptions({
  onError,
  failFast = true,
  timeout,
}: RunOptions): FailureOptions & { deviceTimeout?: number } {
  if (onError !== undefined && onError !== "record" && onError !== "stop") {
    throw new UsageError(`--on-error: expected record or stop, got "${String(onError)}"; choose one of the two`);
  }
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    throw new UsageError(`--timeout: expected a number of seconds, got "${String(timeout)}"; write --timeout 60`);
  }
  return { onError: onError ?? "record", failFast, ...(timeout !== undefined && { deviceTimeout: timeout * 1000 }) };
}

/** Runs with a bar; a signal stops the run. */
async function watched<R>(
  total: number,
  talk: boolean,
  stored: boolean,
  start: (watch: Watch) => Promise<R>,
): Promise<R> {
  const bar = progressBar(total, process.stderr, talk);
  const began = performance.now();
  let done = 0;
  const run: Interruptible = {
    stopped: () => {
      const again = stored ? `\nto go on: ${commandAgain(["--overwrite"], ["--resume"])}` : "";
      return stoppedText(done, total, began) + again;
    },
    stopping: () => {
      if (stored) console.error("stopping: what is being computed is committed first; once more to stop at once");
    },
    leave: () => bar.stop(),
  };
  try {
    return await interruptible(run, (signal) =>
      start({
        signal,
        onProgress: (progress) => {
          done = progress.done;
          bar.update(done);
        },
      }),
    );
  } finally {
    bar.stop();
  }
}

const stoppedText = (done: number, total: number, began: number): string =>
  `stopped: ${formatCount(done)} of ${formatCount(total)} points done in ` +
  formatTime((performance.now() - began) / 1000);

const outputsOf = ({ columns }: TableSource) => columns.filter(({ role }) => role === "result");

/** The output of pictures: the one that was asked for where there is one, else the first that is a number. */
function shownOutput(table: TableSource, show: string | undefined): string | undefined {
  const outputs = outputsOf(table);
  if (outputs.some(({ name }) => name === show)) return show;
  return outputs.find(({ shape }) => sizeOf(shape) === 1)?.name;
}

function unknownOutput(table: TableSource, show: string): UsageError {
  const names = outputsOf(table).map(({ name }) => name);
  return new UsageError(
    `show: expected the name of an output (${names.join(", ")}), got "${show}"; correct it in the file`,
  );
}

function reportLine(report: Results["report"]): string {
  const { points, computed, devices, runSeconds, pointsPerSecond, bytes } = report;
  if (computed === 0 && points > 0) return `${formatCount(points)} points, all of which were there`;
  const target = [...new Set(devices.map((device) => device.target))].join(", ");
  const others = computed < points ? ` of ${formatCount(points)}, the others were there,` : "";
  return [
    `${formatCount(computed)} points${others} in ${formatTime(runSeconds)}`,
    `${formatRate(pointsPerSecond)} points/s`,
    `${devices.length} ${devices.length === 1 ? "device" : "devices"} (${target})`,
    formatBytes(bytes),
  ].join(" · ");
}

const textsOf = (option: unknown): string[] =>
  option === undefined ? [] : (Array.isArray(option) ? option : [option]).map(String);

function countOf(option: string, value: unknown): number | "auto" {
  if (value === "auto") return "auto";
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new UsageError(
    `${option}: expected a positive whole number or auto, got "${String(value)}"; write ${option} 2`,
  );
}

function devicesOf(value: unknown): number | "auto" {
  const [count, known] = [countOf("--devices", value), deviceCount()];
  if (count === "auto" || count <= known) return count;
  throw new UsageError(
    `--devices: expected at most ${known}, the number of devices, got ${count}; ` +
      `lower it, or set LANEWISE_HOST_DEVICES=${count} in the environment`,
  );
}

function dtypeOf(value: unknown): "float32" | "float64" {
  if (value === "float32" || value === "float64") return value;
  throw new UsageError(`--dtype: expected float32 or float64, got "${String(value)}"; choose one of the two`);
}
