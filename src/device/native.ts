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
/**
 * Asks the processor: `cpuid` leaf 1 (ecx) and leaf 7 (ebx) and, with `xgetbv`, which registers the system keeps, into
 * the first three words of the argument; leaves the last two alone where the system does not say.
 */
const ASK = `
  53             push rbx
  b801000000     mov eax, 1
  31c9           xor ecx, ecx
  0fa2           cpuid
  890f           mov [rdi], ecx
  0fbae11b       bt ecx, 27
  7314           jnc end
  b807000000     mov eax, 7
  31c9           xor ecx, ecx
  0fa2           cpuid
  895f04         mov [rdi + 4], ebx
  31c9           xor ecx, ecx
  0f01d0         xgetbv
  894708         mov [rdi + 8], eax
  5b             end: pop rbx
  c3             ret
`;

/** What the kernels' instructions need: the word of the answer and its bits. */
const FEATURES = [
  { name: "fma", word: 0, bits: 1 << 12 },
  { name: "avx2", word: 1, bits: 1 << 5 },
  // That the system keeps vectors of 256 bits.
  { name: "ymm state", word: 2, bits: 0b110 },
] as const;

/** A listing's first column. */
function bytesOf(listing: string): Uint8Array {
  const bytes = listing.split("\n").flatMap((line) => line.trim().split(" ", 1)[0]?.match(/../g) ?? []);
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
}

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

/** The processor's features that are missing. */
function missingFeatures({ load }: Native): readonly string[] {
  const answer = new Int32Array(4);
  const { call, release } = load(bytesOf(ASK));
  call(new BigInt64Array(answer.buffer));
  release();
  return FEATURES.filter(({ word, bits }) => ((answer[word] as number) & bits) !== bits).map(({ name }) => name);
}

/** Koffi's binary by its own package, without the search for it that takes longer than loading; else as it is found. */
function loadKoffi(platform: string, arch: string): Koffi | undefined {
  let binary: unknown;
  try {
    binary = loadPackage(`@koromix/koffi-${platform}-${arch}`);
  } catch {
    // Not made for this system: koffi may have one of its own.
  }
  return (binary ?? loadPackage("koffi")) as Koffi | undefined;
}

/** The native calls, or why there are none. */
function probe(): Native | string {
  const os = builtin?.("node:os");
  if (!os) return "browsers run no machine code";
  const [arch, platform] = [os.arch(), os.platform()];
  if (arch !== "x64") return `the processor is ${arch}`;
  if (platform !== "linux" && platform !== "darwin") return `it is not made for ${platform}`;
  try {
    const koffi = loadKoffi(platform, arch);
    if (!koffi) return "the optional package koffi is not installed";
    const native = open(koffi, platform);
    const missing = missingFeatures(native);
    return missing.length > 0 ? `the processor has no ${missing.join(", no ")}` : native;
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
