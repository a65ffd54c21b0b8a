/** Bytes of a WebAssembly module: numbers in LEB128, sections, and a module of one function over one imported memory. */

const INITIAL = 1024;

export class ByteWriter {
  length = 0;
  private bytes = new Uint8Array(INITIAL);

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(values: ArrayLike<number>): void {
    this.reserve(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
  }

  /** Unsigned LEB128 of 32 bits. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of 32 bits; unsigned values keep their bits. */
  s32(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    this.byte(rest & 127);
  }

  /** Signed LEB128 of 64 bits. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -64n || rest > 63n) {
      this.byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.byte(Number(rest & 127n));
  }

  f32(value: number): void {
    this.raw(new Uint8Array(new Float32Array([value]).buffer));
  }

  f64(value: number): void {
    this.raw(new Uint8Array(new Float64Array([value]).buffer));
  }

  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** Another writer's bytes, without or with their length before them. */
  append(other: ByteWriter): void {
    this.raw(other.view());
  }

  sized(write: (inner: ByteWriter) => void): void {
    const inner = new ByteWriter();
    write(inner);
    this.u32(inner.length);
    this.append(inner);
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.view());
    this.bytes = larger;
  }
}

/** Value types by their code in the binary format. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

interface Module {
  /** Whether the imported memory is shared between threads. */
  readonly sharedMemory: boolean;
  /** Parameters of `run`, which returns nothing. */
  readonly parameters: readonly ValueType[];
  /** Further locals, numbered after the parameters. */
  readonly locals: readonly ValueType[];
  /** Instructions, without the closing `end`. */
  readonly body: ByteWriter;
}

const section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const END = 0x0b;
const kind = { function: 0, memory: 2 } as const;
/** A shared memory must state a maximum: all that 32 bits address, in pages of 64 KiB. */
const MAX_PAGES = 65536;

/** Imports `env.memory`, exports `run`. */
export function encodeModule({ sharedMemory, parameters, locals, body }: Module): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const write = (id: number, content: (s: ByteWriter) => void): void => {
    out.byte(id);
    out.sized((s) => {
      s.u32(1);
      content(s);
    });
  };
  write(section.type, (s) => {
    s.byte(FUNCTION_TYPE);
    s.u32(parameters.length);
    for (const type of parameters) s.byte(valueTypes[type]);
    s.u32(0);
  });
  write(section.import, (s) => {
    s.name("env");
    s.name("memory");
    s.byte(kind.memory);
    s.raw(sharedMemory ? [3, 1] : [0, 1]);
    if (sharedMemory) s.u32(MAX_PAGES);
  });
  write(section.function, (s) => s.u32(0));
  write(section.export, (s) => {
    s.name("run");
    s.byte(kind.function);
    s.u32(0);
  });
  write(section.code, (s) =>
    s.sized((f) => {
      writeLocals(f, locals);
      f.append(body);
      f.byte(END);
    }),
  );
  return new Uint8Array(out.view());
}

/** Runs of equal types, as the format counts them. */
function writeLocals(out: ByteWriter, locals: readonly ValueType[]): void {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  out.u32(runs.length);
  for (const { type, count } of runs) {
    out.u32(count);
    out.byte(valueTypes[type]);
  }
}
