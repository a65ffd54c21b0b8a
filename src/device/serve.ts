/** What a host device's thread does: requests in, replies out (protocol.ts). */

import { isLanewiseError } from "../base/errors.ts";
import { allocateColumns, type Columns, markFinished } from "./batch.ts";
import { whyNotNative } from "./native.ts";
import { Pace } from "./pace.ts";
import { listen } from "./platform.ts";
import {
  atSlot,
  type ClaimRequest,
  DONE,
  NEXT,
  type RangeRequest,
  type RangeResult,
  type Reply,
  type Request,
  STOP,
  type Tally,
  type Task,
} from "./protocol.ts";
import { reduceBlocks } from "./reduce/serve.ts";
import type { CreateRunner, Runner } from "./runner.ts";

interface Loaded {
  readonly task: Task;
  readonly runner: Runner;
  /** As measured so far, by the numbers that it was made with. */
  readonly paces: Map<string, Pace>;
}

const tasks = new Map<number, Loaded>();

/** One batch: its points, then what became of each. Gives the number not finite. */
function compute({ task, runner }: Loaded, request: Batch, start: number, count: number, at: number): number {
  runner.run(request.sources, start, count, request.columns, at);
  return markFinished(request.columns, task.outputs, at, count);
}

type Batch = Pick<ClaimRequest, "sources" | "columns">;

/** What was learned in one claim request serves the next. */
function paceOf({ paces }: Loaded, least: number, devices: number): Pace {
  const key = `${least} ${devices}`;
  const pace = paces.get(key) ?? new Pace(least, devices);
  paces.set(key, pace);
  return pace;
}

function claim(loaded: Loaded, request: ClaimRequest): Tally {
  const { control, first, total, rule, device, devices } = request;
  const pace = paceOf(loaded, rule.least, devices);
  const place = atSlot(device, devices);
  let points = 0;
  let batches = 0;
  let notFinite = 0;
  while (Atomics.load(control, STOP) === 0n) {
    const size = pace.next(total - Number(Atomics.load(control, NEXT)));
    const start = Number(Atomics.add(control, NEXT, BigInt(size)));
    if (start >= total) break;
    const end = Math.min(start + size, total);
    const began = performance.now();
    for (let at = start; at < end && Atomics.load(control, STOP) === 0n; at += rule.batch) {
      const count = Math.min(rule.batch, end - at);
      Atomics.store(control, place, BigInt(at + 1));
      notFinite += compute(loaded, request, first + at, count, at);
      points += count;
      batches++;
      Atomics.store(control, DONE + device, BigInt(points));
    }
    pace.record(end - start, (performance.now() - began) / 1000);
  }
  Atomics.store(control, place, 0n);
  return { points, batches, notFinite };
}

function range(loaded: Loaded, { sources, rule, start, count }: RangeRequest): RangeResult {
  const columns = allocateColumns(loaded.task.outputs, count);
  let batches = 0;
  let notFinite = 0;
  for (let at = 0; at < count; at += rule.batch) {
    notFinite += compute(loaded, { sources, columns }, start + at, Math.min(rule.batch, count - at), at);
    batches++;
  }
  return { points: count, batches, notFinite, columns };
}

function loadedTask(id: number): Loaded {
  const loaded = tasks.get(id);
  if (!loaded) throw new Error(`expected a task that was loaded, got ${id}`);
  return loaded;
}

function answer(request: Request, createRunner: CreateRunner): unknown {
  switch (request.kind) {
    case "open":
      // Loads the package that machine code needs.
      if (request.code === "x64") whyNotNative();
      return undefined;
    case "load":
      tasks.set(request.task.id, {
        task: request.task,
        runner: createRunner(request.task, request.go),
        paces: new Map(),
      });
      return undefined;
    case "forget":
      tasks.delete(request.task);
      return undefined;
    case "claim":
      return claim(loadedTask(request.task), request);
    case "range":
      return range(loadedTask(request.task), request);
    case "reduce": {
      const { task, runner } = loadedTask(request.task);
      return reduceBlocks(task, runner, request);
    }
  }
}

/** Buffers that are given away with a reply; only results of points have any. */
function buffersOf(result: unknown): Transferable[] {
  const { columns, partials } = (result ?? {}) as { columns?: Columns; partials?: Float64Array<ArrayBuffer> };
  if (partials) return [partials.buffer];
  return columns ? [...columns.data, columns.status].map(({ buffer }) => buffer as ArrayBuffer) : [];
}

/** Answers requests from now on, in the order in which they come. */
export function serve(createRunner: CreateRunner): void {
  const reply = listen((message) => {
    const { id, request } = message as { id: number; request: Request };
    let answered: Reply;
    try {
      answered = { id, result: answer(request, createRunner) };
    } catch (error) {
      const kind = isLanewiseError(error) ? { kind: error.kind } : {};
      answered = { id, error: error instanceof Error ? error.message : String(error), ...kind };
    }
    reply(answered, buffersOf(answered.result));
  });
}
