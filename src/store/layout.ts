/**
 * What a store holds, and how Zarr v3 says it: in, the grid of the points with names and types of arrays; out, the
 * text of every `zarr.json` (https://zarr-specs.readthedocs.io/en/latest/v3/core/).
 *
 *   arrays over the points: results, `status`, and in spaces that are no product the parameters
 *   arrays along one axis:  the parameters of a product
 */

import { type DType, dtypeInfo } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { type Grid, gridOf } from "./grid.ts";

export interface Attributes {
  readonly [name: string]: unknown;
}

/** Values per point: a result, or a parameter of points that are no product. */
export interface PointArray {
  /** As in tables. */
  readonly name: string;
  /** Directory in the store. */
  readonly path: string;
  readonly dtype: DType;
  /** Of one point's value. */
  readonly shape: Shape;
  /** Names of the dimensions of `shape`. */
  readonly dims: readonly string[];
  readonly attributes: Attributes;
}

/** The values of a parameter along one dimension of a product. */
export interface AxisArray extends PointArray {
  /** Number of the dimension among those of the grid. */
  readonly axis: number;
}

export interface Layout {
  readonly grid: Grid;
  /** Names of the grid's dimensions. */
  readonly dims: readonly string[];
  /** The same as the space has them; none where it is no product. */
  readonly axisNames: readonly string[];
  /** Results, in the order of the model's tree. */
  readonly results: readonly PointArray[];
  /** Parameters by point; none in a product. */
  readonly parameters: readonly PointArray[];
  /** Parameters along the axes of a product. */
  readonly axes: readonly AxisArray[];
  /** Of the whole: title, and the result that is shown first. */
  readonly attributes: Attributes;
}

/** The array of the points' statuses. */
export const STATUS = "status";

/** Dimension of points that are no product. */
export const POINT = "point";

/** Names that mean something else in a store, or nothing to a file system. */
const TAKEN = new Set([STATUS, POINT, "zarr.json", "lanewise.json", ""]);

/**
 * A directory for each name: the name itself where it is one that every file system and URL takes, else with `_` for
 * the letters that are not; numbered where two come out alike.
 */
export function pathsOf(names: readonly string[], taken: ReadonlySet<string> = new Set()): string[] {
  const used = new Set([...TAKEN, ...taken]);
  return names.map((name) => {
    const plain = name.replace(/[^\w.[\]-]/g, "_").replace(/^(__|\.)+/, "");
    let path = plain;
    for (let k = 2; used.has(path.toLowerCase()) || path === ""; k++) path = `${plain || "array"}_${k}`;
    used.add(path.toLowerCase());
    return path;
  });
}

const zarrTypes: { readonly [D in DType]: string } = {
  bool: "bool",
  int32: "int32",
  uint32: "uint32",
  float32: "float32",
  float64: "float64",
};

/** What readers elsewhere see where nothing was computed. */
export const fillValue = (dtype: DType): number => (dtypeInfo[dtype].float ? Number.NaN : 0);

function fillText(dtype: DType): unknown {
  if (dtypeInfo[dtype].float) return "NaN";
  return dtype === "bool" ? false : 0;
}

interface ArrayForm {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly dims: readonly string[];
  readonly type: string;
  readonly fill: unknown;
  readonly attributes: Attributes;
}

const arrayText = ({ shape, chunk, dims, type, fill, attributes }: ArrayForm): Attributes => ({
  zarr_format: 3,
  node_type: "array",
  shape,
  data_type: type,
  chunk_grid: { name: "regular", configuration: { chunk_shape: chunk } },
  chunk_key_encoding: { name: "default", configuration: { separator: "." } },
  fill_value: fill,
  codecs: [{ name: "bytes", configuration: { endian: "little" } }, { name: "crc32c" }],
  attributes,
  dimension_names: dims,
  storage_transformers: [],
});

/** How the array of a product's axis is cut: as many values a chunk as an array over points would have. */
export const axisGrid = ({ grid }: Layout, { axis }: AxisArray): Grid =>
  gridOf([grid.sizes[axis] as number], grid.most);

const pointText = ({ grid, dims }: Layout, array: PointArray): Attributes =>
  arrayText({
    shape: [...grid.sizes, ...array.shape],
    // A dimension of size 0 still has chunks of size 1.
    chunk: [...grid.chunk, ...array.shape.map((n) => Math.max(1, n))],
    dims: [...dims, ...array.dims],
    type: zarrTypes[array.dtype],
    fill: fillText(array.dtype),
    attributes: array.attributes,
  });

function axisText(layout: Layout, array: AxisArray): Attributes {
  const { sizes, chunk } = axisGrid(layout, array);
  return arrayText({
    shape: [...sizes, ...array.shape],
    chunk: [...chunk, ...array.shape.map((n) => Math.max(1, n))],
    dims: [layout.dims[array.axis] as string, ...array.dims],
    type: zarrTypes[array.dtype],
    fill: fillText(array.dtype),
    attributes: array.attributes,
  });
}

const statusAttributes = {
  long_name: "what became of the point",
  flag_values: [0, 1, 2, 3, 4],
  flag_meanings: "pending ok not_finite step_limit failed",
};

const statusText = ({ grid, dims }: Layout): Attributes =>
  arrayText({ shape: grid.sizes, chunk: grid.chunk, dims, type: "uint8", fill: 0, attributes: statusAttributes });

/** Every `zarr.json` of a store by its path; the root's holds all the others too, so that one read opens the store. */
export function metadataOf(layout: Layout): ReadonlyMap<string, string> {
  const { results, parameters, axes } = layout;
  const arrays = new Map<string, Attributes>([
    ...[...parameters, ...results].map((array) => [array.path, pointText(layout, array)] as const),
    ...axes.map((array) => [array.path, axisText(layout, array)] as const),
    [STATUS, statusText(layout)],
  ]);
  // Parameters are coordinates to readers of CF conventions, those of zipped axes too.
  const coordinates = [...axes, ...parameters].map(({ path }) => path).join(" ");
  const root = {
    zarr_format: 3,
    node_type: "group",
    attributes: { ...layout.attributes, ...(coordinates && { coordinates }) },
    consolidated_metadata: { kind: "inline", must_understand: false, metadata: Object.fromEntries(arrays) },
  };
  const text = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return new Map([
    ...[...arrays].map(([path, form]) => [`${path}/zarr.json`, text(form)] as const),
    ["zarr.json", text(root)],
  ]);
}

/** Numbers of one point in an array. */
export const elementsOf = ({ shape }: PointArray): number => sizeOf(shape);
