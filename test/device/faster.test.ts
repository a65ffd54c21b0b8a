import { describe, expect, test } from "vitest";
import { FasterOfTwo } from "../../src/device/faster.ts";

/** Takes turns with the seconds that each way takes at each turn; gives the ways taken. */
function taken(turns: number, secondsOf: (way: 0 | 1, turn: number) => number): number[] {
  const ways = new FasterOfTwo();
  return Array.from({ length: turns }, (_, turn) => {
    const way = ways.next();
    ways.record(way, secondsOf(way, turn));
    return way;
  });
}

const share = (ways: readonly number[]): number => ways.reduce((sum, way) => sum + way, 0) / ways.length;

describe("the faster of two ways", () => {
  test("is taken nearly always, whichever it is", () => {
    expect(share(taken(500, (way) => [2, 1][way]!))).toBeGreaterThan(0.95);
    expect(share(taken(500, (way) => [1, 2][way]!))).toBeLessThan(0.05);
  });

  test("is found again soon after they have changed places", () => {
    const ways = taken(500, (way, turn) => (turn < 200 ? [1, 2] : [2, 1])[way]!);
    expect(share(ways.slice(100, 200))).toBeLessThan(0.05);
    expect(share(ways.slice(240))).toBeGreaterThan(0.95);
  });

  test("is not mistaken for a turn that was disturbed, or for code that is not good yet", () => {
    const ways = taken(500, (way, turn) => (turn < 6 ? 9 : turn % 5 === 0 ? 7 : [1, 1.2][way]!));
    expect(share(ways.slice(100))).toBeLessThan(0.1);
  });
});
