/** Some turns of a loop at once. In: the loop and what varies from turn to turn. Out: its statements with lanes for it. */

import type { DType } from "../base/dtype.ts";
import type { Buffer, Index, KernelOp, Register, Statement } from "./kernel.ts";
import { type Loop, strideOf } from "./vary.ts";

type Of<K extends Statement["kind"]> = Statement & { kind: K };
type Term = Index["terms"][number];

export interface TurnsOptions {
  readonly loop: Loop;
  readonly varying: ReadonlySet<Register>;
  /** The number of the first of the turns: known, or so many times a counter. */
  readonly first: { readonly offset: number } | Term;
  readonly register: (dtype: DType, lane: boolean) => Register;
  /** 0, 1, … of the turns. */
  readonly numbers: () => Buffer;
}

export interface Widened {
  readonly values: readonly Statement[];
  readonly stores: readonly Statement[];
}

export class Turns {
  readonly first: TurnsOptions["first"];
  private readonly options: TurnsOptions;
  private readonly renamed = new Map<Register, Register>();
  /** Before all others. */
  private readonly head: Statement[] = [];
  private block: Statement[] = [];

  constructor(options: TurnsOptions) {
    this.options = options;
    this.first = options.first;
  }

  write(): Widened {
    const { body } = this.options.loop;
    const values = this.nested(body.filter((s) => s.kind !== "store"));
    const stores = this.nested(body.filter((s) => s.kind === "store"));
    return { values: [...this.head, ...values], stores };
  }

  private nested(statements: readonly Statement[], end: () => void = () => undefined): Statement[] {
    const outer = this.block;
    const own: Statement[] = [];
    this.block = own;
    for (const s of statements) this.statement(s);
    end();
    this.block = outer;
    return own;
  }

  private statement(s: Statement): void {
    switch (s.kind) {
      case "const":
        this.block.push({ ...s, out: this.define(s.out) });
        break;
      case "op": {
        const args = s.args.map((arg) => this.use(arg));
        this.block.push({ ...s, args, out: this.define(s.out) });
        break;
      }
      case "load":
        this.load(s);
        break;
      case "store":
        this.block.push({ ...s, index: this.along(s.index), value: this.asLane(this.use(s.value)) });
        break;
      case "loop":
        this.loop(s);
        break;
      case "if":
        this.branch(s);
        break;
      default:
        throw new RangeError(`turns: ${s.kind} cannot be done side by side`);
    }
  }

  private define(register: Register): Register {
    const out = this.options.register(register.dtype, this.options.varying.has(register));
    this.renamed.set(register, out);
    return out;
  }

  private use(register: Register): Register {
    return register === this.options.loop.counter ? this.counter() : (this.renamed.get(register) ?? register);
  }

  private op(op: KernelOp, args: readonly Register[], dtype: DType, block = this.block): Register {
    const lane = op === "splat" || (op !== "any" && args.some((arg) => arg.lane));
    const out = this.options.register(dtype, lane);
    block.push({ kind: "op", op, args, out });
    return out;
  }

  private constant(value: number, block: Statement[]): Register {
    const out = this.options.register("int32", false);
    block.push({ kind: "const", out, value });
    return out;
  }

  private asLane(register: Register): Register {
    return register.lane ? register : this.op("splat", [register], register.dtype);
  }

  /** The number of each turn. */
  private counter(): Register {
    const { loop, numbers, register } = this.options;
    const known = this.renamed.get(loop.counter);
    if (known) return known;
    const { head, first } = this;
    const own = register("int32", true);
    head.push({ kind: "load", out: own, buffer: numbers(), index: { offset: 0, terms: [] } });
    const start =
      "offset" in first
        ? this.constant(first.offset, head)
        : this.op("mul", [first.register, this.constant(first.stride, head)], "int32", head);
    const counter = this.op("add", [own, start], "int32", head);
    this.renamed.set(loop.counter, counter);
    return counter;
  }

  /** The place of the first of the turns, of what each reads or writes next to the one before. */
  private along({ offset, terms }: Index): Index {
    const { counter } = this.options.loop;
    const { first } = this;
    const stride = strideOf({ offset, terms }, counter);
    const others = terms.filter(({ register }) => register !== counter).map((term) => this.term(term));
    if (stride === 0) return { offset, terms: others };
    if ("offset" in first) return { offset: offset + stride * first.offset, terms: others };
    return { offset, terms: [...others, { register: first.register, stride: stride * first.stride }] };
  }

  private term({ register, stride }: Term): Term {
    return { register: this.use(register), stride };
  }

  private load(s: Of<"load">): void {
    const { loop, varying } = this.options;
    const { offset, terms } = s.index;
    const differing = terms.filter(({ register }) => varying.has(register));
    const [only, ...others] = differing;
    if (!only || (only.register === loop.counter && only.stride === 1 && others.length === 0)) {
      const index = this.along(s.index);
      this.block.push({ ...s, index, out: this.define(s.out) });
      return;
    }
    const rest = terms.filter((term) => !differing.includes(term)).map((term) => this.term(term));
    const { register, stride } = others.length === 0 ? this.term(only) : this.sum(differing);
    const { buffer } = s;
    const index = { offset, terms: rest };
    this.block.push({ kind: "gather", buffer, index, lane: register, stride, out: this.define(s.out) });
  }

  private sum(terms: readonly Term[]): Term {
    const scaled = terms.map((term) => {
      const { register, stride } = this.term(term);
      return stride === 1 ? register : this.op("mul", [register, this.constant(stride, this.block)], "int32");
    });
    return { register: scaled.reduce((a, b) => this.op("add", [a, b], "int32")), stride: 1 };
  }

  private loop({ counter, count, phis, body }: Loop): void {
    const { varying } = this.options;
    const inits = phis.map(({ register, init }) => {
      return varying.has(register) ? this.asLane(this.use(init)) : this.use(init);
    });
    const registers = phis.map(({ register }) => this.define(register));
    const own = this.define(counter);
    let nexts: Register[] = [];
    const statements = this.nested(body, () => {
      nexts = phis.map(({ register, next }) => (varying.has(register) ? this.asLane(this.use(next)) : this.use(next)));
    });
    this.block.push({
      kind: "loop",
      counter: own,
      count: typeof count === "number" ? count : this.use(count),
      phis: registers.map((register, i) => ({ register, init: inits[i] as Register, next: nexts[i] as Register })),
      body: statements,
    });
  }

  /** Where turns disagree, those that do not branch keep what they have. */
  private branch({ condition, then, otherwise, merges }: Of<"if">): void {
    const { varying } = this.options;
    const mask = this.use(condition);
    const met = mask.lane ? this.op("any", [mask], "bool") : mask;
    const kept = mask.lane ? merges.map((m) => this.asLane(this.use(m.otherwise))) : [];
    const side = (block: readonly Statement[], pick: "then" | "otherwise") => {
      let values: Register[] = [];
      const statements = this.nested(block, () => {
        values = merges.map((m, i) => {
          const value = this.use(m[pick]);
          if (!varying.has(m.register)) return value;
          const old = kept[i];
          if (!old) return this.asLane(value);
          return pick === "otherwise" ? old : this.op("select", [mask, value, old], value.dtype);
        });
      });
      return { statements, values };
    };
    const [yes, no] = [side(then, "then"), side(otherwise, "otherwise")];
    this.block.push({
      kind: "if",
      condition: met,
      then: yes.statements,
      otherwise: no.statements,
      merges: merges.map(({ register }, i) => ({
        register: this.define(register),
        then: yes.values[i] as Register,
        otherwise: no.values[i] as Register,
      })),
    });
  }
}
