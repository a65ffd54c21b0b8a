/**
 * A run that keeps no points: partial results of blocks in, in order of the blocks; out, results over the axes that
 * remain. The order is that of device/reduce/blocks.ts, so the bits of a reduction depend on the points alone.
 */

import type { TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { flatten } from "../base/tree.ts";
import type { Type } from "../base/value.ts";
import { markFinished } from "../device/batch.ts";
import { BlockReducer, type CellPart, emptyPart, type ReducePlan, readPart } from "../device/reduce/block.ts";
import { blockAt, blocksOf } from "../device/reduce/blocks.ts";
import { NumberReader, NumberWriter } from "../device/reduce/numbers.ts";
import { type Accumulation, type AnyState, type MergedState, mergeStates } from "../device/reduce/state.ts";
import { Values } from "../device/reduce/values.ts";
import type { AbstractSpace } from "../space/space.ts";
import { checkBudget, type ResultColumns, resultBytes } from "../store/memory.ts";
import type { Outputs } from "./assemble.ts";
import { CustomFold } from "./reduce-fold.ts";
import { type PointOrder, pointOrder } from "./reduce-order.ts";
import { type Output, OutputColumn, outputOf } from "./reduce-output.ts";
import { type Reductions, type Wanted, wantedOf } from "./reduce-spec.ts";
import { stretch } from "./replicate.ts";
import type { Report } from "./report.ts";
import { Results } from "./results.ts";
import { type Column, resultNames } from "./table.ts";
import { wholeView } from "./view.ts";

/** What a run is asked to reduce. */
export interface ReduceOptions<Q extends Reductions = Reductions> {
  /**
   * Reductions by the name of the result, as in `toColumns`: `{ attackRate: ["mean", "variance"] }`. They are computed
   * in float64 while the run goes on, in an order that depends on the points alone. Results with a shape are reduced
   * number by number.
   */
  readonly reduce: Q;
  /** Axes of a product space to reduce over, by name; the others remain. Default: all points become one. */
  readonly over?: readonly string[];
  /**
   * `"omit"` leaves out points that are not ok: with a result that is NaN or infinite, at a step limit, failed; the
   * report counts them. `"propagate"` takes them in, whatever comes of it. Default `"omit"`.
   */
  readonly nonFinite?: "omit" | "propagate";
}

export const isReduced = <O extends Partial<ReduceOptions>>(options: O): options is O & ReduceOptions =>
  options.reduce !== undefined;

/** One result that is reduced. */
interface Leaf {
  /** As the user named it. */
  readonly key: string;
  readonly type: Type;
  readonly wanted: readonly Wanted[];
  readonly accumulations: readonly Accumulation[];
  readonly outputs: readonly Output[];
}

/** What is known of a cell whose blocks are not all in. */
interface OpenCell {
  count: number;
  /** By leaf, element and accumulation. */
  readonly states: readonly (MergedState | readonly CustomFold[])[];
}

export class Reducing {
  readonly plan: ReducePlan;
  readonly order: PointOrder;
  private readonly leaves: readonly Leaf[];
  private readonly reducer: BlockReducer;
  private open: OpenCell | undefined;

  /** Throws for what cannot be reduced, before anything runs. */
  constructor(
    where: string,
    space: AbstractSpace<unknown, unknown>,
    { paths, outputs, float }: Outputs,
    { reduce, over, nonFinite = "omit" }: ReduceOptions,
    budget: number,
  ) {
    this.order = pointOrder(where, space, float, over);
    const { cells, points } = this.order;
    const free = space.freeLeaves().map(({ path }) => path);
    const names = resultNames(paths, free);
    const found = Object.entries(reduce).map(([key, given]) => {
      const output = outputNamed(where, key, names, paths);
      return { key, output, type: outputs[output] as Type, wanted: wantedOf(`${where}, reduce ${key}`, given) };
    });
    checkBudget(where, found.flatMap(typesOf), cells, budget);
    this.leaves = found.map(({ key, type, wanted }) => leafOf(key, type, wanted, cells));
    this.plan = {
      blocks: blocksOf(cells, points, resultBytes(outputs, 1)),
      leaves: this.leaves.map(({ type, accumulations }, i) => {
        return { output: (found[i] as (typeof found)[number]).output, elements: sizeOf(type.shape), accumulations };
      }),
      propagate: nonFinite === "propagate",
    };
    this.reducer = new BlockReducer(this.plan);
    if (points === 0) this.put(0, this.opened(emptyPart(this.plan)));
  }

  /** The partials of blocks `first … first + count`; blocks come in order. */
  readonly take = (first: number, count: number, partials: Float64Array): void => {
    const input = new NumberReader(partials);
    for (let k = first; k < first + count; k++) {
      const block = blockAt(this.plan.blocks, k);
      for (let cell = block.cell; cell < block.cell + block.cells; cell++) {
        const partial = readPart(this.plan, input);
        if (this.open) this.merge(this.open, partial);
        else this.open = this.opened(partial);
        if (!block.complete) continue;
        this.put(cell, this.open);
        this.open = undefined;
      }
    }
  };

  /** The points of block `k`, where there is no device that reduces them. */
  reduce(k: number, columns: ResultColumns): void {
    const out = new NumberWriter();
    this.reducer.reduce(columns, 0, blockAt(this.plan.blocks, k), out);
    this.take(k, 1, out.done());
  }

  /** When all blocks are in. `report` is given the bytes of the results. */
  results<T, S>(report: (bytes: number) => Report): Results<T, S> {
    const { cells, axes, labels } = this.order;
    const tree = Object.fromEntries(
      this.leaves.map(({ key, wanted, outputs }) => [
        key,
        Object.fromEntries(wanted.map(({ name }, i) => [name, (outputs[i] as Output).finish()])),
      ]),
    );
    const flat = flatten<OutputColumn>(tree, (leaf) => leaf instanceof OutputColumn);
    const types = flat.leaves.map(({ shape }): Type => ({ dtype: "float64", shape }));
    const columns = { data: flat.leaves.map(({ data }): TypedArray => data), status: new Uint8Array(cells) };
    markFinished(columns, types, 0, cells);
    const parameters = parameterColumns(this.order);
    const names = resultNames(
      flat.paths,
      parameters.map(({ name }) => name),
    );
    const table = names.map((name, i): Column => {
      return { name, type: types[i] as Type, values: { data: columns.data[i] as TypedArray } };
    });
    const { structure } = flat;
    return new Results(
      {
        structure,
        types,
        columns,
        table: [...parameters, ...table],
        names,
        axes,
        labels,
        report: report(resultBytes(types, cells)),
      },
      wholeView(
        cells,
        axes.map(({ size }) => size),
      ),
    );
  }

  /** States of the first block of a cell; numbers go to the user's functions at once. */
  private opened({ count, states }: CellPart): OpenCell {
    return {
      count,
      states: this.eachState(states, (state, leaf) =>
        state instanceof Values
          ? customsOf(leaf).map((custom) => new CustomFold(custom, state.values))
          : (state as MergedState),
      ),
    };
  }

  private merge(open: OpenCell, { count, states }: CellPart): void {
    open.count += count;
    states.forEach((state, i) => {
      const into = open.states[i] as OpenCell["states"][number];
      if (state instanceof Values) for (const fold of into as readonly CustomFold[]) fold.add(state.values);
      else mergeStates(into as MergedState, state as MergedState);
    });
  }

  private put(cell: number, { count, states }: OpenCell): void {
    let next = 0;
    for (const { type, wanted, accumulations, outputs } of this.leaves) {
      const elements = sizeOf(type.shape);
      for (let e = 0; e < elements; e++, next += accumulations.length) {
        let custom = 0;
        outputs.forEach((output, k) => {
          const at = next + indexOf(accumulations, output.accumulation);
          const state = states[at];
          const own = wanted[k]?.kind === "custom" ? (state as readonly CustomFold[])[custom++] : state;
          output.put(cell * elements + e, own, count);
        });
      }
    }
  }

  private eachState<U>(states: readonly AnyState[], f: (state: AnyState, leaf: Leaf) => U): U[] {
    let next = 0;
    return this.leaves.flatMap((leaf) => {
      const from = next;
      next += sizeOf(leaf.type.shape) * leaf.accumulations.length;
      return states.slice(from, next).map((state) => f(state, leaf));
    });
  }
}

const customsOf = ({ wanted }: Leaf) => wanted.flatMap((one) => (one.kind === "custom" ? [one.custom] : []));

const sameAccumulation = (a: Accumulation, b: Accumulation): boolean => JSON.stringify(a) === JSON.stringify(b);

const indexOf = (list: readonly Accumulation[], one: Accumulation | undefined): number =>
  one === undefined ? -1 : list.findIndex((other) => sameAccumulation(one, other));

function leafOf(key: string, type: Type, wanted: readonly Wanted[], cells: number): Leaf {
  const outputs = wanted.map((one) => outputOf(one, { cells, shape: type.shape }));
  const accumulations: Accumulation[] = [];
  for (const { accumulation } of outputs) {
    if (accumulation && indexOf(accumulations, accumulation) < 0) accumulations.push(accumulation);
  }
  return { key, type, wanted, accumulations, outputs };
}

function outputNamed(where: string, key: string, names: readonly string[], paths: readonly string[]): number {
  const at = names.indexOf(key) < 0 ? paths.indexOf(key) : names.indexOf(key);
  if (at >= 0) return at;
  throw new RangeError(`${where}: expected results among ${names.join(", ")} in reduce, got ${key}; correct the name`);
}

/** What a cell will take, for the memory budget; of functions of the user's own, one number. */
const typesOf = ({ type, wanted }: { readonly type: Type; readonly wanted: readonly Wanted[] }): Type[] =>
  wanted.map((one) => {
    const numbers = one.kind === "quantiles" ? one.q.length : one.kind === "histogram" ? 2 * one.bins + 2 : 1;
    return { dtype: "float64", shape: [...type.shape, numbers] };
  });

/** The parameters that the remaining axes move, at every point of the result. */
function parameterColumns({ cells, axes }: PointOrder): Column[] {
  let stride = cells;
  return axes.flatMap(({ size, columns }) => {
    stride /= size;
    const repeat = stride;
    return columns.map(({ path, source }): Column => {
      return { name: path, type: source, values: { source: stretch(source, size, repeat) } };
    });
  });
}
