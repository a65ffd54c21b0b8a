/**
 * Machine code → a function, through the optional package `koffi`: memory is written first and made executable after,
 * never both at once. Without the package, the processor or the system's leave there is a reason instead.
 */

import { builtin, loadPackage } from "./platform.ts";

/** What Lanewise uses of koffi. */
interface Koffi {
  load(library: null): Library;
  proto(result: string, parameters: readonly string[]): object;
  decode(pointer: bigint, type: object): NativeFunction;
  view(pointer: bigint, bytes: number): ArrayBuffer;
  address(array: ArrayBufferView): bigint;
  errno(): number;
}

interface Library {
  func(name: string, result: string, parameters: readonly string[]): (...args: unknown[]) => unknown;
}

/** `void kernel(void **buffers)`. */
type NativeFunction = (buffers: BigInt64Array) => void;

interface Native {
  /** Puts code into executable memory; throws an Error with the system's reason. */
  load(code: Uint8Array): { readonly call: NativeFunction; readonly release: () => void };
  address(array: ArrayBufferView): bigint;
}

const READ_WRITE = 3;
const READ_EXECUTE = 5;
/** `ret`: the shortest function there is. */
const RETURN = new Uint8Array([0xc3]);

/** What the kernels' instructions need. */
const FEATURES = ["avx2", "fma"] as const;

function open(koffi: Koffi, platform: string): Native {
  // The process's own symbols; in a worker thread koffi dies when it decodes before it has loaded anything.
  const system = koffi.load(null);
  const mmap = system.func("mmap", "void *", ["void *", "size_t", "int", "int", "int", "long"]);
  const mprotect = system.func("mprotect", "int", ["void *", "size_t", "int"]);
  const munmap = system.func("munmap", "int", ["void *", "size_t"]);
  const type = koffi.proto("void", ["void *"]);
  const privateAnonymous = platform === "darwin" ? 0x1002 : 0x22;
  return {
    load(code) {
      // What gives the memory back must not hold the bytes, or they would never go.
      const { length } = code;
      const pointer = mmap(null, code.length, READ_WRITE, privateAnonymous, -1, 0) as bigint | null;
      if (!pointer || BigInt.asIntN(64, pointer) === -1n) throw new Error(`mmap failed (errno ${koffi.errno()})`);
      const release = (): void => void munmap(pointer, length);
      new Uint8Array(koffi.view(pointer, code.length)).set(code);
      if (mprotect(pointer, code.length, READ_EXECUTE) !== 0) {
        const errno = koffi.errno();
        release();
        throw new Error(`the system makes no memory executable (errno ${errno})`);
      }
      return { call: koffi.decode(pointer, type), release };
    },
    address: (array) => koffi.address(array),
  };
}

/** The processor's features that are missing; it has none of them when it cannot be asked. */
function missingFeatures(platform: string): readonly string[] {
  const text = platform === "linux" ? (builtin?.("node:fs").readFileSync("/proc/cpuinfo", "utf8") ?? "") : darwinText();
  const flags = new Set(text.toLowerCase().match(/[a-z0-9_]+/g));
  return FEATURES.filter((feature) => !flags.has(feature));
}

/** On macOS the features stand in two system values. */
function darwinText(): string {
  const asked = ["machdep.cpu.features", "machdep.cpu.leaf7_features"];
  return builtin?.("node:child_process").execFileSync("sysctl", ["-n", ...asked], { encoding: "utf8" }) ?? "";
}

/** The native calls, or why there are none. */
function probe(): Native | string {
  const os = builtin?.("node:os");
  if (!os) return "browsers run no machine code";
  const [arch, platform] = [os.arch(), os.platform()];
  if (arch !== "x64") return `the processor is ${arch}`;
  if (platform !== "linux" && platform !== "darwin") return `it is not made for ${platform}`;
  try {
    const missing = missingFeatures(platform);
    if (missing.length > 0) return `the processor has no ${missing.join(", no ")}`;
    const koffi = loadPackage("koffi") as Koffi | undefined;
    if (!koffi) return "the optional package koffi is not installed";
    const native = open(koffi, platform);
    const { call, release } = native.load(RETURN);
    call(new BigInt64Array(1));
    release();
    return native;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

let known: Native | string | undefined;

const found = (): Native | string => {
  known ??= probe();
  return known;
};

/** Why no machine code runs here; undefined where it does. */
export function whyNotNative(): string | undefined {
  const native = found();
  return typeof native === "string" ? native : undefined;
}

/** Code that is loaded, by its bytes: two runners of one kernel share it, and it goes when the bytes go. */
const loaded = new WeakMap<Uint8Array, NativeFunction>();
const releases = new FinalizationRegistry<() => void>((release) => release());

/** The function that the bytes are. Throws an Error where `whyNotNative` gives a reason. */
export function nativeFunction(code: Uint8Array): NativeFunction {
  const native = found();
  if (typeof native === "string") throw new Error(native);
  const before = loaded.get(code);
  if (before) return before;
  const { call, release } = native.load(code);
  loaded.set(code, call);
  releases.register(code, release);
  return call;
}

/** Where the elements of an array lie; they stay there as long as the array lives. */
export function addressOf(array: ArrayBufferView): bigint {
  const native = found();
  if (typeof native === "string") throw new Error(native);
  return native.address(array);
}
