import { defineConfig } from "tsdown";

/** Three entries beside each other: the library, the file its worker threads run, and the command. */
export default defineConfig({
  entry: { index: "src/index.ts", worker: "src/device/worker.ts", cli: "src/cli/main.ts" },
  format: "esm",
  platform: "neutral",
  target: "es2023",
  dts: { entry: "src/index.ts" },
  deps: { neverBundle: [/^node:/] },
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
});
