/**
 * Results by what they were computed from. In: the values of points' parameters; out: their results, where any earlier
 * run of the same model had points of these values, whatever its space was.
 *
 * One directory a model; in it one file for each chunk of points that was computed, named by the SHA-256 of their
 * parameters: a line of JSON (types and count), the columns of parameters and of results, the statuses, a CRC-32C.
 */

import { allocate, dtypeInfo, type TypedArray } from "../base/dtype.ts";
import { sizeOf } from "../base/shape.ts";
import { FAILED, PENDING } from "../base/status.ts";
import { formatType, type Type } from "../base/value.ts";
import { sameBytes } from "./chunk.ts";
import { crc32c } from "./crc32c.ts";
import { type Files, putOnce, putOver, TEMPORARY } from "./files.ts";
import { HashIndex } from "./hash-index.ts";
import { thisWriter, writerName } from "./node-files.ts";

/** Points with all that belongs to them, one column each. */
export interface CacheEntry {
  readonly count: number;
  readonly parameters: readonly TypedArray[];
  readonly results: readonly TypedArray[];
  readonly status: Uint8Array;
}

/** Types of the columns. */
export interface CacheTypes {
  readonly parameters: readonly Type[];
  readonly results: readonly Type[];
}

const bytesOf = (data: TypedArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Whether a point's result is one that would come out again. */
const lasting = (status: number | undefined): boolean => status !== PENDING && status !== FAILED;

/** Entries in memory at a time. */
const KEPT = 4;

export class ResultCache {
  private readonly files: Files;
  private readonly folder: string;
  private readonly types: CacheTypes;
  private readonly names: string[];
  private readonly kept = new Map<string, Promise<CacheEntry | undefined>>();
  private index: Promise<HashIndex> | undefined;

  private constructor(files: Files, folder: string, types: CacheTypes, names: string[]) {
    this.files = files;
    this.folder = folder;
    this.types = types;
    this.names = names;
  }

  /** The results of one model, which is known by a hash of all that results depend on beside the parameters. */
  static async open(files: Files, model: string, types: CacheTypes): Promise<ResultCache> {
    await files.makeDirectory(TEMPORARY);
    await files.makeDirectory(model);
    const names = (await files.list(model)).filter((name) => name.endsWith(".bin"));
    return new ResultCache(files, model, types, names.sort());
  }

  /** Looks up points one by one: gives the rows that are known, written to `into`, as flags. */
  async find(
    parameters: readonly TypedArray[],
    count: number,
    into: Omit<CacheEntry, "parameters">,
  ): Promise<Uint8Array> {
    const found = new Uint8Array(count);
    if (this.names.length === 0) return found;
    this.index ??= this.makeIndex();
    const index = await this.index;
    const hashes = this.hashes(parameters, count);
    const wanted = new Map<number, [row: number, from: number][]>();
    for (let row = 0; row < count; row++) {
      index.each(hashes[row] as number, (entry, from) => {
        const list = wanted.get(entry) ?? [];
        list.push([row, from]);
        wanted.set(entry, list);
      });
    }
    for (const [number, rows] of wanted) {
      const entry = await this.entry(this.names[number] as string);
      for (const [row, from] of entry ? rows : []) {
        if (found[row] === 1 || !sameRow(parameters, row, (entry as CacheEntry).parameters, from, count)) continue;
        copyRow(entry as CacheEntry, from, into, row);
        found[row] = 1;
      }
    }
    return found;
  }

  /** Keeps points under the address of their parameters. */
  async put(address: string, entry: CacheEntry): Promise<void> {
    const head = JSON.stringify({
      count: entry.count,
      parameters: this.types.parameters.map(formatType),
      results: this.types.results.map(formatType),
    });
    const columns = [...entry.parameters, ...entry.results, entry.status].map(bytesOf);
    const parts = [new TextEncoder().encode(`${head}\n`), ...columns];
    const sum = new Uint8Array(4);
    new DataView(sum.buffer).setUint32(
      0,
      parts.reduce((crc, part) => crc32c(part, crc), 0),
      true,
    );
    const path = `${this.folder}/${address}.bin`;
    const writer = writerName(thisWriter());
    if (!(await putOnce(this.files, writer, path, [...parts, sum]))) {
      const there = await this.files.read(path);
      // One with failed points, or a damaged one, gives way.
      if (!there || !sameBytes(there, [...parts, sum])) await putOver(this.files, writer, path, [...parts, sum]);
    }
    await this.files.syncDirectory(this.folder);
  }

  private entry(name: string): Promise<CacheEntry | undefined> {
    const known = this.kept.get(name) ?? this.read(name);
    this.kept.delete(name);
    this.kept.set(name, known);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value as string);
    return known;
  }

  /** An entry, if it is whole: a cache that is damaged is one that knows less. */
  private async read(name: string): Promise<CacheEntry | undefined> {
    const file = await this.files.read(`${this.folder}/${name}`);
    if (!file || file.length < 5) return undefined;
    const sum = new DataView(file.buffer, file.byteOffset + file.length - 4).getUint32(0, true);
    const content = file.subarray(0, -4);
    if (crc32c(content) !== sum) return undefined;
    const end = content.indexOf(10);
    const { count } = JSON.parse(new TextDecoder().decode(content.subarray(0, end))) as { count: number };
    let at = end + 1;
    const column = (type: Type): TypedArray => {
      const out = allocate(type.dtype, count * sizeOf(type.shape));
      bytesOf(out).set(content.subarray(at, at + out.byteLength));
      at += out.byteLength;
      return out;
    };
    const [parameters, results] = [this.types.parameters.map(column), this.types.results.map(column)];
    return { count, parameters, results, status: column({ dtype: "bool", shape: [] }) as Uint8Array };
  }

  private async makeIndex(): Promise<HashIndex> {
    const index = new HashIndex();
    for (const [number, name] of this.names.entries()) {
      const entry = await this.read(name);
      if (!entry) continue;
      this.hashes(entry.parameters, entry.count).forEach((hash, row) => {
        if (lasting(entry.status[row])) index.add(hash, number, row);
      });
    }
    return index;
  }

  /** A hash of each point's parameters: FNV-1a over their words. */
  private hashes(parameters: readonly TypedArray[], count: number): Uint32Array {
    const hashes = new Uint32Array(count).fill(0x811c9dc5);
    parameters.forEach((column, k) => {
      const { dtype, shape } = this.types.parameters[k] as Type;
      const bytes = dtypeInfo[dtype].bytes * sizeOf(shape);
      const whole = bytesOf(column);
      for (let row = 0, at = 0; row < count; row++) {
        let hash = hashes[row] as number;
        for (const end = at + bytes; at < end; at++) hash = Math.imul(hash ^ (whole[at] as number), 0x01000193);
        hashes[row] = hash;
      }
    });
    return hashes;
  }
}

function sameRow(
  a: readonly TypedArray[],
  row: number,
  b: readonly TypedArray[],
  from: number,
  count: number,
): boolean {
  return a.every((column, k) => {
    const other = b[k] as TypedArray;
    const size = column.length / count;
    for (let e = 0; e < size; e++) if (!Object.is(column[row * size + e], other[from * size + e])) return false;
    return true;
  });
}

function copyRow(entry: CacheEntry, from: number, into: Omit<CacheEntry, "parameters">, row: number): void {
  entry.results.forEach((column, k) => {
    const size = column.length / entry.count;
    into.results[k]?.set(column.subarray(from * size, (from + 1) * size), row * size);
  });
  into.status[row] = entry.status[from] as number;
}
