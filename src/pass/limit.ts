/**
 * Step limits as data: a `while` with `maxSteps` becomes one that counts its steps, and the program gets one more
 * result, the last: whether a loop that the point's results use was stopped by its limit. Whatever lies around such
 * a loop hands the flag on: loops and whiles carry it, switches return that of the branch taken.
 */

import type { Type } from "../base/value.ts";
import { Builder } from "../program/builder.ts";
import { schedule } from "../program/order.ts";
import { type Node, type Program, type Region, typeOf } from "../program/program.ts";
import { Copier } from "../program/rewrite.ts";

const FLAG: Type = { dtype: "bool", shape: [] };
const STEPS: Type = { dtype: "int32", shape: [] };

const isLimited = (node: Node): boolean => node.op === "while" && node.attrs.maxSteps !== undefined;

/** Whether a loop of the program has a step limit. */
export function hasLimits({ root }: Program): boolean {
  for (const nodes of schedule(root).values()) if (nodes.some(isLimited)) return true;
  return false;
}

/** The program as it is if none of its loops has a limit. */
export const limit = (program: Program): Program => (hasLimits(program) ? new Limiter(program).run() : program);

type Flag = Node | undefined;

class Limiter {
  private readonly builder: Builder;
  private readonly copier: Copier;
  private readonly program: Program;
  /** By control flow of the given program: whether a limit was reached in it, as its latest copy says. */
  private readonly flags = new Map<Node, Node>();
  private readonly reached = new Map<Region, readonly Node[]>();

  constructor(program: Program) {
    this.program = program;
    this.builder = new Builder(program.inputs.map(({ type }) => type));
    this.copier = new Copier(this.builder, (node, operands) => this.rule(node, operands));
  }

  run(): Program {
    const { inputs, outputs, root } = this.program;
    const { results, flag } = this.inline(root, this.builder.root.parameters);
    return { inputs, outputs: [...outputs, "step limit"], root: this.builder.finish([...results, this.orFalse(flag)]) };
  }

  private rule(node: Node, operands: readonly Node[]): readonly Node[] | undefined {
    if (!this.isTouched(node)) return undefined;
    const { results, flag } = this.control(node, operands);
    this.flags.set(node, flag);
    return results;
  }

  private control(node: Node, operands: readonly Node[]): { results: readonly Node[]; flag: Node } {
    if (node.op === "while") return this.while(node, operands);
    return node.op === "loop" ? this.loop(node, operands) : this.switch(node, operands);
  }

  private loop(node: Node, operands: readonly Node[]): { results: Node[]; flag: Node } {
    const { builder } = this;
    const [given] = node.regions as readonly [Region];
    const count = node.attrs.carries as number;
    // Between the carries and the rows; the body's parameters begin with the counter.
    const withFlag = <T>(list: readonly T[], at: number, flag: T): T[] => [
      ...list.slice(0, at),
      flag,
      ...list.slice(at),
    ];
    const body = builder.body(withFlag(given.parameters.map(typeOf), count + 1, FLAG), (parameters) => {
      const before = parameters[count + 1] as Node;
      const own = [...parameters.slice(0, count + 1), ...parameters.slice(count + 2)];
      const { results, flag } = this.inline(given, own);
      return withFlag(results, count, this.or(before, flag));
    });
    const attrs = { ...node.attrs, carries: count + 1 };
    const types = withFlag(node.types, count, FLAG);
    const all = builder.results(
      builder.control("loop", withFlag(operands, count, this.orFalse(undefined)), [body], attrs, types),
    );
    return { results: [...all.slice(0, count), ...all.slice(count + 1)], flag: all[count] as Node };
  }

  private switch(node: Node, operands: readonly Node[]): { results: Node[]; flag: Node } {
    const { builder } = this;
    const branches = node.regions.map((given) =>
      builder.body(given.parameters.map(typeOf), (parameters) => {
        const { results, flag } = this.inline(given, parameters);
        return [...results, this.orFalse(flag)];
      }),
    );
    const types = [...node.types, FLAG];
    const results = builder.results(builder.control("switch", operands, branches, node.attrs, types));
    return { results: results.slice(0, -1), flag: results[results.length - 1] as Node };
  }

  /** The test's answer is carried, so that a limit reached in the test is known as well. */
  private while(node: Node, operands: readonly Node[]): { results: Node[]; flag: Node } {
    const { builder } = this;
    const [test, body] = node.regions as readonly [Region, Region];
    const { maxSteps, ...attrs } = node.attrs;
    const count = operands.length;
    const types = [...node.types, FLAG, FLAG, STEPS];
    const first = this.inline(test, operands);
    const isBelow = (steps: Node): Node =>
      maxSteps === undefined
        ? builder.constant(1, "bool")
        : builder.apply("lt", [steps, builder.constant(maxSteps as number, "int32")]);
    const goes = builder.body(types, (parameters) => {
      const [going, , steps] = parameters.slice(count) as [Node, Node, Node];
      return [builder.apply("and", [going, isBelow(steps)])];
    });
    const turn = builder.body(types, (parameters) => {
      const [, before, steps] = parameters.slice(count) as [Node, Node, Node];
      const next = this.inline(body, parameters.slice(0, count));
      const again = this.inline(test, next.results);
      const flag = this.or(this.or(before, next.flag), again.flag);
      return [
        ...next.results,
        again.results[0] as Node,
        flag,
        builder.apply("add", [steps, builder.constant(1, "int32")]),
      ];
    });
    const given = [...operands, first.results[0] as Node, this.orFalse(first.flag), builder.constant(0, "int32")];
    const results = builder.results(builder.control("while", given, [goes, turn], attrs, types));
    const [going, inside, steps] = results.slice(count) as [Node, Node, Node];
    const stopped = builder.apply("and", [going, builder.apply("not", [isBelow(steps)])]);
    return { results: results.slice(0, count), flag: this.or(inside, stopped) };
  }

  /** Copies a region's nodes to where the builder is; its flag: that of all control flow that its results use. */
  private inline(region: Region, parameters: readonly Node[]): { results: Node[]; flag: Flag } {
    const results = this.copier.inline(region, parameters);
    let flag: Flag;
    for (const node of this.reachedBy(region)) flag = this.or(this.flags.get(node), flag);
    return { results, flag };
  }

  private or(a: Flag, b: Flag): Node {
    if (a && b) return this.builder.apply("or", [a, b]);
    return a ?? b ?? this.builder.constant(0, "bool");
  }

  private orFalse(flag: Flag): Node {
    return this.or(flag, undefined);
  }

  /** Whether it has a limit or something in its bodies has. */
  private isTouched(node: Node): boolean {
    return isLimited(node) || node.regions.some((region) => this.reachedBy(region).length > 0);
  }

  /**
   * Control flow with limits that the region's results use, wherever it belongs: what does not depend on a body is
   * computed outside of it, and still concerns only those points for which the body runs.
   */
  private reachedBy(region: Region): readonly Node[] {
    const known = this.reached.get(region);
    if (known) return known;
    const found: Node[] = [];
    const seen = new Set<Node>();
    const pending = [...region.results];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.regions.length > 0 && this.isTouched(node)) found.push(node);
      pending.push(...node.operands);
    }
    found.sort((a, b) => a.id - b.id);
    this.reached.set(region, found);
    return found;
  }
}
