/** Spaces whose points follow from a plan: any point in the time of one look per free leaf, none of them stored. */

import { type ColumnSource, reader } from "../base/column.ts";
import type { FloatDType, TypedArray } from "../base/dtype.ts";
import { toNdArray } from "./arrays.ts";
import { resolveSlice } from "./check.ts";
import { axisColumn, outsideDType, type Plan, planColumn, readColumn, slicePlan } from "./plan.ts";
import { type Materialiser, materialiser, type PointOf } from "./point.ts";
import { AbstractSpace, type SpaceAxis } from "./space.ts";

/** Points made at a time when a space is gone through. */
const stride = 1024;

export abstract class PlannedSpace<State, Point = PointOf<State>> extends AbstractSpace<State, Point> {
  readonly #state: State;
  #view: OutsideView | undefined;

  constructor(state: State) {
    super();
    this.#state = state;
  }

  /** The space as it is now; the same object until something changes. */
  abstract plan(): Plan;

  override get N(): number {
    return this.plan().length;
  }

  override get state(): State {
    return this.#state;
  }

  override layout(): Plan {
    return this.plan();
  }

  override pointAt(index: number): Point {
    const { columns, readers, make } = this.#outside();
    return make(columns.map((column, k) => pointValue((readers[k] as Reader)(index), 0, column))) as Point;
  }

  override slice(start?: number, stop?: number, step?: number): AbstractSpace<State, Point> {
    const plan = this.plan();
    const span = resolveSlice(`${this.constructor.name}.slice`, plan.length, start, stop, step);
    return new SpaceSlice<State, Point>(this.#state, slicePlan(plan, span));
  }

  override *[Symbol.iterator](): Iterator<Point, undefined> {
    const { plan, columns, make } = this.#outside();
    for (let first = 0; first < plan.length; first += stride) {
      const count = Math.min(stride, plan.length - first);
      const blocks = columns.map((column) => readColumn(column, first, count));
      for (let i = 0; i < count; i++) {
        yield make(
          columns.map((column, k) => pointValue(blocks[k] as TypedArray, i * column.elementSize, column)),
        ) as Point;
      }
    }
  }

  override columns(float: FloatDType): ColumnSource[] {
    const plan = this.plan();
    return plan.slots.map((variable) => planColumn(plan, variable, float));
  }

  override axes(float: FloatDType = "float32"): readonly SpaceAxis[] | undefined {
    return this.plan().axes?.map(({ name, size, variables }) => ({
      name,
      size,
      columns: variables.map((variable) => ({ path: variable.path, source: axisColumn(variable, float) })),
    }));
  }

  override outsideColumns(float: FloatDType = "float32"): ColumnSource[] {
    return float === "float32" ? this.#outside().columns : outsideColumns(this.plan(), float);
  }

  #outside(): OutsideView {
    const plan = this.plan();
    if (this.#view?.plan !== plan) {
      const columns = outsideColumns(plan, "float32");
      this.#view = { plan, columns, readers: columns.map(reader), make: materialiser(plan, { numbers: true }) };
    }
    return this.#view;
  }
}

const outsideColumns = (plan: Plan, float: FloatDType): ColumnSource[] =>
  plan.slots.map((variable) => planColumn(plan, variable, outsideDType(variable, float)));

type Reader = (point: number) => TypedArray;

/** What reading points outside of an execution needs, made once per plan. */
interface OutsideView {
  readonly plan: Plan;
  readonly columns: ColumnSource[];
  readonly readers: readonly Reader[];
  readonly make: Materialiser;
}

function pointValue(data: TypedArray, at: number, { dtype, shape, elementSize }: ColumnSource): unknown {
  if (shape.length === 0) return dtype === "bool" ? data[at] !== 0 : data[at];
  return toNdArray({ dtype, shape, data: data.slice(at, at + elementSize) }, "float32");
}

class SpaceSlice<State, Point> extends PlannedSpace<State, Point> {
  readonly #plan: Plan;

  constructor(state: State, plan: Plan) {
    super(state);
    this.#plan = plan;
  }

  override plan(): Plan {
    return this.#plan;
  }
}
