/**
 * The one place that knows Node from a browser. Node's built-ins come from `process.getBuiltinModule`, so that
 * no bundler for the web ever meets a `node:` import.
 */

/** A worker as its starter sees it, the same in Node and in a browser. */
export interface WorkerHandle {
  post(message: unknown, transfer?: Transferable[]): void;
  /** Keeps the process alive (Node); a worker starts without. */
  hold(): void;
  /** Lets a process that has nothing else to do end. */
  release(): void;
  terminate(): void;
}

export interface WorkerEvents {
  message(message: unknown): void;
  /** The worker is gone, for whatever reason; called once. */
  death(reason: string, cause?: unknown): void;
}

// Absent in browsers; present in every Node this library supports.
const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule;
const os = node?.("node:os");
const v8 = node?.("node:v8");
const threads = node?.("node:worker_threads");

type Threads = NonNullable<typeof threads>;
type NodeTransfer = Parameters<InstanceType<Threads["Worker"]>["postMessage"]>[1];

interface BrowserScope {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number; readonly deviceMemory?: number };
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as BrowserScope;

const GIB = 2 ** 30;

/** Gives one of Node's own modules; undefined in browsers. */
export const builtin = node;

/** An optional package, where it is installed; undefined where it is not, and in browsers. Throws what it throws. */
export function loadPackage(name: string): unknown {
  const load = node?.("node:module").createRequire(import.meta.url);
  try {
    return load?.(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package that is there may miss a part of its own.
    if (code === "MODULE_NOT_FOUND" && message.includes(`'${name}'`)) return undefined;
    throw error;
  }
}

/** A CommonJS file of the library that lies beside this one; in Node alone. */
export const loadBeside = (file: string): unknown => node?.("node:module").createRequire(import.meta.url)(file);

/** Cores that this process may use. */
export const coreCount = (): number => os?.availableParallelism() ?? scope.navigator?.hardwareConcurrency ?? 1;

/** Bytes that can still be allocated. Browsers tell only the machine's size, rounded: half of that is taken as free. */
export function freeMemory(): number {
  if (os) return Math.min(os.freemem(), process.availableMemory?.() ?? Number.POSITIVE_INFINITY);
  return ((scope.navigator?.deviceMemory ?? 4) * GIB) / 2;
}

/** An environment variable; undefined in browsers. */
export const environment = (name: string): string | undefined => (node ? process.env[name] : undefined);

/** Whether threads can look at the same memory: always in Node, in browsers only on cross-origin isolated pages. */
export const canShareMemory = (): boolean =>
  typeof SharedArrayBuffer === "function" && (node !== undefined || scope.crossOriginIsolated === true);

/** A module with one function that splats a vector: valid where SIMD128 is. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
] as const;

export const hasWasmSimd = (): boolean =>
  typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(SIMD_PROBE));

/**
 * Compiles with the optimising tier at once. A long call never leaves V8's baseline tier, and a kernel is one
 * long call; in Node the flags that decide this are set around the compilation, and put back.
 */
export function compileSync(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const asked = threads?.isMainThread === true && !process.execArgv.some((flag) => /^--.*(liftoff|wasm)/.test(flag));
  if (!v8 || !asked) return new WebAssembly.Module(bytes);
  v8.setFlagsFromString("--no-liftoff");
  v8.setFlagsFromString("--no-wasm-lazy-compilation");
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    v8.setFlagsFromString("--liftoff");
    v8.setFlagsFromString("--wasm-lazy-compilation");
  }
}

/** As `compileSync`; off the main thread in browsers, which forbid it large synchronous compilations. */
export const compileAsync = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> =>
  node ? compileSync(bytes) : WebAssembly.compile(bytes);

/** How Node's threads are started: by default with the file that lies beside the library's own, without limits. */
export const threadSetting: { file?: URL | undefined; memoryMegabytes?: number | undefined } = {};

/** Starts a worker. */
export function startWorker(events: WorkerEvents): WorkerHandle {
  return threads ? startNodeWorker(threads, events) : startBrowserWorker(events);
}

function startNodeWorker({ Worker: Thread }: Threads, { message, death }: WorkerEvents): WorkerHandle {
  // Node 20 runs no TypeScript: a library that runs from its sources takes the built file.
  const file = import.meta.url.endsWith(".ts") ? "../../dist/thread.cjs" : "./thread.cjs";
  // Not this process's flags: a loader for TypeScript, say, would only delay the start.
  const { file: other, memoryMegabytes } = threadSetting;
  const worker = new Thread(other ?? new URL(file, import.meta.url), {
    execArgv: [],
    name: "lanewise",
    ...(memoryMegabytes !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes } }),
  });
  const die = once(death);
  worker.on("message", message);
  worker.on("error", (error) => die(`it failed with "${error instanceof Error ? error.message : error}"`, error));
  worker.on("exit", (code) => die(`it ended with exit code ${code}`));
  worker.unref();
  return {
    post: (data, transfer = []) => worker.postMessage(data, transfer as NodeTransfer),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

function startBrowserWorker({ message, death }: WorkerEvents): WorkerHandle {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const die = once(death);
  worker.addEventListener("message", (event) => message(event.data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    die(`it failed with "${event.message || "its file could not be loaded"}"`, event);
  });
  worker.addEventListener("messageerror", (event) => die("it sent a message that cannot be read", event));
  return {
    post: (data, transfer = []) => worker.postMessage(data, transfer),
    hold: () => undefined,
    release: () => undefined,
    terminate: () => {
      worker.terminate();
      die("it was terminated");
    },
  };
}

function once(death: WorkerEvents["death"]): WorkerEvents["death"] {
  let dead = false;
  return (reason, cause) => {
    if (dead) return;
    dead = true;
    death(reason, cause);
  };
}

/** Inside a worker: hears its starter; gives the way to answer. */
export function listen(hear: (message: unknown) => void): (message: unknown, transfer?: Transferable[]) => void {
  const port = threads?.parentPort;
  if (port) {
    port.on("message", hear);
    return (data, transfer = []) => port.postMessage(data, transfer as NodeTransfer);
  }
  scope.addEventListener("message", (event) => hear(event.data));
  return (data, transfer = []) => scope.postMessage(data, transfer);
}
