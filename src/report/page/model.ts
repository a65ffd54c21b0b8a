/** The payload of the page → axes, outputs and columns; columns are unpacked when they are first looked at. */

import { isWhole } from "../../execution/table-summary.ts";
import { bytesOf, columnId, type Payload, type PayloadColumn, payloadId, through, unshuffle } from "../payload.ts";

export type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

const storage = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
} as const;

/** An axis of a product space, as far as the page has it. */
export interface PageAxis {
  readonly name: string;
  readonly size: number;
  /** Rows from one position to the next. */
  readonly stride: number;
  readonly step: number;
  readonly fullSize: number;
  readonly parameters: readonly {
    readonly path: string;
    readonly unit?: string | undefined;
    readonly values: readonly number[];
  }[];
}

/** One number per point that can be shown: an element of a result, or a parameter of a point space. */
export interface Variable {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly bool: boolean;
  at(row: number): number;
}

export interface Output {
  readonly name: string;
  /** Place among the payload's columns. */
  readonly column: number;
  readonly width: number;
  readonly shape: readonly number[];
  readonly bool: boolean;
}

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? "";

export class Model {
  readonly payload: Payload;
  readonly axes: readonly PageAxis[];
  /** Axes along which something varies. */
  readonly free: readonly PageAxis[];
  readonly outputs: readonly Output[];
  readonly #columns = new Map<number, Promise<Numbers>>();
  /** Of the page's points. */
  status: Uint8Array = new Uint8Array();
  /** Parameters of a point space; those of a product follow from its axes. */
  parameters: readonly Variable[] = [];

  constructor(payload: Payload) {
    this.payload = payload;
    let stride = payload.points;
    this.axes = (payload.axes ?? []).map(({ name, size, step, fullSize, coordinates }) => {
      stride = size === 0 ? 0 : stride / size;
      const parameters = coordinates.map(({ path, unit, values }) => ({ path, unit, values: values.map(Number) }));
      return { name, size, stride, step, fullSize, parameters };
    });
    this.free = this.axes.filter(({ size }) => size > 1);
    this.outputs = payload.columns.flatMap(({ name, role, shape, bool }, column) => {
      const width = shape.reduce((n, size) => n * size, 1);
      return role === "result" && width > 0 ? { name, column, width, shape, bool } : [];
    });
  }

  static async read(): Promise<Model> {
    const model = new Model(JSON.parse(textOf(payloadId)) as Payload);
    const { columns } = model.payload;
    const status = columns.findIndex(({ role }) => role === "status");
    model.status = (await model.#unpack(status)) as Uint8Array;
    const parameters = columns.flatMap((column, k) => (column.role === "parameter" ? [{ column, k }] : []));
    const scalars = parameters.filter(({ column }) => column.shape.length === 0);
    model.parameters = await Promise.all(
      scalars.map(async ({ column: { name, unit, bool }, k }): Promise<Variable> => {
        const values = await model.#unpack(k);
        return { name, unit, bool, at: (row) => values[row] as number };
      }),
    );
    return model;
  }

  get points(): number {
    return this.payload.points;
  }

  /** The values of an output, `[points, width]`; NaN for points that were not computed to their end. */
  values(output: Output): Promise<Numbers> {
    const known = this.#columns.get(output.column);
    if (known) return known;
    const values = this.#unpack(output.column).then((data) => this.#masked(data, output.width));
    this.#columns.set(output.column, values);
    return values;
  }

  #masked(data: Numbers, width: number): Numbers {
    if (this.status.every(isWhole)) return data;
    const out = data instanceof Float32Array || data instanceof Float64Array ? data : Float64Array.from(data);
    this.status.forEach((status, row) => {
      if (!isWhole(status)) out.fill(Number.NaN, row * width, (row + 1) * width);
    });
    return out;
  }

  async #unpack(k: number): Promise<Numbers> {
    const { type } = this.payload.columns[k] as PayloadColumn;
    const text = atob(textOf(columnId(k)));
    const packed = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
    const bytes = unshuffle(await through(packed, new DecompressionStream("deflate-raw")), bytesOf[type]);
    return new storage[type](bytes.buffer);
  }

  /** Positions along all axes. */
  positions(row: number): number[] {
    return this.axes.map(({ size, stride }) => Math.floor(row / stride) % size);
  }

  /** The row where one axis stands at another position. */
  moved(row: number, { size, stride }: PageAxis, position: number): number {
    return row + (position - (Math.floor(row / stride) % size)) * stride;
  }

  position(row: number, { size, stride }: PageAxis): number {
    return Math.floor(row / stride) % size;
  }

  /** The run's own number of a point. */
  indexOf(row: number): number {
    if (!this.payload.axes) return row * this.payload.step;
    let [index, stride] = [0, 1];
    for (const axis of [...this.axes].reverse()) {
      index += this.position(row, axis) * axis.step * stride;
      stride *= axis.fullSize;
    }
    return index;
  }

  /** Names and values of the parameters of a point, one number for each that is one. */
  parametersAt(row: number): { name: string; unit?: string | undefined; value: number }[] {
    if (!this.payload.axes) return this.parameters.map(({ name, unit, at }) => ({ name, unit, value: at(row) }));
    return this.axes.flatMap((axis) =>
      axis.parameters
        .filter(({ values }) => values.length === axis.size)
        .map(({ path, unit, values }) => ({ name: path, unit, value: values[this.position(row, axis)] as number })),
    );
  }
}

/** `[0]`, or `[0][1]` for a matrix: the element of an output by its place. */
export function elementName({ shape }: Pick<Output, "shape">, element: number): string {
  const places: number[] = [];
  for (let k = shape.length - 1, rest = element; k >= 0; k--) {
    const size = shape[k] as number;
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places.map((place) => `[${place}]`).join("");
}
