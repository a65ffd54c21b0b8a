/** A store as a table that is read in blocks of points: in, its data and a view; out, the source that exports read. */

import type { SpaceAxis } from "../space/space.ts";
import { coordinatesOf } from "./axes.ts";
import type { StoredData } from "./stored-data.ts";
import { statusName, type TableColumn, type TableSource } from "./table-source.ts";
import { sliceView, type View } from "./view.ts";

/** Points of a block where nothing was asked for. */
const BLOCK = 65536;

function columnsOf({ layout, labels }: StoredData): TableColumn[] {
  const column =
    (role: TableColumn["role"]) =>
    ({ name, dtype, shape }: Omit<TableColumn, "role">): TableColumn => ({ name, dtype, shape, role });
  const parameters = [...layout.axes, ...layout.parameters].map((array): TableColumn => {
    const said = labels[array.name];
    return { ...column("parameter")(array), ...(said && { labels: said }) };
  });
  const all = [...parameters, ...layout.results.map(column("result"))];
  const status = statusName(all.map(({ name }) => name));
  return [...all, { name: status, dtype: "uint8", shape: [], role: "status" }];
}

export async function storedTable(data: StoredData, view: View): Promise<TableSource> {
  const dimensions = view.dimensions ?? [];
  const loaded = await data.axesOf(dimensions);
  const columns = columnsOf(data);
  const axes = dimensions.map((d) => {
    const axis = loaded[d.axis] as SpaceAxis;
    return { name: axis.name, size: d.size, coordinates: coordinatesOf(axis, d) };
  });
  const read = (name: string, part: View) => {
    const array = data.arrays.find((candidate) => candidate.name === name);
    return array ? data.values(array, part) : data.reader.status(part);
  };
  return {
    columns,
    length: view.length,
    axes: view.dimensions && axes,
    async *blocks({ size = BLOCK, columns: names = columns.map(({ name }) => name) } = {}) {
      const wrong = names.find((name) => columns.every((column) => column.name !== name));
      if (wrong !== undefined) {
        const known = columns.map(({ name }) => name).join(", ");
        throw new RangeError(`table.blocks: expected columns among ${known}, got ${wrong}; correct the name`);
      }
      for (let first = 0; first < view.length; first += size) {
        const part = sliceView(view, first, 1, Math.min(size, view.length - first));
        yield await Promise.all(names.map((name) => read(name, part)));
      }
    },
  };
}
