/** Reports as a reader meets them: opened from disk, looked at, pointed at, driven by keys. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GridAxis, LogGridAxis, np, ParallelExecution, Parameter, Space, UniformSpace } from "../../src/index.ts";
import { type Reportable, type ReportOptions, reportHtml } from "../../src/report/report.ts";
import { tableOf } from "../helpers/table.ts";
import { Browser } from "./page.ts";
import { chromiumPath, hasChromium } from "./serve.ts";

const folder = mkdtempSync(join(tmpdir(), "reports-"));
const browser = new Browser();

const write = async (name: string, results: Reportable, options: ReportOptions = {}): Promise<string> => {
  const file = join(folder, name);
  writeFileSync(file, await reportHtml(results, options));
  return file;
};

/** Margins of the heat map, as in src/report/page/heatmap.ts. */
const margin = { top: 8, right: 12, bottom: 46, left: 62 };

/** Where in the page the cell (i to the right, j upwards) of an evenly spaced map lies. */
async function cellAt(tab: Page, i: number, columns: number, j: number, rows: number): Promise<[number, number]> {
  const box = (await tab.locator("#map").boundingBox()) as { x: number; y: number; width: number; height: number };
  const width = box.width - margin.left - margin.right;
  const height = box.height - margin.top - margin.bottom;
  return [box.x + margin.left + ((i + 0.5) / columns) * width, box.y + margin.top + (1 - (j + 0.5) / rows) * height];
}

const drawn = (tab: Page): Promise<void> =>
  tab.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20)))),
  );

const choice = (tab: Page, name: string) => tab.getByRole("combobox", { name });

/** What the readout says, by name. */
async function readout(tab: Page): Promise<Record<string, string>> {
  await drawn(tab);
  return tab.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll("#readout dl > div")].map((row) => [
        row.querySelector("dt")?.textContent ?? "",
        row.querySelector("dd")?.textContent ?? "",
      ]),
    ),
  );
}

/** Every pixel of the map, as one number that changes with any of them. */
const pixels = async (tab: Page): Promise<number> => {
  await drawn(tab);
  return tab.evaluate(() => {
    const canvas = document.querySelector("#map canvas") as HTMLCanvasElement;
    const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    );
    let hash = 7;
    for (const byte of data) hash = (Math.imul(hash, 31) + byte) | 0;
    return hash;
  });
};

if (!hasChromium()) console.warn(`the tests of reports in a browser are skipped: no Chromium at ${chromiumPath}`);

describe.skipIf(!hasChromium())("a report in a browser", () => {
  const files: Record<string, string> = {};

  beforeAll(async () => {
    const two = new Space({ a: new GridAxis(0, 9, 10), b: new GridAxis(0, 19, 20) }, { mode: "product" });
    const map = await new ParallelExecution(({ a, b }) => ({ sum: a.mul(100).add(b), ratio: b.div(a) }), two).run();
    files.map = await write("map.html", map, { title: "Two axes", show: "sum" });
    const four = new Space(
      {
        gain: new GridAxis(1, 5, 5),
        noise: new GridAxis(0, 3, 4),
        rate: new LogGridAxis(0.01, 10, 31),
        phase: new GridAxis(0, 1, 12),
      },
      { mode: "product" },
    );
    const many = await new ParallelExecution(({ gain, noise, rate, phase }) => {
      const times = np.arange(8);
      return { power: gain.mul(1000).add(noise.mul(100)).add(rate).add(phase), curve: times.mul(gain).add(noise) };
    }, four).run();
    files.many = await write("many.html", many, { title: "Four axes", show: "power" });
    const free = (low: number, high: number, unit?: string) =>
      new Parameter("p", 0, { low, high, free: true, ...(unit && { unit }) });
    const points = await new ParallelExecution(
      ({ u, v, w }) => ({ product: u.mul(v).mul(w) }),
      new UniformSpace({ u: free(0, 1), v: free(-1, 1, "mV"), w: free(0, 5) }, { N: 500 }),
    ).run();
    files.points = await write("points.html", points, { title: "Points" });
    const line = new Space({ x: new GridAxis(0, 10, 101) }, { mode: "product" });
    files.line = await write("line.html", await new ParallelExecution(({ x }) => ({ square: x.mul(x) }), line).run());
    const hostile = tableOf([
      { name: "<img src=x onerror=hacked=1>", dtype: "float64", data: Float64Array.of(1, 2, 3) },
      { name: "</script><script>hacked=2</script>", dtype: "float64", data: Float64Array.of(1, Number.NaN, 3) },
      { name: "status", dtype: "uint8", role: "status", data: Uint8Array.of(1, 2, 4) },
    ]);
    const title = "<script>hacked=3</script>";
    files.hostile = await write(
      "hostile.html",
      { table: () => hostile },
      { title, provenance: { "<i>": "<script>hacked=4</script>" } },
    );
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(["map", "many", "points", "line", "hostile"])(
    "%s opens from disk, asks for nothing and has no error",
    async (name) => {
      const { tab, faults, requests } = await browser.open(files[name] as string);
      await drawn(tab);
      await tab.emulateMedia({ colorScheme: "dark" });
      await drawn(tab);
      expect(faults).toEqual([]);
      expect(requests.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
      await tab.close();
    },
  );

  test("pointing at a cell shows its numbers, and leaving it those of the selected point", async () => {
    const { tab } = await browser.open(files.map as string);
    const before = await readout(tab);
    for (const [i, j] of [
      [0, 0],
      [19, 9],
      [3, 7],
      [12, 1],
    ] as const) {
      await tab.mouse.move(...(await cellAt(tab, i, 20, j, 10)));
      expect(await readout(tab)).toMatchObject({
        sum: String(100 * j + i),
        a: String(j),
        b: String(i),
        point: String(20 * j + i),
      });
    }
    await tab.mouse.move(5, 5);
    expect(await readout(tab)).toEqual(before);
    await tab.mouse.click(...(await cellAt(tab, 3, 20, 7, 10)));
    await tab.mouse.move(5, 5);
    expect(await readout(tab)).toMatchObject({ sum: "703", ratio: "0.428571" });
    await tab.close();
  });

  test("arrow keys move the selected point, and say where it is", async () => {
    const { tab } = await browser.open(files.map as string);
    await tab.focus("#map");
    for (const key of ["Home", "PageDown", "ArrowRight", "ArrowRight", "ArrowUp"]) await tab.keyboard.press(key);
    expect(await readout(tab)).toMatchObject({ sum: "102", a: "1", b: "2" });
    expect(await tab.textContent("#live")).toBe("sum 102 at a 1, b 2");
    await tab.keyboard.press("Shift+ArrowRight");
    await tab.keyboard.press("ArrowLeft");
    await tab.keyboard.press("PageUp");
    expect(await readout(tab)).toMatchObject({ a: "9", b: "11" });
    await tab.close();
  });

  test("profiles run through the current point: their dots lie where its value does", async () => {
    const { tab } = await browser.open(files.map as string);
    await tab.mouse.move(...(await cellAt(tab, 3, 20, 7, 10)));
    await drawn(tab);
    const label = await tab.getAttribute(".above svg", "aria-label");
    expect(label).toBe("sum along b");
    const dot = await tab.evaluate(() => {
      const circles = [...document.querySelectorAll(".above svg circle")];
      const last = circles.at(-1)?.getBoundingClientRect() as DOMRect;
      const map = (document.querySelector("#map") as HTMLElement).getBoundingClientRect();
      return last.x + last.width / 2 - map.x;
    });
    const [x] = await cellAt(tab, 3, 20, 7, 10);
    const box = (await tab.locator("#map").boundingBox()) as { x: number };
    expect(Math.abs(dot - (x - box.x))).toBeLessThan(1);
    await tab.close();
  });

  test("another output, other axes and logarithms change the picture and its numbers", async () => {
    const { tab } = await browser.open(files.map as string);
    const first = await pixels(tab);
    await choice(tab, "Output").selectOption({ label: "ratio" });
    await expect.poll(async () => (await readout(tab)).ratio).toBe("2");
    const ratio = await pixels(tab);
    expect(ratio).not.toBe(first);
    await choice(tab, "To the right").selectOption({ label: "a" });
    await tab.mouse.move(...(await cellAt(tab, 2, 10, 9, 20)));
    expect(await readout(tab)).toMatchObject({ a: "2", b: "9", ratio: "4.5" });
    expect(await choice(tab, "Upwards").inputValue()).toBe("1");
    await choice(tab, "Colours").selectOption("magma");
    expect(await pixels(tab)).not.toBe(ratio);
    await tab.close();
  });

  test("sliders cut through the other axes", async () => {
    const { tab } = await browser.open(files.many as string);
    // The two longest axes lie in the picture: phase and rate.
    expect(await choice(tab, "To the right").inputValue()).toBe("3");
    expect(await tab.getByRole("checkbox", { name: "rate" }).isChecked()).toBe(true);
    const before = await readout(tab);
    const picture = await pixels(tab);
    const slider = tab.getByRole("slider", { name: "gain" });
    await slider.focus();
    await slider.press("End");
    const after = await readout(tab);
    expect(after).toMatchObject({ gain: "5", noise: before.noise, rate: before.rate, phase: before.phase });
    expect(Number(after.power) - Number(before.power)).toBeCloseTo(2000, 1);
    expect(await pixels(tab)).not.toBe(picture);
    expect(await slider.getAttribute("aria-valuetext")).toBe("gain 5");
    expect(await tab.getByRole("slider", { name: "rate" }).count()).toBe(0);
    const wide = await pixels(tab);
    await tab.getByLabel("colours for this slice alone").check();
    expect(await pixels(tab)).not.toBe(wide);
    await tab.close();
  });

  test("an output with a shape is shown element by element, and whole at the current point", async () => {
    const { tab } = await browser.open(files.many as string);
    expect(await tab.locator("#curve").isVisible()).toBe(false);
    await choice(tab, "Output").selectOption({ label: "curve" });
    await expect.poll(() => tab.locator("#curve").isVisible()).toBe(true);
    const slider = tab.getByRole("slider", { name: "element" });
    await slider.focus();
    await slider.press("End");
    const now = await readout(tab);
    expect(now["curve[7]"]).toBe(String(7 * Number(now.gain) + Number(now.noise)));
    await tab.close();
  });

  test("points without axes are a scatter plot: pointing and arrow keys find them", async () => {
    const { tab, faults } = await browser.open(files.points as string);
    await tab.focus("#map");
    const before = await readout(tab);
    await tab.keyboard.press("ArrowRight");
    const after = await readout(tab);
    expect(Number(after.u)).toBeGreaterThan(Number(before.u));
    const { u, v, w, product } = after as { u: string; v: string; w: string; product: string };
    expect(v).toMatch(/ mV$/);
    expect(await tab.locator("#map svg").textContent()).toContain("v (mV)");
    const value = (text: string): number => Number.parseFloat(text.replace("−", "-"));
    expect(value(u) * value(v) * value(w)).toBeCloseTo(value(product), 4);
    expect(await tab.locator("#parallel").isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await tab.close();
  });

  test("dragging along an axis of the parallel coordinates keeps the lines that pass there", async () => {
    const { tab } = await browser.open(files.points as string);
    const said = (): Promise<string | null> => tab.textContent("#parallel .said");
    expect(await said()).toMatch(/^500 of 500 lines/);
    await tab.locator("#parallel").scrollIntoViewIfNeeded();
    const box = (await tab.locator("#parallel .stage").boundingBox()) as { x: number; y: number };
    await tab.mouse.move(box.x + 64, box.y + 34);
    await tab.mouse.down();
    await tab.mouse.move(box.x + 64, box.y + 34 + 120, { steps: 4 });
    await tab.mouse.up();
    const kept = Number(/^(\d+) of/.exec((await said()) ?? "")?.[1]);
    expect(kept).toBeGreaterThan(150);
    expect(kept).toBeLessThan(350);
    await tab.locator("#parallel .stage").dblclick();
    expect(await said()).toMatch(/^500 of 500 lines/);
    await tab.locator("#parallel summary").click();
    await tab.getByLabel("w: at least").fill("6");
    expect(await said()).toMatch(/^0 of 500 lines/);
    await tab.close();
  });

  test("one axis is a line; the pointer reads it", async () => {
    const { tab } = await browser.open(files.line as string);
    const box = (await tab.locator("#map").boundingBox()) as { x: number; y: number; width: number };
    const width = box.width - 62 - 16;
    await tab.mouse.move(box.x + 62 + ((30 + 0.5) / 101) * width, box.y + 100);
    expect(await readout(tab)).toMatchObject({ x: "3", square: "9" });
    await tab.close();
  });

  test("dark and light differ, and both can be read", async () => {
    const contrast = async (scheme: "light" | "dark"): Promise<[string, number]> => {
      const { tab } = await browser.open(files.many as string, scheme);
      const found = await tab.evaluate(() => {
        const bright = (css: string): number => {
          const [r = 0, g = 0, b = 0] = (css.match(/[\d.]+/g) ?? []).map((x) => {
            const s = Number(x) / 255;
            return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = getComputedStyle(document.documentElement).backgroundColor;
        const inks = [...document.querySelectorAll("h1, .lede, dt, dd, .help, .slider span, table th, svg")];
        const ratios = inks.map((element) => {
          const [a, b] = [bright(getComputedStyle(element).color), bright(paper)];
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        });
        return [paper, Math.min(...ratios)] as [string, number];
      });
      await tab.close();
      return found;
    };
    const [light, dark] = [await contrast("light"), await contrast("dark")];
    expect(light[0]).not.toBe(dark[0]);
    expect(light[1]).toBeGreaterThan(4.5);
    expect(dark[1]).toBeGreaterThan(4.5);
  });

  test("every control has a name, and all can be reached by Tab", async () => {
    const { tab } = await browser.open(files.many as string);
    const unnamed = await tab.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>("input, select")]
        .filter((control) => !control.getAttribute("aria-label") && !control.labels?.[0]?.textContent?.trim())
        .map((control) => control.outerHTML),
    );
    expect(unnamed).toEqual([]);
    const reached = new Set<string>();
    for (let i = 0; i < 40; i++) {
      await tab.keyboard.press("Tab");
      reached.add(await tab.evaluate(() => document.activeElement?.id || document.activeElement?.tagName || ""));
    }
    for (const what of ["SELECT", "INPUT", "map", "SUMMARY"]) expect(reached).toContain(what);
    await tab.close();
  });

  test("names that are markup do nothing, and are shown as they are", async () => {
    const { tab } = await browser.open(files.hostile as string);
    expect(await tab.evaluate("globalThis.hacked")).toBeUndefined();
    expect(await tab.textContent("h1")).toBe("<script>hacked=3</script>");
    expect(Object.keys(await readout(tab))).toContain("</script><script>hacked=2</script>");
    expect(await tab.locator("#failed tbody tr").count()).toBe(2);
    await tab.close();
  });

  test("a million points open quickly", async () => {
    const size = 1000;
    const space = new Space({ a: new GridAxis(0, 1, size), b: new GridAxis(0, 1, size) }, { mode: "product" });
    const results = await new ParallelExecution(
      ({ a, b }) => ({ wave: a.mul(20).sin().add(b.mul(b).mul(30).cos()) }),
      space,
    ).run();
    const file = await write("million.html", results, { title: "A million points" });
    const { tab, faults } = await browser.open(file);
    const milliseconds = await tab.evaluate("performance.getEntriesByName('ready')[0].startTime");
    console.log(`a report of 1000 × 1000 points is ready after ${Math.round(milliseconds as number)} ms`);
    // Two seconds on a machine that does nothing else, which this one may not be.
    expect(milliseconds).toBeLessThan(8000);
    await tab.mouse.move(...(await cellAt(tab, 250, size, 500, size)));
    const { a, b, wave } = (await readout(tab)) as { a: string; b: string; wave: string };
    const expected = Math.sin(20 * Number(a)) + Math.cos(30 * Number(b) ** 2);
    expect(Number(wave.replace("−", "-"))).toBeCloseTo(expected, 4);
    expect(faults).toEqual([]);
    await tab.close();
  }, 60_000);
});
