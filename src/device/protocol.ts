/**
 * What a device is told and what it answers: numbers, typed arrays, compiled modules and program text, never a
 * function. Every request is answered by one reply with its id.
 */

import type { ColumnSource } from "../base/column.ts";
import type { TypedArray } from "../base/dtype.ts";
import type { ErrorKind } from "../base/errors.ts";
import type { Type } from "../base/value.ts";
import type { Columns, Place } from "./batch.ts";
import type { ReducePlan } from "./reduce/block.ts";

/** A program compiled once, by the thread that asked for it: where a kernel's buffers lie in its memory. */
export interface KernelCode {
  /** Points in a chunk: lanes × interleaved groups. */
  readonly points: number;
  /** Roughly, what one point takes. */
  readonly secondsPerPoint: number;
  /** Bytes of constants, shared inputs and scratch, from address 0. */
  readonly staticBytes: number;
  /** Bytes of one chunk's inputs, and of its outputs. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly shared: readonly Place[];
  readonly inputs: readonly Place[];
  readonly outputs: readonly Place[];
  /** Where loops have step limits: which points reached one. */
  readonly limited: Place | undefined;
  readonly constants: readonly { readonly place: Place; readonly data: TypedArray }[];
}

export interface WasmCode extends KernelCode {
  readonly kind: "wasm";
  readonly module: WebAssembly.Module;
}

/** Machine code that may lie anywhere. */
export interface X64Code extends KernelCode {
  readonly kind: "x64";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A program as its serialised text, verified on arrival. */
export interface InterpreterCode {
  readonly kind: "interpreter";
  readonly program: string;
  /** Whether its last result says that a step limit was reached. */
  readonly limited: boolean;
}

export type Code = WasmCode | X64Code | InterpreterCode;

/** What stays the same from run to run: a device loads it once. */
export interface Task {
  readonly id: number;
  readonly code: Code;
  readonly outputs: readonly Type[];
  /** The shared inputs' elements, in the program's order. */
  readonly shared: readonly TypedArray[];
}

/** How many points at once; never changes a result. */
export interface BatchRule {
  /** Most points of one call into the code. */
  readonly batch: number;
  /** Claims are multiples of this many points. */
  readonly least: number;
}

/** Slots of the control block that all devices of a run look at: BigInt64Array over shared memory. */
export const NEXT = 0;
export const STOP = 1;
/** Points done by each device, from this slot on. */
export const DONE = 2;
/** Where each device is: one more than the first row of its batch, 0 while it has none. */
export const atSlot = (device: number, devices: number): number => DONE + devices + device;
export const controlSlots = (devices: number): number => DONE + 2 * devices;

/** Get ready for tasks with code of this kind. */
export interface OpenRequest {
  readonly kind: "open";
  readonly code: Code["kind"];
}

export interface LoadRequest {
  readonly kind: "load";
  readonly task: Task;
  /** -1 as long as the thread may go on; 0 stops machine code, which nothing else can, where memory is shared. */
  readonly go?: BigInt64Array | undefined;
}

/** Claim points from the control block until there are no more; the first of them goes to row 0 of the columns. */
export interface ClaimRequest {
  readonly kind: "claim";
  readonly task: number;
  readonly sources: readonly ColumnSource[];
  readonly first: number;
  readonly total: number;
  readonly rule: BatchRule;
  /** This device's number among those of the run, and their count. */
  readonly device: number;
  readonly devices: number;
  readonly control: BigInt64Array;
  readonly columns: Columns;
}

/** Compute these points and send them back, where memory cannot be shared. */
export interface RangeRequest {
  readonly kind: "range";
  readonly task: number;
  readonly sources: readonly ColumnSource[];
  readonly rule: BatchRule;
  readonly start: number;
  readonly count: number;
}

/** Compute these blocks of points and send back what is known of each. */
export interface ReduceRequest {
  readonly kind: "reduce";
  readonly task: number;
  readonly sources: readonly ColumnSource[];
  readonly rule: BatchRule;
  readonly plan: ReducePlan;
  /** Numbers of the first block, and of blocks. */
  readonly first: number;
  readonly count: number;
  /** Where memory can be shared: says when to stop. */
  readonly control: BigInt64Array | undefined;
}

export interface ForgetRequest {
  readonly kind: "forget";
  readonly task: number;
}

export type Request = OpenRequest | LoadRequest | ClaimRequest | RangeRequest | ReduceRequest | ForgetRequest;

export interface Tally {
  readonly points: number;
  readonly batches: number;
  readonly notFinite: number;
}

export interface RangeResult extends Tally {
  readonly columns: Columns;
}

export interface ReduceResult extends Tally {
  /** As reduce/block.ts writes them, block by block. */
  readonly partials: Float64Array<ArrayBuffer>;
  /** Of each point; undefined where all of them are ok. */
  readonly status: Uint8Array | undefined;
}

export interface Reply {
  readonly id: number;
  /** Of the kind that the request asks for; absent after a failure. */
  readonly result?: unknown;
  readonly error?: string;
  /** Of an error of the library. */
  readonly kind?: ErrorKind;
}
