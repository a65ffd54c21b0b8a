/**
 * Chooses registers in one pass over the steps: whose next use is farthest away leaves its register. What leaves once is
 * stored wherever it is made, so that its place on the stack is always good and nothing has to be stored on the way.
 * At jumps that meet, moves bring every vector where the other side has it.
 */

import { type Allocated, FINISH } from "./final.ts";
import { foldLoads } from "./fold.ts";
import type { Jump } from "./forms.ts";
import { meet, part } from "./join.ts";
import { Live, type Loop, type Steps, withoutUnused } from "./live.ts";
import type { Machine, Step } from "./machine.ts";
import { placeFused, placeInstruction, placeMove } from "./place.ts";
import { REGISTERS, Registers, type State } from "./registers.ts";

/** So many vectors stay in registers across a loop, however crowded it is. */
const KEPT = 6;

type Where = { readonly label: number; readonly state: State };
type Head = Where & { readonly leave: Where[] };

export function allocate(machine: Machine): Allocated {
  return new Allocation(withoutUnused(foldLoads(machine), machine.vectors), machine).run();
}

class Allocation {
  private readonly steps: readonly Step[];
  private readonly live: Live;
  private readonly registers: Registers;
  private readonly heads: Head[] = [];
  private readonly branches: { other: Where; join?: Where }[] = [];
  private labels = FINISH + 1;

  constructor(steps: Steps, machine: Machine) {
    this.steps = steps.steps;
    this.live = new Live(steps, machine);
    this.registers = new Registers(steps, machine, this.live);
  }

  run(): Allocated {
    for (const [i, step] of this.steps.entries()) {
      this.registers.position = i;
      this.step(step);
    }
    return { code: this.registers.code, ...slotsOf(this.registers.spilled, this.live) };
  }

  private step(step: Step): void {
    const { registers } = this;
    switch (step.kind) {
      case "instruction":
        placeInstruction(registers, step);
        break;
      case "move":
        placeMove(registers, step);
        break;
      case "fused":
        placeFused(registers, step);
        break;
      case "finish":
        registers.code.push({ kind: "jump", jump: step.jump, label: FINISH });
        break;
      case "loop":
        this.openLoop();
        break;
      case "leave":
        this.heads.at(-1)?.leave.push(this.jumpFrom(step.jump));
        break;
      case "again":
        this.again(step.jump);
        break;
      case "endLoop":
        this.closeLoop();
        break;
      default:
        this.branch(step);
    }
  }

  /** Where a jump from here to a new label arrives. */
  private jumpFrom(jump: Jump): Where {
    const label = this.labels++;
    this.registers.code.push({ kind: "jump", jump, label });
    return { label, state: [...this.registers.state] };
  }

  private continueAt({ label, state }: Where): void {
    this.registers.code.push({ kind: "label", label });
    this.registers.state = [...state];
  }

  private branch(step: Step & { kind: "if" | "else" | "endIf" }): void {
    if (step.kind === "if") {
      this.branches.push({ other: this.jumpFrom(step.jump) });
      return;
    }
    const branch = this.branches.at(-1) as { other: Where; join?: Where };
    if (step.kind === "else") {
      branch.join = this.jumpFrom("jmp");
      this.continueAt(branch.other);
      return;
    }
    this.branches.pop();
    const { label, state } = branch.join as Where;
    const wanted = state.map((v) => (v >= 0 && this.live.isLive(v, this.registers.position) ? v : -1));
    meet(this.registers, wanted);
    part(this.registers, wanted);
    this.continueAt({ label, state: wanted });
  }

  private openLoop(): void {
    const { registers } = this;
    registers.forget();
    for (const vector of this.waitingOutside(this.live.loops[registers.position] as Loop)) {
      registers.evict(registers.of({ vector }));
    }
    const label = this.labels++;
    registers.code.push({ kind: "label", label, again: true });
    this.heads.push({ label, state: [...registers.state], leave: [] });
    registers.head = [...registers.state];
  }

  /**
   * What waits on the stack while a loop runs that needs more vectors at once than there are registers: constants, which
   * instructions can read where they lie, and what the loop uses least. A few that it does use keep their registers.
   */
  private waitingOutside(loop: Loop): number[] {
    const { constants } = this.registers;
    const here = this.registers.state.filter((v) => v >= 0);
    const uses = new Map(here.map((v) => [v, this.live.usesIn(v, loop)]));
    const usesOf = (v: number): number => uses.get(v) as number;
    const isConstant = (v: number): number => Number(constants.has(v));
    const least = here.sort((a, b) => isConstant(b) - isConstant(a) || usesOf(a) - usesOf(b));
    const excess = this.live.pressure(loop) + here.filter(isConstant).length - REGISTERS;
    return least.filter((v, i) => i < excess && (usesOf(v) === 0 || least.length - i > KEPT));
  }

  private again(jump: Jump): void {
    const { state, label } = this.heads.at(-1) as Head;
    meet(this.registers, state);
    this.registers.code.push({ kind: "jump", jump, label });
  }

  /** Code goes on where the loop was left, or behind the jump back. */
  private closeLoop(): void {
    const [left] = (this.heads.pop() as Head).leave;
    this.registers.head = this.heads.at(-1)?.state;
    if (left) this.continueAt(left);
    this.registers.forget();
  }
}

/** Slots are used again when their vector is dead. */
function slotsOf(spilled: ReadonlySet<number>, live: Live): { slots: Map<number, number>; slotCount: number } {
  const slots = new Map<number, number>();
  const busyUntil: number[] = [];
  for (const vector of [...spilled].sort((a, b) => live.start(a) - live.start(b))) {
    const start = live.start(vector);
    const free = busyUntil.findIndex((end) => end < start);
    const slot = free < 0 ? busyUntil.length : free;
    busyUntil[slot] = live.end(vector);
    slots.set(vector, slot);
  }
  return { slots, slotCount: busyUntil.length };
}
