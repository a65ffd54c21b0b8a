/** Any points of a store as results in memory. In: a reader of the store, views; out: what the verbs of results need. */

import type { ColumnSource } from "../base/column.ts";
import { allocate, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { FAILED } from "../base/status.ts";
import type { Type } from "../base/value.ts";
import { type LabelsByPath, labelsByPath } from "../space/labels.ts";
import type { SpaceAxis } from "../space/space.ts";
import { chunkOf, rangeOf } from "../store/grid.ts";
import type { AxisArray, Layout, PointArray } from "../store/layout.ts";
import type { StoreReader } from "../store/reader.ts";
import { coordinatesOf } from "./axes.ts";
import { reasonIn } from "./failures.ts";
import type { Report } from "./report.ts";
import { Results } from "./results.ts";
import { labelsFrom } from "./store-columns.ts";
import type { Column } from "./table.ts";
import { type Dimension, sliceView, type View, wholeView } from "./view.ts";

/** Points that are read together where the chunks of the store do not say how many. */
const BLOCK = 65536;

/** Consecutive points of a view. */
export interface Part {
  readonly start: number;
  readonly view: View;
}

export interface TakeOptions {
  /** Whether the parameters are read too. */
  readonly parameters: boolean;
  /** Whether the statuses are. Default true. */
  readonly status?: boolean;
  /** The one result that is read. Default: all. */
  readonly only?: string | undefined;
}

const typeOf = ({ dtype, shape }: Type): Type => ({ dtype, shape });

/** Values as a column with one digit. */
function columnOf({ dtype, shape }: Type, values: TypedArray): ColumnSource {
  const elementSize = sizeOf(shape);
  const count = values.length / Math.max(1, elementSize);
  return { kind: "table", values, count, repeat: 1, start: 0, step: 1, dtype, shape, elementSize };
}

/** Axes with values from `read`, by the paths of their arrays. */
const axesWith = ({ axisNames, axes, grid }: Layout, read: (path: string) => TypedArray): SpaceAxis[] =>
  axisNames.map((name, axis) => ({
    name,
    size: grid.sizes[axis] as number,
    columns: axes
      .filter((array) => array.axis === axis)
      .map((array) => ({ path: array.name, source: columnOf(array, read(array.path)) })),
  }));

const nothing = new Float64Array();

export class StoredData {
  readonly reader: StoreReader;
  readonly layout: Layout;
  readonly report: Report;
  /** The axes of a product, without the values along them. */
  readonly axes: readonly SpaceAxis[] | undefined;
  readonly labels: LabelsByPath;
  private readonly along = new Map<string, Promise<TypedArray>>();

  constructor(reader: StoreReader, report: Report) {
    this.reader = reader;
    this.layout = reader.document.layout;
    this.report = report;
    const parameters = [...this.layout.axes, ...this.layout.parameters];
    this.labels = labelsByPath(parameters.map(({ name, attributes }) => [name, labelsFrom(attributes)]));
    this.axes = this.layout.axisNames.length === 0 ? undefined : axesWith(this.layout, () => nothing);
  }

  /** All points. */
  whole(): View {
    const { grid } = this.layout;
    return wholeView(grid.points, this.axes && grid.sizes);
  }

  /** The parameters in flat order, then the results. */
  get arrays(): readonly (PointArray | AxisArray)[] {
    const { axes, parameters, results } = this.layout;
    return [...axes, ...parameters, ...results];
  }

  /** The axes, with values along those of these dimensions. */
  async axesOf(dimensions: Iterable<Dimension>): Promise<readonly SpaceAxis[]> {
    const wanted = new Set([...dimensions].map(({ axis }) => axis));
    const arrays = this.layout.axes.filter(({ axis }) => wanted.has(axis));
    const read = await Promise.all(arrays.map(({ path }) => this.valuesAlong(path)));
    const values = new Map(arrays.map(({ path }, i) => [path, read[i] as TypedArray]));
    return axesWith(this.layout, (path) => values.get(path) ?? nothing);
  }

  /** A parameter or result at the points of a view. */
  async values(array: PointArray | AxisArray, view: View): Promise<TypedArray> {
    if (!("axis" in array)) return this.reader.values(array, view);
    const { sizes } = this.layout.grid;
    const along = await this.valuesAlong(array.path);
    const size = sizeOf(array.shape);
    const stride = sizes.slice(array.axis + 1).reduce((n, d) => n * d, 1);
    const out = allocate(array.dtype, view.length * size);
    for (let i = 0; i < view.length; i++) {
      const position = Math.floor(view.index(i) / stride) % (sizes[array.axis] as number);
      for (let e = 0; e < size; e++) out[i * size + e] = along[position * size + e] as number;
    }
    return out;
  }

  /** A view in parts: the store's chunks where its points follow one another, blocks of points elsewhere. */
  *parts(view: View): Generator<Part> {
    const { grid } = this.layout;
    const { length, consecutiveFrom: from } = view;
    const part = (start: number, end: number): Part => ({ start, view: sliceView(view, start, 1, end - start) });
    if (from === undefined) {
      for (let start = 0; start < length; start += BLOCK) yield part(start, Math.min(start + BLOCK, length));
      return;
    }
    for (let chunk = 0; chunk < grid.chunks; chunk++) {
      const range = rangeOf(grid, chunk);
      const start = Math.max(range.start - from, 0);
      const end = Math.min(range.start + range.count - from, length);
      if (start < end) yield part(start, end);
    }
  }

  /** The points of a view as results in memory. */
  async take<T, S>(view: View, { parameters, status: wanted = true, only }: TakeOptions): Promise<Results<T, S>> {
    const { layout, reader } = this;
    const results = layout.results.filter(({ name }) => only === undefined || name === only);
    const free = parameters ? [...layout.axes, ...layout.parameters] : [];
    const read = (arrays: readonly PointArray[]) => Promise.all(arrays.map((array) => this.values(array, view)));
    const dimensions = view.dimensions ?? [];
    const [values, data, status, axes] = await Promise.all([
      read(free),
      read(results),
      wanted ? reader.status(view) : new Uint8Array(view.length),
      parameters ? this.axesOf(dimensions) : this.axes,
    ]);
    const reasonOf = await this.reasonsOf(view, status);
    const columns = (arrays: readonly PointArray[], found: readonly TypedArray[]): Column[] =>
      arrays.map((array, i) => ({ name: array.name, type: typeOf(array), values: { data: found[i] as TypedArray } }));
    const sizes = view.dimensions?.map(({ size }) => size);
    return new Results<T, S>(
      {
        structure: only === undefined ? reader.document.tree : { kind: "leaf" },
        types: results.map(typeOf),
        columns: { data, status },
        table: [...columns(free, values), ...columns(results, data)],
        names: results.map(({ name }) => name),
        axes: sizes && dimensions.map((d) => axisPart((axes ?? [])[d.axis] as SpaceAxis, d, parameters)),
        labels: this.labels,
        report: { ...this.report, points: view.length },
        ...(reasonOf && { reasonOf }),
      },
      wholeView(view.length, sizes),
    );
  }

  /** Why points of a view failed, where some did. */
  private async reasonsOf(
    view: View,
    status: Uint8Array,
  ): Promise<((index: number) => string | undefined) | undefined> {
    if (!status.includes(FAILED)) return undefined;
    const chunks = new Set<number>();
    status.forEach((code, i) => {
      if (code === FAILED) chunks.add(chunkOf(this.layout.grid, view.index(i)));
    });
    const faults = (await Promise.all([...chunks].map((chunk) => this.reader.reasons(chunk)))).flat();
    return (i) => reasonIn(faults, view.index(i));
  }

  private valuesAlong(path: string): Promise<TypedArray> {
    const known = this.along.get(path) ?? this.reader.axis(path);
    this.along.set(path, known);
    // What failed is asked for again.
    known.catch(() => this.along.delete(path));
    return known;
  }
}

/** An axis as far as a view goes along it. */
function axisPart(axis: SpaceAxis, dimension: Dimension, loaded: boolean): SpaceAxis {
  const { size } = dimension;
  if (!loaded) return { ...axis, size };
  const values = new Map(coordinatesOf(axis, dimension));
  const columns = axis.columns.map(({ path, source }) => ({
    path,
    source: columnOf(source, values.get(path) ?? nothing),
  }));
  return { name: axis.name, size, columns };
}
