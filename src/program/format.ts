/**
 * The file format of programs: JSON, version 1.
 *
 *   file   := {format: "lanewise-program", version: 1, inputs: [input…], outputs: [name…], nodes: [node…], results: [number…]}
 *   input  := {name, role: "point" | "shared", type}
 *   type   := "float32[3,4]"
 *   node   := {op: "constant", type, data}                             data: base64 of little-endian elements
 *           | {op, operands: [number…], attrs?}                        its type follows from the op
 *           | {op, operands, attrs?, types: [type…], bodies: [body…]}  loop, while, switch
 *           | {op: "result", operands: [number], attrs: {index}}
 *   body   := {parameters: [type…], nodes, results}
 *
 * Numbers count parameters (inputs first) and nodes in the order of the text, a control-flow node before its
 * bodies; a node uses smaller numbers only. Keys come in the order above, attrs sorted, empty attrs left out, so
 * equal programs are equal texts.
 */

import { type DType, dtypeInfo, isDType, type TypedArray } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import type { Type } from "../base/value.ts";
import { counted } from "../op/check.ts";
import type { Attrs } from "../op/record.ts";

export const formatName = "lanewise-program";
export const formatVersion = 1;

export interface NodeText {
  readonly op: string;
  readonly operands?: readonly number[];
  readonly attrs?: Attrs;
  /** Of a constant. */
  readonly type?: string;
  readonly data?: string;
  /** Of control flow. */
  readonly types?: readonly string[];
  readonly bodies?: readonly BodyText[];
}

export interface BodyText {
  readonly parameters: readonly string[];
  readonly nodes: readonly NodeText[];
  readonly results: readonly number[];
}

export interface InputText {
  readonly name: string;
  readonly role: string;
  readonly type: string;
}

export interface ProgramText {
  readonly format: typeof formatName;
  readonly version: number;
  readonly inputs: readonly InputText[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeText[];
  readonly results: readonly number[];
}

export const damaged = (where: string, expected: string, got: string, cause?: unknown): LanewiseError =>
  new LanewiseError(
    "program",
    `program file, ${where}: expected ${expected}, got ${got}; write the file again with serialise`,
    { cause },
  );

/** A value in an error message, cut where it is long. */
export function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const typePattern = /^(\w+)\[((?:\d+(?:,\d+)*)?)\]$/;

export function parseType(text: unknown, where: string): Type {
  const [, dtype, sizes] = (typeof text === "string" && typePattern.exec(text)) || [];
  const shape = sizes ? sizes.split(",").map(Number) : [];
  const total = shape.reduce((n, d) => n * d, 1);
  if (!isDType(dtype) || !shape.every(Number.isSafeInteger) || !Number.isSafeInteger(total)) {
    throw damaged(where, 'a type such as "float32[3,4]"', excerpt(text));
  }
  return { dtype, shape };
}

const chunk = 8192;

export function encodeElements(data: TypedArray): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += chunk) parts.push(String.fromCharCode(...bytes.subarray(i, i + chunk)));
  return btoa(parts.join(""));
}

export function decodeElements(text: unknown, dtype: DType, length: number, where: string): TypedArray {
  const wanted = `${counted(length, "element")} of ${dtype} in base64`;
  if (typeof text !== "string") throw damaged(where, wanted, excerpt(text));
  const { bytes, storage } = dtypeInfo[dtype];
  let binary: string;
  try {
    binary = atob(text);
  } catch (error) {
    throw damaged(where, wanted, excerpt(text), error);
  }
  if (binary.length !== length * bytes) throw damaged(where, wanted, `${binary.length} bytes`);
  const raw = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  if (dtype === "bool" && raw.some((x) => x > 1)) throw damaged(where, "bools of 0 and 1", "another byte");
  return new storage(raw.buffer, 0, length);
}
