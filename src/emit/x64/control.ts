/** Loops and branches: steps that jump, and what gets its value on more than one way. */

import type { Phi, Register, Statement } from "../../kernel/kernel.ts";
import { turnsOf, workOf } from "../../kernel/work.ts";
import { type Addresses, scratch } from "./address.ts";
import { goOnPlace } from "./frame.ts";
import type { Machine, Vector } from "./machine.ts";
import { movesTo, writeMoves } from "./moves.ts";
import type { Values } from "./values.ts";

type Of<K extends Statement["kind"]> = Statement & { kind: K };

/** Cycles, by estimate: loops of more ask in each turn whether they may go on. */
const LONG = 1e6;

export class Control {
  private readonly machine: Machine;
  private readonly addresses: Addresses;
  private readonly values: Values;
  private readonly block: (statements: readonly Statement[]) => void;
  private readonly most: ReadonlyMap<Register, number>;

  /** `most`: of registers that count turns, where that is known. */
  constructor(
    machine: Machine,
    addresses: Addresses,
    values: Values,
    block: (statements: readonly Statement[]) => void,
    most: ReadonlyMap<Register, number>,
  ) {
    this.machine = machine;
    this.addresses = addresses;
    this.values = values;
    this.block = block;
    this.most = most;
  }

  loop(statement: Of<"loop">): void {
    const { count } = statement;
    const phis = this.startPhis(statement.phis);
    if (typeof count === "number") {
      if (count > 0) this.turns(statement, phis);
      return;
    }
    this.countOf(count);
    this.machine.emit("test", scratch.sum, scratch.sum);
    this.machine.steps.push({ kind: "if", jump: "jle" });
    this.turns(statement, phis);
    this.machine.steps.push({ kind: "else" }, { kind: "endIf" });
  }

  while({ phis, test, condition, body }: Of<"while">): void {
    const { steps } = this.machine;
    steps.push({ kind: "loop", phis: this.startPhis(phis) });
    this.addresses.forget();
    this.block(test);
    this.testAndGo(condition);
    steps.push({ kind: "leave", jump: "je" });
    this.block(body);
    this.advancePhis(phis);
    steps.push({ kind: "again", jump: "jmp" }, { kind: "endLoop" });
    this.addresses.forget();
  }

  if({ condition, then, otherwise, merges }: Of<"if">): void {
    const { steps } = this.machine;
    const merged = merges.map(({ register }) => this.values.open(register));
    this.test(condition);
    const side = (statements: readonly Statement[], value: "then" | "otherwise"): void => {
      this.block(statements);
      const moves = merges.flatMap((merge, i) => movesTo(merged[i] as Vector[], this.values.all(merge[value])));
      writeMoves(this.machine, moves);
      this.addresses.forget();
    };
    steps.push({ kind: "if", jump: "je" });
    side(then, "then");
    steps.push({ kind: "else" });
    side(otherwise, "otherwise");
    steps.push({ kind: "endIf" });
  }

  /** Sets the flags: zero for false. */
  private test(condition: Register): void {
    this.machine.emit("vmovmskps", scratch.sum, this.values.first(condition));
    this.machine.emit("test.32", scratch.sum, scratch.sum);
    this.addresses.forget();
  }

  /** As `test`, of a loop that may never end by itself. */
  private testAndGo(condition: Register): void {
    this.machine.emit("vmovmskps", scratch.sum, this.values.first(condition));
    this.maskByGo();
    this.addresses.forget();
  }

  /** Makes the sum 0 as soon as somebody clears the word to go on, which is all ones until then. */
  private maskByGo(): void {
    this.machine.asksToGoOn = true;
    this.machine.emit("mov", scratch.term, goOnPlace);
    this.machine.emit("and", scratch.sum, { base: scratch.term });
  }

  private countOf(count: Register | number): void {
    const general = typeof count === "number" ? undefined : this.addresses.generalOf(count);
    if (typeof count === "number") this.machine.emit("mov.i", scratch.sum, count);
    else if (general === undefined) {
      this.machine.emit("vmovd.store", scratch.sum, this.values.first(count));
      this.machine.emit("movsxd", scratch.sum, scratch.sum);
    } else this.machine.emit("mov", scratch.sum, general);
    this.addresses.forget();
  }

  private mayLast(loop: Of<"loop">): boolean {
    const known = (s: Statement): number | undefined =>
      s.kind !== "loop" ? undefined : typeof s.count === "number" ? s.count : this.most.get(s.count);
    const turns = known(loop);
    return turns === undefined || turns * workOf(loop.body, (s) => known(s) ?? turnsOf(s)) >= LONG;
  }

  private turns(statement: Of<"loop">, phis: readonly Vector[]): void {
    const { machine, addresses } = this;
    const { counter, count, body } = statement;
    const asks = this.mayLast(statement);
    const loop = addresses.enter(statement);
    machine.steps.push({ kind: "loop", phis });
    this.values.set(counter, 0, [machine.op("vpbroadcastd", machine.op("vmovd", loop.counter))]);
    this.block(body);
    this.advancePhis(statement.phis);
    addresses.advance(loop);
    const known = typeof count === "number" && !asks;
    const general = typeof count === "number" || asks ? undefined : addresses.generalOf(count);
    if (known) machine.emit("cmp.i", loop.counter, count as number);
    else if (typeof general === "number") machine.emit("cmp", general, loop.counter);
    else {
      this.countOf(count);
      if (asks) this.maskByGo();
      machine.emit("cmp", scratch.sum, loop.counter);
    }
    machine.steps.push({ kind: "again", jump: known ? "jl" : "jg" }, { kind: "endLoop" });
    addresses.leave(statement, loop);
  }

  private startPhis(phis: readonly Phi[]): Vector[] {
    const opened = phis.map(({ register }) => this.values.open(register));
    writeMoves(
      this.machine,
      phis.flatMap(({ init }, i) => movesTo(opened[i] as Vector[], this.values.all(init))),
    );
    return opened.flat();
  }

  private advancePhis(phis: readonly Phi[]): void {
    writeMoves(
      this.machine,
      phis.flatMap(({ register, next }) => movesTo(this.values.all(register), this.values.all(next))),
    );
  }
}
