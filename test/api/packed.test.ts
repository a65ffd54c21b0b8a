import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { node, root } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "packed-"));
let files: string[] = [];

beforeAll(() => {
  const text = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename, files: packed }] = JSON.parse(text) as [{ filename: string; files: { path: string }[] }];
  files = packed.map(({ path }) => path);
  mkdirSync(join(folder, "node_modules/lanewise"), { recursive: true });
  execFileSync("tar", [
    "xzf",
    join(folder, filename),
    "--strip-components=1",
    "-C",
    join(folder, "node_modules/lanewise"),
  ]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("the tarball holds the build, the papers and nothing else", () => {
  const outside = files.filter((path) => !path.startsWith("dist/"));
  expect(outside.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  const wanted = [
    "index.js",
    "index.d.ts",
    "worker.js",
    "thread.cjs",
    "interpreter.cjs",
    "cli.js",
    "report.js",
    "report.d.ts",
    "report-page.js",
  ];
  for (const file of wanted) expect(files).toContain(`dist/${file}`);
});

test("an empty project imports it, without any other package, and runs the seed's example on two devices", async () => {
  const program = join(folder, "main.mjs");
  writeFileSync(
    program,
    `import { GridSpace, Parameter, ParallelExecution, setHostDeviceCount } from "lanewise";
    setHostDeviceCount(2);
    const free = (low) => new Parameter("p", 0, { low, high: 1, free: true });
    const space = new GridSpace({ param1: free(0), param2: free(-1) }, { n: 10 });
    const results = await new ParallelExecution((s) => s.param1.mul(s.param2), space, { nVmap: 5, nPmap: 2 }).run();
    console.log(results.length, results.at(-1), results.report.devices.length);`,
  );
  const { code, stdout, stderr } = await node([program], { cwd: folder });
  expect(stderr).toBe("");
  expect(stdout).toBe("100 1 2\n");
  expect(code).toBe(0);
});

test("reports need no other package either", async () => {
  const program = join(folder, "report.mjs");
  writeFileSync(
    program,
    `import { GridAxis, Space, SequentialExecution } from "lanewise";
    import { reportHtml } from "lanewise/report";
    const space = new Space({ a: new GridAxis(0, 1, 4) });
    const html = await reportHtml(await new SequentialExecution((s) => s.a.mul(2), space).run());
    console.log(html.startsWith("<!doctype html>"), html.length > 200_000);`,
  );
  expect(await node([program], { cwd: folder })).toEqual({ code: 0, stdout: "true true\n", stderr: "" });
});
