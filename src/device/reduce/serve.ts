/** A device's part of a reduction: blocks are computed, reduced where they lie, and forgotten. */

import { OK } from "../../base/status.ts";
import { allocateColumns, markFinished } from "../batch.ts";
import { type ReduceRequest, type ReduceResult, STOP, type Task } from "../protocol.ts";
import type { Runner } from "../runner.ts";
import { BlockReducer } from "./block.ts";
import { type Block, blockAt, pointsOf } from "./blocks.ts";
import { NumberWriter } from "./numbers.ts";

/** Stops between two batches when told to; what it gives is then of no use. */
export function reduceBlocks({ outputs }: Task, runner: Runner, request: ReduceRequest): ReduceResult {
  const { sources, rule, plan, first, count, control } = request;
  const stopped = (): boolean => control !== undefined && Atomics.load(control, STOP) !== 0n;
  const reducer = new BlockReducer(plan);
  const out = new NumberWriter();
  const room = Math.max(rule.batch, plan.blocks.most);
  const columns = allocateColumns(outputs, room);
  const status = new Uint8Array(pointsOf(plan.blocks, first, count));
  let points = 0;
  let batches = 0;
  let notFinite = 0;
  for (let k = first; k < first + count && !stopped(); ) {
    const blocks = blocksWithin(request, k, room);
    const start = (blocks[0] as Block).start;
    const size = blocks.reduce((sum, block) => sum + block.count, 0);
    columns.status.fill(0);
    for (let at = 0; at < size && !stopped(); at += rule.batch) {
      const part = Math.min(rule.batch, size - at);
      runner.run(sources, start + at, part, columns, at);
      notFinite += markFinished(columns, outputs, at, part);
      batches++;
    }
    for (const block of blocks) reducer.reduce(columns, block.start - start, block, out);
    status.set(columns.status.subarray(0, size), points);
    points += size;
    k += blocks.length;
  }
  return {
    points,
    batches,
    notFinite,
    partials: out.done(),
    status: status.some((one) => one !== OK) ? status : undefined,
  };
}

/** Blocks from number `k` on whose points are as many as a batch, or one block. */
function blocksWithin({ plan, first, count }: ReduceRequest, k: number, room: number): Block[] {
  const blocks = [blockAt(plan.blocks, k)];
  let points = (blocks[0] as Block).count;
  for (let next = k + 1; next < first + count; next++) {
    const block = blockAt(plan.blocks, next);
    points += block.count;
    if (points > room) break;
    blocks.push(block);
  }
  return blocks;
}
