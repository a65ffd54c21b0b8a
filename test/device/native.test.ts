import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { addressOf, nativeFunction, whyNotNative } from "../../src/device/native.ts";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const library = pathToFileURL(join(dist, "index.js")).href;

/** `mov rax, [rdi]; mov qword [rax], value; ret` on the first buffer's address. */
const storing = (value: number): Uint8Array =>
  new Uint8Array([0x48, 0x8b, 0x07, 0x48, 0xc7, 0x00, value, 0, 0, 0, 0xc3]);

/** Targets and reasons as a process of its own sees them. */
function devicesOf(script: string, ...flags: string[]): { target: string; why: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(stderr.replace(/^Warning: disabling flag.*\n/, "")).toBe("");
  return JSON.parse(stdout);
}

describe.skipIf(whyNotNative() !== undefined)("machine code", () => {
  test("runs on memory of this thread", () => {
    const memory = new BigInt64Array(2);
    nativeFunction(storing(42))(new BigInt64Array([addressOf(memory) + 8n]));
    expect([...memory]).toEqual([0n, 42n]);
  });

  test("is loaded once for the same bytes", () => {
    const code = storing(1);
    expect(nativeFunction(code)).toBe(nativeFunction(code));
    expect(nativeFunction(code)).not.toBe(nativeFunction(storing(1)));
  });

  test.runIf(process.platform === "linux")("runs where the system says that the processor has what it takes", () => {
    expect(readFileSync("/proc/cpuinfo", "utf8")).toMatch(/^flags.* fma .* avx2 /m);
  });

  test.runIf(process.platform === "linux")("is executable but not writable, and goes with its bytes", () => {
    const script = `
      import { readFileSync } from "node:fs";
      import { vmap } from ${JSON.stringify(library)};
      const executable = () => {
        const lines = readFileSync("/proc/self/maps", "utf8").split("\\n");
        const own = lines.filter((line) => / r-xp 00000000 00:00 0 *$/.test(line));
        // Neighbours may be one mapping: pages are counted.
        return own.reduce((sum, line) => {
          const [start, end] = line.split(" ")[0].split("-").map((x) => Number.parseInt(x, 16));
          return sum + (end - start) / 4096;
        }, 0);
      };
      const before = executable();
      for (let i = 0; i < 20; i++) vmap((x) => x.add(i))([1, 2, 3]);
      const during = executable();
      for (let i = 0; i < 80; i++) vmap((x) => x.sub(i))([1, 2, 3]);
      for (let i = 0; i < 20; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); }
      console.log(JSON.stringify({ before, during, after: executable() }));
    `;
    const flags = ["--expose-gc", "--input-type=module", "-e", script];
    const { before, during, after } = JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }));
    expect(during).toBeGreaterThanOrEqual(before + 20);
    // Of 100 programs the cache keeps 64; a page or two each, and room for what is not collected yet.
    expect(after).toBeLessThan(before + 90);
  });

  test.runIf(process.platform === "linux")("gives way where the system makes no memory executable", ({ skip }) => {
    // prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN): the engine itself then needs to do without, too.
    const koffi = createRequire(import.meta.url).resolve("koffi");
    const script = `
      import koffi from ${JSON.stringify(pathToFileURL(koffi).href)};
      const refused = koffi.load(null).func("prctl", "int", ["int", "ulong", "ulong", "ulong", "ulong"])(65, 1n, 0n, 0n, 0n) === 0;
      const { devices } = await import(${JSON.stringify(library)});
      console.log(JSON.stringify(refused ? devices()[0] : {}));
    `;
    const { target, why } = devicesOf(script, "--jitless");
    skip(target === undefined, "this kernel has no PR_SET_MDWE");
    expect(target).toBe("interpreter");
    expect(why).toContain("makes no memory executable");
  });
});

test("without koffi WebAssembly serves, and says why", () => {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-"));
  try {
    cpSync(dist, join(folder, "dist"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const alone = pathToFileURL(join(folder, "dist", "index.js")).href;
    const script = `
      import { devices, GridSpace, Parameter, ParallelExecution } from ${JSON.stringify(alone)};
      const space = new GridSpace({ a: new Parameter("a", 0, { low: 0, high: 1, free: true }) }, { n: 4 });
      let forced;
      try { new ParallelExecution((s) => s.a, space, { target: "x64" }); } catch (error) { forced = error.message; }
      console.log(JSON.stringify({ ...devices()[0], forced }));
    `;
    const { target, why, ...rest } = devicesOf(script);
    const reason = process.arch === "x64" ? "the optional package koffi is not installed" : "the processor is";
    expect({ target, why }).toMatchObject({ target: "wasm", why: expect.stringContaining(`not x64: ${reason}`) });
    expect((rest as unknown as { forced: string }).forced).toMatch(
      /^ParallelExecution: expected a target that runs here, got x64, but .*; leave out target to run wasm$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
