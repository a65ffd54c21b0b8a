/** Typed arrays and descriptions → text that is safe inside a script element of a page. */

import type { TypedArray } from "../base/dtype.ts";
import type { TableAxis } from "../execution/table-source.ts";
import { bytesOf, type PayloadAxis, type PayloadColumn, type PayloadType, shuffle, through } from "./payload.ts";
import type { Sample } from "./sample.ts";

/** Numbers that float32 holds with all of its digits. */
const [smallest, largest] = [1e-36, 3e38];

/** Seven digits are more than a picture shows: 64-bit floats take half the room wherever their size allows it. */
function narrowed(data: TypedArray): TypedArray {
  if (!(data instanceof Float64Array)) return data;
  const fits = data.every((x) => x === 0 || !Number.isFinite(x) || (Math.abs(x) > smallest && Math.abs(x) < largest));
  return fits ? Float32Array.from(data) : data;
}

const typeOf = (data: TypedArray): PayloadType => {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint32Array) return "uint32";
  return data instanceof Uint8Array ? "uint8" : "float32";
};

export interface EncodedColumn {
  readonly column: PayloadColumn;
  /** Base64 of deflated bytes. */
  readonly text: string;
}

export async function encodeColumn({ column, data }: Sample["kept"][number]): Promise<EncodedColumn> {
  const numbers = narrowed(data);
  const type = typeOf(numbers);
  const bytes = shuffle(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), bytesOf[type]);
  const { name, role, dtype, shape, labels: { unit } = {} } = column;
  return {
    column: { name, role, type, bool: dtype === "bool", shape, ...(unit !== undefined && { unit }) },
    text: base64(await through(bytes, new CompressionStream("deflate-raw"))),
  };
}

/** In pieces: a call takes so many arguments only. A multiple of three, so that no piece ends in padding. */
const piece = 3 * 8192;

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + piece))));
  }
  return parts.join("");
}

/** Every `step`-th position of an axis. */
export const encodeAxis = (
  { name, size, coordinates }: TableAxis,
  step: number,
  unitOf: (path: string) => string | undefined,
): PayloadAxis => ({
  name,
  size: Math.ceil(size / step),
  step,
  fullSize: size,
  coordinates: coordinates.map(([path, values]) => {
    const width = values.length / size;
    const kept = Array.from(values).filter((_, i) => Math.floor(i / width) % step === 0);
    const unit = unitOf(path);
    return {
      path,
      ...(unit !== undefined && { unit }),
      values: kept.map((x) => (Number.isFinite(x) ? x : String(x))),
    };
  }),
});

/** JSON in which nothing can end a script element or open a comment. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);
