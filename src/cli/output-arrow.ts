/** A table → Arrow's own formats: `.arrow` is the file, with an index at its end, `.arrows` the stream. */

import type { AsyncByteQueue, RecordBatchWriter } from "apache-arrow";
import { type ArrowModule, arrowBatch, arrowSchema, loadArrow } from "../execution/arrow.ts";
import type { TableSource } from "../execution/table-source.ts";
import type { Put } from "./output.ts";

export const writeArrow = (table: TableSource, put: Put): Promise<void> =>
  writeBatches(table, put, (arrow) => new arrow.RecordBatchFileWriter());

export const writeArrowStream = (table: TableSource, put: Put): Promise<void> =>
  writeBatches(table, put, (arrow) => new arrow.RecordBatchStreamWriter());

async function writeBatches(
  table: TableSource,
  put: Put,
  make: (arrow: ArrowModule) => RecordBatchWriter,
): Promise<void> {
  const arrow = await loadArrow("export");
  const { sink, taken } = collector(arrow);
  const drain = async (): Promise<void> => {
    for (const bytes of taken.splice(0)) await put(bytes);
  };
  const schema = arrowSchema(arrow, table.columns);
  const writer = make(arrow).reset(sink, schema);
  for await (const block of table.blocks()) {
    writer.write(arrowBatch(arrow, schema, table.columns, block));
    await drain();
  }
  writer.finish();
  await drain();
}

/** A sink that keeps nothing for a reader: what a batch writes is taken at once, so memory holds one batch. */
function collector(arrow: ArrowModule): { sink: AsyncByteQueue; taken: Uint8Array[] } {
  const sink = new arrow.AsyncByteQueue();
  const taken: Uint8Array[] = [];
  sink.write = (bytes) => {
    taken.push(bytes as Uint8Array);
  };
  return { sink, taken };
}
