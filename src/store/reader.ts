/** A store that is read: in, where its files are; out, the values of any points, a few chunks in memory at a time. */

import { allocate, type DType, type TypedArray } from "../base/dtype.ts";
import { DOCUMENT, parseDocument, type StoreDocument } from "./document.ts";
import { storeError } from "./fault.ts";
import { chunkOf, type Grid, placeOf, type Range, rangeOf } from "./grid.ts";
import { axisGrid, elementsOf, type PointArray, STATUS } from "./layout.ts";
import { type PointFault, readReasons, reasonsFile } from "./reasons.ts";
import { type ChunkReader, openArray, type Source, zarrita } from "./zarr.ts";

/** Chunks that are kept of each array: neighbours in a slice come from the same one. */
const KEPT = 2;

/** One array of a store. */
class ArrayReader {
  private readonly open: () => Promise<ChunkReader>;
  private readonly grid: Grid;
  private readonly ranks: number;
  private opened: Promise<ChunkReader> | undefined;
  private readonly kept = new Map<number, Promise<TypedArray>>();

  constructor(grid: Grid, ranks: number, open: () => Promise<ChunkReader>) {
    this.open = open;
    this.grid = grid;
    this.ranks = ranks;
  }

  /** The elements of a chunk, its padding too. */
  chunk(index: number): Promise<TypedArray> {
    const known = this.kept.get(index);
    if (known) return known;
    const read = this.read(index);
    this.kept.set(index, read);
    // What failed is asked for again.
    read.catch(() => this.kept.delete(index));
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value as number);
    return read;
  }

  private async read(index: number): Promise<TypedArray> {
    this.opened ??= this.open();
    const place = [...placeOf(this.grid, index), ...new Array<number>(this.ranks).fill(0)];
    return (await this.opened).chunk(place);
  }
}

/** Which points to read, in which order. */
export interface Selection {
  readonly length: number;
  index(i: number): number;
}

export class StoreReader {
  readonly document: StoreDocument;
  readonly where: string;
  private readonly source: Source;
  private readonly arrays: ReadonlyMap<string, ArrayReader>;

  private constructor(source: Source, document: StoreDocument, arrays: ReadonlyMap<string, ArrayReader>) {
    this.where = source.where;
    this.source = source;
    this.document = document;
    this.arrays = arrays;
  }

  /** Reads the two files that say what there is. */
  static async open(source: Source): Promise<StoreReader> {
    // Loaded now, so that the first value does not wait for it.
    const [text, root] = await Promise.all([source.read(DOCUMENT), source.read("zarr.json"), zarrita()]);
    if (!text) {
      throw storeError(source.where, `expected a store of Lanewise, got none (no ${DOCUMENT}); check the path`);
    }
    const document = parseDocument(source.where, text);
    const { layout } = document;
    const metadata = consolidatedOf(root);
    const reader = ({ path, shape }: Pick<PointArray, "path" | "shape">, grid: Grid): [string, ArrayReader] => [
      path,
      new ArrayReader(grid, shape.length, () => openArray(source, path, metadata[path])),
    ];
    const arrays = new Map([
      ...[...layout.results, ...layout.parameters].map((array) => reader(array, layout.grid)),
      ...layout.axes.map((array) => reader(array, axisGrid(layout, array))),
      reader({ path: STATUS, shape: [] }, layout.grid),
    ]);
    return new StoreReader(source, document, arrays);
  }

  /** The values of these points in an array over points, `[length, ...shape]`. */
  async values(array: PointArray, selection: Selection): Promise<TypedArray> {
    const { grid } = this.document.layout;
    return this.gather(array.path, grid, array.dtype, elementsOf(array), selection);
  }

  async status(selection: Selection): Promise<Uint8Array> {
    const { grid } = this.document.layout;
    return (await this.gather(STATUS, grid, "bool", 1, selection)) as Uint8Array;
  }

  /** Why points of a chunk failed, as far as it is known. */
  async reasons(chunk: number): Promise<readonly PointFault[]> {
    return readReasons(await this.source.read(reasonsFile(chunk)));
  }

  /** All values along an axis, by the path of its array. */
  async axis(path: string): Promise<TypedArray> {
    const { layout } = this.document;
    const array = layout.axes.find((axis) => axis.path === path);
    if (!array) throw storeError(this.where, `expected an axis, got ${path}; see results.dims`);
    const grid = axisGrid(layout, array);
    const all = { length: grid.points, index: (i: number) => i };
    return this.gather(path, grid, array.dtype, elementsOf(array), all);
  }

  private async gather(
    path: string,
    grid: Grid,
    dtype: DType,
    elements: number,
    { length, index }: Selection,
  ): Promise<TypedArray> {
    const array = this.arrays.get(path) as ArrayReader;
    const out = allocate(dtype, length * elements);
    let range: Range = { start: 0, count: 0 };
    let chunk: TypedArray = out;
    for (let i = 0; i < length; ) {
      const point = index(i);
      if (point < range.start || point >= range.start + range.count) {
        const at = chunkOf(grid, point);
        range = rangeOf(grid, at);
        chunk = await array.chunk(at);
      }
      // Points that follow one another are copied together.
      let run = 1;
      const most = Math.min(length - i, range.start + range.count - point);
      while (run < most && index(i + run) === point + run) run++;
      const from = (point - range.start) * elements;
      out.set(chunk.subarray(from, from + run * elements), i * elements);
      i += run;
    }
    return out;
  }
}

/** What the root's `zarr.json` says of the arrays; nothing where it cannot be read, and they are asked themselves. */
function consolidatedOf(root: Uint8Array | undefined): { readonly [path: string]: unknown } {
  if (!root) return {};
  try {
    const { consolidated_metadata: known } = JSON.parse(new TextDecoder().decode(root)) as {
      consolidated_metadata?: { metadata?: { [path: string]: unknown } };
    };
    return known?.metadata ?? {};
  } catch {
    return {};
  }
}
