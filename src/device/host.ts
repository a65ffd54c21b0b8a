/**
 * The host's devices: one worker thread each. The pool is the one piece of state that all executions share:
 * threads start when first used, serve whoever asks, and end when the last execution that uses them is disposed.
 */

import { LanewiseError } from "../base/errors.ts";
import {
  canShareMemory,
  coreCount,
  environment,
  startWorker,
  type WorkerEvents,
  type WorkerHandle,
} from "./platform.ts";
import type {
  ClaimRequest,
  Code,
  RangeRequest,
  RangeResult,
  ReduceRequest,
  ReduceResult,
  Reply,
  Request,
  Tally,
  Task,
} from "./protocol.ts";

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A request that a device did not answer as asked: its thread died, or computing threw. */
export class DeviceFault extends LanewiseError {
  /** What happened, as a clause that begins with "it". */
  readonly reason: string;
  /** Whether the thread was at this very request then; others waited behind it and are blameless. */
  readonly inProgress: boolean;

  constructor(device: string, reason: string, inProgress: boolean, cause?: unknown) {
    const message = `${device}: expected it to finish its batch, but ${reason}; run again, a fresh one is started`;
    super("device", message, { cause });
    this.reason = reason;
    this.inProgress = inProgress;
  }
}

/** One worker thread. It answers requests in the order they were made, so several runs may use it at a time. */
export class HostDevice {
  private worker: WorkerHandle | undefined;
  /** Of the present thread. */
  private go: BigInt64Array | undefined;
  private readonly pending = new Map<number, Pending>();
  private loaded = new Set<number>();
  private nextId = 0;
  private retired = false;
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  /** Starts the thread, unless it runs, and has it prepare for code of this kind while that is still being made. */
  open(code: Code["kind"]): void {
    // What fails here fails again, and is told, when the device is given a task.
    if (!this.worker) this.ask({ kind: "open", code }).catch(() => undefined);
  }

  /** Gives the device a task, unless it has it. */
  async load(task: Task): Promise<void> {
    if (this.worker && this.loaded.has(task.id)) return;
    this.start();
    const asked = this.ask({ kind: "load", task, go: this.go });
    this.loaded.add(task.id);
    try {
      await asked;
    } catch (error) {
      this.loaded.delete(task.id);
      throw error;
    }
  }

  claim = (request: ClaimRequest): Promise<Tally> => this.ask(request) as Promise<Tally>;

  range = (request: RangeRequest): Promise<RangeResult> => this.ask(request) as Promise<RangeResult>;

  reduce = (request: ReduceRequest): Promise<ReduceResult> => this.ask(request) as Promise<ReduceResult>;

  forget(task: number): void {
    if (this.worker && this.loaded.delete(task)) this.ask({ kind: "forget", task }).catch(() => undefined);
  }

  /** Ends the thread, now: whatever it was computing fails, for this reason. The next request starts a fresh one. */
  terminate(reason = "it was terminated"): void {
    const { worker, go } = this;
    this.died(worker, reason);
    worker?.terminate();
    if (go) Atomics.store(go, 0, 0n);
  }

  /** Ends the thread as soon as it has nothing to do. */
  retire(): void {
    this.retired = true;
    if (this.pending.size === 0) this.terminate();
  }

  private ask(request: Request): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const worker = this.start();
      worker.hold();
      this.pending.set(id, { resolve, reject });
      try {
        worker.post({ id, request });
      } catch (cause) {
        this.settle(id);
        reject(
          new LanewiseError(
            "device",
            `${this.name}: expected data that can be sent to it, got ${cause}; use smaller arrays, or fewer devices`,
            { cause },
          ),
        );
      }
    });
  }

  private get name(): string {
    return `device ${this.index} (worker thread)`;
  }

  private start(): WorkerHandle {
    if (this.worker) return this.worker;
    this.loaded = new Set();
    this.go = canShareMemory() ? new BigInt64Array(new SharedArrayBuffer(8)).fill(-1n) : undefined;
    const worker = this.thread({
      message: (message) => this.hear(message as Reply),
      death: (reason, cause) => this.died(worker, reason, cause),
    });
    this.worker = worker;
    return worker;
  }

  private thread(events: WorkerEvents): WorkerHandle {
    try {
      return startWorker(events);
    } catch (cause) {
      throw new LanewiseError(
        "device",
        `${this.name}: expected the system to start a thread, got ${cause}; use fewer devices (nPmap, --devices), or ` +
          "raise the limits on memory and processes (ulimit -a)",
        { cause },
      );
    }
  }

  private hear({ id, result, error, kind }: Reply): void {
    const waiting = this.settle(id);
    if (error === undefined) waiting?.resolve(result);
    // No fault of a point, and no other device has more room.
    else if (kind === "memory") waiting?.reject(new LanewiseError(kind, `${this.name}: ${error}`));
    else waiting?.reject(new DeviceFault(this.name, `it failed with "${error}"`, true));
  }

  private settle(id: number): Pending | undefined {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) {
      this.worker?.release();
      if (this.retired) this.terminate();
    }
    return waiting;
  }

  private died(worker: WorkerHandle | undefined, reason: string, cause?: unknown): void {
    if (worker === undefined || worker !== this.worker) return;
    this.worker = undefined;
    const failed = [...this.pending.values()];
    this.pending.clear();
    failed.forEach(({ reject }, i) => {
      reject(new DeviceFault(this.name, reason, i === 0, cause));
    });
  }
}

const pool: HostDevice[] = [];
const holders = new Set<object>();
let chosenCount: number | undefined;

/** How many host devices there are: set by `setHostDeviceCount`, else `LANEWISE_HOST_DEVICES`, else one per core. */
export function hostDeviceCount(): number {
  if (chosenCount !== undefined) return chosenCount;
  const asked = environment("LANEWISE_HOST_DEVICES");
  if (asked === undefined || asked === "") return coreCount();
  return checkedCount(Number(asked), "LANEWISE_HOST_DEVICES", asked);
}

/**
 * Sets the number of host devices, at any time; runs in progress keep theirs. More than there are cores is allowed:
 * the devices then share them.
 *
 * @throws {RangeError} when `count` is not an integer from 1 to 1024.
 */
export function setHostDeviceCount(count: number): void {
  chosenCount = checkedCount(count, "setHostDeviceCount", count);
  for (const device of pool.splice(count)) device.retire();
}

/** A thread takes megabytes; more than these are a mistake. */
const MOST_DEVICES = 1024;

function checkedCount(count: number, where: string, got: unknown): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_DEVICES) return count;
  throw new RangeError(
    `${where}: expected an integer from 1 to ${MOST_DEVICES}, got ${got}; give the number of worker threads to use`,
  );
}

export const holdsDevices = (holder: object): boolean => holders.has(holder);

/** The first `count` devices, for a holder that will let them go with `releaseDevices`. */
export function holdDevices(holder: object, count: number): readonly HostDevice[] {
  holders.add(holder);
  while (pool.length < count) pool.push(new HostDevice(pool.length));
  return pool.slice(0, count);
}

/** The holder needs no device any more; when none does, the threads end. */
export function releaseDevices(holder: object, task?: number): void {
  if (!holders.delete(holder)) return;
  if (task !== undefined) for (const device of pool) device.forget(task);
  if (holders.size === 0) for (const device of pool.splice(0)) device.retire();
}
