import { describe, expect, it } from "vitest";
import { x64 } from "../helpers/backends.ts";
import { runCampaign } from "./campaign.ts";
import type { Counts } from "./counts.ts";

/** Children work beside other tests: slower than alone. */
const PATIENCE = 600_000;

/** Which of these the seeds did not come to. */
const missing = (counts: Counts, ...wanted: string[]): string[] => wanted.filter((what) => !counts[what]);

const gathers = ["bool", "int32", "uint32", "float32", "float64"].flatMap((dtype) =>
  ["lane", "uniform"].map((kind) => `gathers of ${dtype} from ${kind} buffers`),
);

describe.concurrent("beside guard pages, every target gives the reference's bits", () => {
  it(
    "for 500 random programs",
    async () => {
      const { faults, counts } = await runCampaign({ kind: "programs", from: 0, count: 500, jobs: 2 });
      expect(faults).toEqual([]);
      expect(counts.programs).toBe(500);
      const loops = ["loops of no turn", "while loops until the last lane stops", "phis that change places"];
      const wanted = [...loops, "kernels with elements in the lanes"];
      const native = ["circles of moves at joins"];
      expect(missing(counts, "uses of float64", "uses of bool", ...wanted, ...(x64.canRun ? native : []))).toEqual([]);
    },
    PATIENCE,
  );

  it(
    "for random kernels, deep, wide and long ones among them",
    async () => {
      const { faults, counts } = await runCampaign({ kind: "kernels", from: 0, count: 160 });
      expect(faults).toEqual([]);
      expect(counts.kernels).toBe(160);
      expect(counts["most loops inside each other"]).toBeGreaterThan(8);
      const wanted = [
        "kernels of more than 1000 statements",
        "loops of no turn",
        "while loops until the last lane stops",
      ];
      const native = ["kernels with counters on the stack", "frames of more than a page", "circles of moves at joins"];
      expect(missing(counts, ...gathers, ...wanted, ...(x64.canRun ? native : []))).toEqual([]);
    },
    PATIENCE,
  );

  it(
    "for damaged program files that are still programs; all others are refused",
    async () => {
      const { faults, counts } = await runCampaign({ kind: "mutants", from: 0, count: 300 });
      expect(faults).toEqual([]);
      expect(counts.mutants).toBe(300);
      expect(missing(counts, "mutants refused when read", "mutants that run")).toEqual([]);
    },
    PATIENCE,
  );
});

describe.skipIf(!x64.canRun)("a kernel that reads beside its buffers", () => {
  it(
    "dies, on either side, and the seeds behind it still run",
    async () => {
      const { faults } = await runCampaign({ kind: "outside", from: 0, count: 2, faults: 5 });
      expect(faults.map(({ seed, what }) => `${seed} ${what}`)).toEqual(["0 died of SIGSEGV", "1 died of SIGSEGV"]);
    },
    PATIENCE,
  );
});
