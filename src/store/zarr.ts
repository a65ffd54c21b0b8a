/**
 * Chunks of a Zarr store as numbers, through `zarrita`, which is loaded when the first store is opened. Its codec for
 * `crc32c` drops the checksum unseen and it takes short files for whole ones, so both are looked at here.
 */

import type { AsyncReadable, Readable } from "zarrita";
import type { TypedArray } from "../base/dtype.ts";
import { crc32c } from "./crc32c.ts";
import { storeError, unreadable } from "./fault.ts";
import type { Files } from "./files.ts";

/** Where the files of a store are read from: a directory, or an address. */
export interface Source {
  /** As it was given, for messages. */
  readonly where: string;
  /** The bytes at a path below the store; undefined where there is nothing. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** An array that is read chunk by chunk. */
export interface ChunkReader {
  /** The elements of a whole chunk; fill values where it is not there. */
  chunk(place: readonly number[]): Promise<TypedArray>;
}

type Zarrita = typeof import("zarrita");

let loading: Promise<Zarrita> | undefined;

/** Loads zarrita once, with a codec that looks at checksums. */
export function zarrita(): Promise<Zarrita> {
  loading ??= import("zarrita").then((zarr) => {
    zarr.registry.set("crc32c", async () => ({ fromConfig: () => checked }));
    return zarr;
  });
  return loading;
}

const checked = {
  kind: "bytes_to_bytes" as const,
  encode(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length + 4);
    out.set(bytes);
    new DataView(out.buffer).setUint32(bytes.length, crc32c(bytes), true);
    return out;
  },
  decode(file: Uint8Array): Uint8Array {
    const bytes = file.subarray(0, Math.max(0, file.length - 4));
    const sum =
      file.length < 4 ? undefined : new DataView(file.buffer, file.byteOffset + bytes.length).getUint32(0, true);
    if (sum !== crc32c(bytes)) throw new RangeError("bytes that do not fit their checksum");
    return bytes;
  },
  computeEncodedSize: (size: number): number => size + 4,
};

export const sourceOfFiles = (where: string, files: Files): Source => ({
  where,
  read: async (path) => {
    try {
      return await files.read(path);
    } catch (error) {
      throw unreadable(where, error);
    }
  },
});

/** A store on the web, in browsers and in Node; `url` is absolute. */
export async function sourceOfUrl(url: URL): Promise<Source> {
  const { FetchStore } = await zarrita();
  const store = new FetchStore(url);
  return {
    where: url.href,
    read: (path) =>
      store.get(`/${path}`).catch((error: unknown) => {
        throw storeError(
          url.href,
          `expected a server that gives ${path}, got "${(error as Error).message}"; try again`,
          error,
        );
      }),
  };
}

/** Opens an array by its `zarr.json`, which is `metadata` if that was read already. */
export async function openArray(source: Source, path: string, metadata: unknown): Promise<ChunkReader> {
  const zarr = await zarrita();
  const known = metadata === undefined ? undefined : new TextEncoder().encode(JSON.stringify(metadata));
  const store: AsyncReadable = {
    get: async (key) => (key === `/${path}/zarr.json` && known ? known : source.read(key.slice(1))),
  };
  const array = await zarr.open.v3(zarr.root<Readable>(store).resolve(path), { kind: "array" });
  const elements = array.chunks.reduce((n, size) => n * size, 1);
  return {
    async chunk(place) {
      const refuse = (got: string, cause?: unknown): never => {
        const name = [path, ...place].join(" ");
        throw storeError(
          source.where,
          `expected chunk ${name} to be whole, got ${got}; resume the run to compute it again (lanewise verify lists all)`,
          cause,
        );
      };
      const { data } = await array.getChunk([...place]).catch((error: unknown) => {
        throw (error as Error).name === "CodecPipelineError"
          ? refuse("bytes that do not fit its checksum", error)
          : error;
      });
      if (data.length !== elements) return refuse(`${data.length} elements instead of ${elements}`);
      if (ArrayBuffer.isView(data)) return data as TypedArray;
      const { buffer, byteOffset, byteLength } = data as unknown as Uint8Array<ArrayBuffer>;
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
  };
}
