/** What the page of a report is given: a description as JSON, and every column as compressed bytes. */

/** How a column's numbers are kept in the page. */
export type PayloadType = "float32" | "float64" | "int32" | "uint32" | "uint8";

export interface PayloadColumn {
  readonly name: string;
  readonly role: "parameter" | "result" | "status";
  readonly type: PayloadType;
  /** Shown as false and true. */
  readonly bool: boolean;
  /** Of one point's value. */
  readonly shape: readonly number[];
  readonly unit?: string;
}

export interface PayloadAxis {
  readonly name: string;
  /** Positions in the page. */
  readonly size: number;
  /** The page's position k is the run's position `k · step`. */
  readonly step: number;
  /** Positions in the run. */
  readonly fullSize: number;
  /** Values along it of each parameter on it, those of a position side by side; strings for what JSON has no number for. */
  readonly coordinates: readonly {
    readonly path: string;
    readonly unit?: string;
    readonly values: readonly (number | string)[];
  }[];
}

export interface Payload {
  /** Points of the run. */
  readonly length: number;
  /** Points in the page. */
  readonly points: number;
  /** Of a product space, slowest first; the points are row-major over them. */
  readonly axes?: readonly PayloadAxis[];
  /** Without axes: the page's point k is the run's point `k · step`. */
  readonly step: number;
  /** Results and the status; the parameters too where there are no axes. */
  readonly columns: readonly PayloadColumn[];
  /** The result that is shown first. */
  readonly show: string;
}

/** The elements of the page that hold the payload. */
export const payloadId = "lanewise-payload";
export const columnId = (k: number): string => `lanewise-column-${k}`;

/** Bytes of a number. */
export const bytesOf: { readonly [T in PayloadType]: number } = {
  float32: 4,
  float64: 8,
  int32: 4,
  uint32: 4,
  uint8: 1,
};

/**
 * Bytes are written place by place: the first bytes of all numbers, then the second ones. Neighbouring points share
 * exponents and leading bits, which so stand together and compress.
 */
export function shuffle(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let place = 0; place < width; place++) {
    for (let i = 0; i < count; i++) out[place * count + i] = bytes[i * width + place] as number;
  }
  return out;
}

export function unshuffle(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let place = 0; place < width; place++) {
    for (let i = 0; i < count; i++) out[i * width + place] = bytes[place * count + i] as number;
  }
  return out;
}

/** Through a CompressionStream or a DecompressionStream. */
export async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
