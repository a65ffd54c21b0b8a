/** Text back to a program. In: anything; out: a verified program, or a LanewiseError of kind "program". */

import { isLanewiseError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { isPlainObject } from "../base/tree.ts";
import type { Type, Value } from "../base/value.ts";
import type { Attrs, AttrValue } from "../op/record.ts";
import { isOpName, resultType } from "../op/table.ts";
import { isControlName } from "./control.ts";
import { damaged, decodeElements, excerpt, formatName, formatVersion, parseType } from "./format.ts";
import {
  type Input,
  makeNode,
  type Node,
  type NodeDraft,
  type NodeName,
  type Program,
  type Region,
  typeOf,
} from "./program.ts";
import { verify } from "./verify.ts";

/** Deeper nesting is no program that anybody writes, and would exhaust the stack. */
const maxDepth = 64;

interface OpenRegion extends Region {
  results: readonly Node[];
}

export function deserialise(text: string): Program {
  const file = record(parse(text), "file", ["format", "version", "inputs", "outputs", "nodes", "results"]);
  if (file.format !== formatName) throw damaged("format", `"${formatName}"`, excerpt(file.format));
  if (file.version !== formatVersion) throw damaged("version", `${formatVersion}`, excerpt(file.version));
  const inputs = list(file.inputs, "inputs").map(readInput);
  const outputs = list(file.outputs, "outputs").map((name, i) => string(name, `outputs[${i}]`));
  const reader = new Reader();
  const root = reader.region(
    undefined,
    inputs.map((input) => input.type),
    file,
    "",
  );
  const program: Program = { inputs, outputs, root };
  verify(program);
  return program;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged("file", "JSON", excerpt(text), error);
  }
}

/** A plain object with these keys and no others; optional ones end in `?`. */
function record(value: unknown, where: string, keys: readonly string[]): Record<string, unknown> {
  if (!isPlainObject(value)) throw damaged(where, "an object", excerpt(value));
  const known = keys.map((key) => key.replace("?", ""));
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw damaged(where, `the keys ${known.join(", ")}`, unknown);
  const missing = keys.find((key) => !key.endsWith("?") && !Object.hasOwn(value, key));
  if (missing !== undefined) throw damaged(where, `the key ${missing}`, "none");
  return value;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged(where, "a list", excerpt(value));
  return value;
}

function string(value: unknown, where: string): string {
  if (typeof value !== "string") throw damaged(where, "a string", excerpt(value));
  return value;
}

function readInput(value: unknown, i: number): Input {
  const where = `inputs[${i}]`;
  const { name, role, type } = record(value, where, ["name", "role", "type"]);
  if (role !== "point" && role !== "shared") throw damaged(`${where}.role`, '"point" or "shared"', excerpt(role));
  return { name: string(name, `${where}.name`), role, type: parseType(type, `${where}.type`) };
}

function readAttrs(value: unknown, where: string): Attrs {
  if (value === undefined) return {};
  if (!isPlainObject(value)) throw damaged(where, "an object", excerpt(value));
  for (const [name, attr] of Object.entries(value)) {
    const plain = typeof attr === "boolean" || typeof attr === "string" || Number.isFinite(attr);
    const numbers = Array.isArray(attr) && attr.every(Number.isFinite);
    if (!plain && !numbers)
      throw damaged(`${where}.${name}`, "a number, boolean, string or list of numbers", excerpt(attr));
  }
  return value as Record<string, AttrValue>;
}

class Reader {
  /** By number in the file; a control-flow node stands there once its bodies are read. */
  private readonly nodes: (Node | undefined)[] = [];
  private nextId = 0;
  private nextRegion = 0;

  /** Reads `source.nodes` and `source.results` into a new region. */
  region(parent: Region | undefined, types: readonly Type[], source: Record<string, unknown>, where: string): Region {
    const depth = (parent?.depth ?? -1) + 1;
    if (depth > maxDepth) throw damaged(where, `bodies nested at most ${maxDepth} deep`, "more");
    const parameters: Node[] = [];
    const region: OpenRegion = { id: this.nextRegion++, parent, depth, parameters, results: [] };
    types.forEach((type, index) => {
      const node = this.make({ op: "parameter", operands: [], attrs: { index }, types: [type] }, region);
      parameters.push(node);
      this.nodes.push(node);
    });
    list(source.nodes, `${where}nodes`).forEach((node, i) => {
      this.node(node, region, `${where}nodes[${i}]`);
    });
    region.results = this.references(source.results, `${where}results`);
    return region;
  }

  private references(value: unknown, where: string): Node[] {
    return list(value, where).map((number, i) => {
      const node = this.nodes[number as number];
      if (typeof number !== "number" || !node)
        throw damaged(`${where}[${i}]`, "the number of an earlier node", excerpt(number));
      return node;
    });
  }

  private node(value: unknown, region: Region, where: string): void {
    const op = isPlainObject(value) ? string(value.op, `${where}.op`) : "";
    if (op === "constant") {
      const found = readConstant(value, where);
      this.nodes.push(
        this.make(
          { op, operands: [], attrs: {}, types: [{ dtype: found.dtype, shape: found.shape }], value: found },
          region,
        ),
      );
      return;
    }
    const control = isControlName(op);
    const keys = ["op", "operands", "attrs?", ...(control ? ["types", "bodies"] : [])];
    const source = record(value, where, keys);
    if (!control && op !== "result" && !isOpName(op))
      throw damaged(`${where}.op`, "an op of this version", excerpt(op));
    const operands = this.references(source.operands, `${where}.operands`);
    const attrs = readAttrs(source.attrs, `${where}.attrs`);
    const number = this.nodes.push(undefined) - 1;
    const regions = control ? this.bodies(source.bodies, region, `${where}.bodies`) : [];
    const types = control ? readTypes(source.types, `${where}.types`) : [simpleType(op, operands, attrs, where)];
    this.nodes[number] = this.make({ op: op as NodeName, operands, attrs, types, regions }, region);
  }

  private bodies(value: unknown, region: Region, where: string): Region[] {
    return list(value, where).map((body, i) => {
      const source = record(body, `${where}[${i}]`, ["parameters", "nodes", "results"]);
      return this.region(region, readTypes(source.parameters, `${where}[${i}].parameters`), source, `${where}[${i}].`);
    });
  }

  /** Bodies are made before their node, as the builder does it: ids differ from numbers. */
  private make(draft: NodeDraft, region: Region): Node {
    return makeNode(this.nextId++, draft, region);
  }
}

const readTypes = (value: unknown, where: string): Type[] =>
  list(value, where).map((type, i) => parseType(type, `${where}[${i}]`));

function readConstant(value: unknown, where: string): Value {
  const source = record(value, where, ["op", "type", "data"]);
  const { dtype, shape } = parseType(source.type, `${where}.type`);
  return { dtype, shape, data: decodeElements(source.data, dtype, sizeOf(shape), `${where}.data`) };
}

function simpleType(op: string, operands: readonly Node[], attrs: Attrs, where: string): Type {
  const found = op === "result" ? operands[0]?.types[attrs.index as number] : derivedType(op, operands, attrs, where);
  if (!found) throw damaged(where, "an index of a control-flow result", excerpt(attrs.index));
  return found;
}

function derivedType(op: string, operands: readonly Node[], attrs: Attrs, where: string): Type | undefined {
  if (!isOpName(op)) return undefined;
  if (operands.some((node) => node.types.length !== 1))
    throw damaged(where, "operands of one type each", "control flow");
  try {
    return resultType(op, operands.map(typeOf), attrs);
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    throw damaged(where, "operands and attrs that fit the op", error.message, error);
  }
}
