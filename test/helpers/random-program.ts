/**
 * Random valid programs: every dtype, every op of the table, all control flow, small and larger arrays, point and
 * shared inputs. The same seed gives the same program. Floats are clamped often, so that results tell programs apart;
 * NaN never reaches an op that would show its sign or payload, which targets may choose.
 */

import { type DType, dtypes, isFloat } from "../../src/base/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../../src/base/shape.ts";
import type { Type, Value } from "../../src/base/value.ts";
import { wasmTarget } from "../../src/emit/wasm/target.ts";
import type { ElementwiseOp, OpRecord } from "../../src/op/record.ts";
import { isNative, type OpName, recordOf, table } from "../../src/op/table.ts";
import { Builder } from "../../src/program/builder.ts";
import { type Input, type Node, type Program, typeOf } from "../../src/program/program.ts";
import { type Rng, randomValue, rngOf } from "./random.ts";
import { arrayMakers } from "./random-array.ts";
import { controlMakers } from "./random-control.ts";

export interface RandomOptions {
  /** Nodes tried per region of the root; bodies get fewer. Default 25. */
  readonly size?: number;
  /** Loops, whiles and switches. Default true. */
  readonly control?: boolean;
  /** Ops on whole arrays, and inputs that are arrays. Default true. */
  readonly arrays?: boolean;
  /** Step limits on some whiles. Default false. */
  readonly limits?: boolean;
  /** Default: all five. */
  readonly dtypes?: readonly DType[];
  /** Elementwise ops and array ops that may be used. Default: all. */
  readonly ops?: readonly OpName[];
}

const maxElements = 60;

/** What models can write: ops that targets make for themselves are not among them. */
const written = (Object.keys(table) as OpName[]).filter((op) => !isNative(recordOf(op)) || wasmTarget.native.has(op));

export function randomProgram(seed: number, options: RandomOptions = {}): Program {
  const rng = rngOf(seed);
  const writer = new Writer(rng, options);
  const inputs = writer.inputs();
  const builder = new Builder(inputs.map((input) => input.type));
  writer.start(builder);
  writer.write(options.size ?? 25);
  const results = writer.loose(1 + rng.below(6));
  return { inputs, outputs: results.map((_, i) => `out${i}`), root: builder.finish(results) };
}

/** Inputs of one point, edge values among them; shared inputs are the same for every point. */
export function randomInputs(program: Program, seed: number, point: number, edge = 0.15): Value[] {
  return program.inputs.map(({ role, type }, i) => {
    const rng = rngOf(seed * 7919 + i * 104729 + (role === "point" ? (point + 1) * 1299709 : 0));
    return randomValue(rng, type, edge);
  });
}

const isElementwise = (op: OpName): boolean => (table[op] as OpRecord).kind === "elementwise";

/** Ops that show the sign or payload of a NaN in other bits. */
const showsNaN: ReadonlySet<OpName> = new Set(["bitcast", "mantissaOf"]);

export class Writer {
  readonly rng: Rng;
  readonly options: RandomOptions;
  readonly dtypes: readonly DType[];
  depth = 0;
  /** What can be used here: by region, innermost last. */
  private readonly scopes: Node[][] = [];
  private made: Builder | undefined;
  private readonly elementwise: readonly OpName[];
  private readonly array: readonly (keyof typeof arrayMakers)[];

  constructor(rng: Rng, options: RandomOptions) {
    this.rng = rng;
    this.options = options;
    this.dtypes = options.dtypes ?? dtypes;
    const ops = options.ops ?? written;
    this.elementwise = ops.filter(isElementwise);
    this.array = ops.filter((op): op is keyof typeof arrayMakers => op in arrayMakers);
  }

  get builder(): Builder {
    return this.made as Builder;
  }

  inputs(): Input[] {
    return Array.from({ length: 2 + this.rng.below(4) }, (_, i): Input => {
      const type = { dtype: this.rng.pick(this.dtypes), shape: this.shape() };
      return { name: `in${i}`, role: i === 0 || this.rng.chance(0.6) ? "point" : "shared", type };
    });
  }

  start(builder: Builder): void {
    this.made = builder;
    this.scopes.push([...builder.root.parameters]);
  }

  /** Scalars most often; else up to three axes. */
  shape(max = maxElements): Shape {
    if (this.options.arrays === false || this.rng.chance(0.4)) return [];
    const shape = Array.from({ length: 1 + this.rng.below(3) }, () => this.rng.pick([1, 2, 3, 4, 5, 7, 12, 60]));
    while (sizeOf(shape) > max) shape[shape.indexOf(Math.max(...shape))] = 1 + this.rng.below(3);
    return shape;
  }

  /** Tries this many nodes in the region that is open. */
  write(count: number): void {
    const { rng, options } = this;
    for (let i = 0; i < count; i++) {
      const roll = rng.unit();
      if (options.control !== false && roll < 0.08 && this.depth < 3) this.control();
      else if (options.arrays !== false && roll < 0.38 && this.array.length > 0)
        this.add(arrayMakers[rng.pick(this.array)](this));
      else this.add(this.elementwiseNode(rng.pick(this.elementwise)));
    }
  }

  private control(): void {
    this.depth++;
    const nodes = this.rng.pick(Object.values(controlMakers))(this);
    this.depth--;
    for (const node of nodes) this.add(node);
  }

  /** Runs `write` with a scope of its own, for a body. */
  scoped<T>(parameters: readonly Node[], write: () => T): T {
    this.scopes.push([...parameters]);
    try {
      return write();
    } finally {
      this.scopes.pop();
    }
  }

  add(node: Node | undefined): void {
    if (!node || sizeOf(typeOf(node).shape) > maxElements) return;
    this.scopes.at(-1)!.push(node);
  }

  /** Any node in sight, of the open region rather than of those around it. */
  any(fits: (type: Type) => boolean = () => true): Node | undefined {
    const { rng } = this;
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]!.filter((node) => fits(typeOf(node)));
      if (found.length > 0 && (i === 0 || rng.chance(0.75)))
        return rng.chance(0.5) ? found.at(-1 - rng.below(Math.min(3, found.length))) : rng.pick(found);
    }
    return undefined;
  }

  /** A node of exactly this type: one in sight, or one made of what is in sight, or a constant. */
  want(dtype: DType, shape: Shape): Node {
    const { rng, builder } = this;
    const found = rng.chance(0.9) ? this.any((t) => t.dtype === dtype && sameShape(t.shape, shape)) : undefined;
    if (found) return found;
    const same = rng.chance(0.7) ? this.any((t) => sameShape(t.shape, shape)) : undefined;
    if (same) return this.converted(same, dtype);
    const scalar = shape.length > 0 && rng.chance(0.6) ? this.any((t) => t.shape.length === 0) : undefined;
    if (scalar) return builder.apply("broadcast", [this.converted(scalar, dtype)], { shape, axes: [] });
    return builder.value(randomValue(rng, { dtype, shape }, 0.05));
  }

  private converted(node: Node, dtype: DType): Node {
    return typeOf(node).dtype === dtype ? node : this.builder.apply("convert", [this.clamped(node)], { dtype });
  }

  /** Kept within ±50 when it is a float; NaN becomes -50. */
  clamped(node: Node): Node {
    const { builder } = this;
    const { dtype } = typeOf(node);
    if (!isFloat(dtype)) return node;
    return builder.apply("pmin", [
      builder.apply("pmax", [builder.constant(-50, dtype), node]),
      builder.constant(50, dtype),
    ]);
  }

  sometimesClamped(node: Node): Node {
    return this.rng.chance(0.5) ? this.clamped(node) : node;
  }

  elementwiseNode(op: OpName): Node | undefined {
    const { rng, builder } = this;
    const record = table[op] as ElementwiseOp;
    const attrs = op === "convert" || op === "bitcast" ? { dtype: rng.pick(this.dtypes) } : {};
    const like = this.any() as Node;
    const choices = [typeOf(like).dtype, ...this.dtypes].map((dtype) => {
      return op === "select" ? ["bool" as const, dtype, dtype] : new Array<DType>(record.arity).fill(dtype);
    });
    const operandTypes = choices.find((operands) => record.dtype(operands, attrs) !== undefined);
    if (!operandTypes) return undefined;
    const { shape } = typeOf(like);
    const operands = operandTypes.map((dtype) => this.want(dtype, rng.chance(0.3) ? [] : shape));
    const safe = showsNaN.has(op) ? operands.map((x) => this.clamped(x)) : operands;
    return this.sometimesClamped(builder.apply(op, safe, attrs));
  }

  /** Nodes of the open region, the latest first: more likely to hold all others. */
  loose(count: number): Node[] {
    const nodes = this.scopes.at(-1)!;
    return Array.from({ length: count }, (_, i) => (i < 2 ? nodes.at(-1 - i) : undefined) ?? this.rng.pick(nodes));
  }
}
