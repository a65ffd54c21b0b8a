/** Columns → a file: comma-separated rows, or JSON with one array per column. */

import { once } from "node:events";
import { closeSync, createWriteStream, existsSync, openSync, unlinkSync } from "node:fs";
import { UsageError } from "./failure.ts";

export interface FileColumn {
  readonly name: string;
  /** `rows × width` values. */
  readonly data: ArrayLike<number>;
  /** Values per point. */
  readonly width: number;
}

const writers = { ".csv": csvLines, ".json": jsonLines } as const;
type Extension = keyof typeof writers;

const extensionOf = (file: string): Extension | undefined =>
  (Object.keys(writers) as Extension[]).find((extension) => file.endsWith(extension));

/** Says so before the run when the file's name has no known ending, or when it cannot be written. */
export function checkOutput(file: string): void {
  if (!extensionOf(file)) {
    const endings = Object.keys(writers).join(" or ");
    throw new UsageError(`--out: expected a file name that ends in ${endings}, got "${file}"; add the ending`);
  }
  try {
    const existed = existsSync(file);
    closeSync(openSync(file, "a"));
    if (!existed) unlinkSync(file);
  } catch (error) {
    throw new UsageError(unwritable(file, error), { cause: error });
  }
}

const unwritable = (file: string, error: unknown): string =>
  `--out: expected a file that can be written, got ${file} (${(error as Error).message}); choose another place`;

export async function writeResults(file: string, columns: readonly FileColumn[], rows: number): Promise<void> {
  const lines = writers[extensionOf(file) as Extension];
  const stream = createWriteStream(file);
  const failed = once(stream, "error").then(([error]) => {
    throw new Error(unwritable(file, error), { cause: error });
  });
  const write = async (): Promise<void> => {
    let text = "";
    for (const line of lines(columns, rows)) {
      text += line;
      if (text.length < 65536) continue;
      if (!stream.write(text)) await once(stream, "drain");
      text = "";
    }
    stream.end(text);
    await once(stream, "finish");
  };
  await Promise.race([write(), failed]);
}

const quoted = (name: string): string => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function* csvLines(columns: readonly FileColumn[], rows: number): Generator<string> {
  const names = columns.flatMap(({ name, width }) =>
    width === 1 ? [name] : Array.from({ length: width }, (_, i) => `${name}[${i}]`),
  );
  yield `${names.map(quoted).join(",")}\n`;
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (const { data, width } of columns) {
      for (let i = row * width; i < (row + 1) * width; i++) line += `,${data[i]}`;
    }
    yield `${line.slice(1)}\n`;
  }
}

function* jsonLines(columns: readonly FileColumn[], rows: number): Generator<string> {
  yield "{\n";
  for (const [index, { name, data, width }] of columns.entries()) {
    yield `  ${JSON.stringify(name)}: [`;
    for (let row = 0; row < rows; row++) {
      const values = Array.from({ length: width }, (_, i) => data[row * width + i] as number);
      // NaN and infinities have no JSON: null.
      yield (row === 0 ? "" : ",") + JSON.stringify(width === 1 ? values[0] : values);
    }
    yield `]${index + 1 < columns.length ? "," : ""}\n`;
  }
  yield "}\n";
}
