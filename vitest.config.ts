import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Folders whose tests leave nothing behind: no threads, no settings, no files. */
const pure = ["array", "base", "emit", "golden", "kernel", "op", "pass", "program", "report", "space"];
const files = pure.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  resolve: { alias: { lanewise: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: {
    // Worker threads cannot run the TypeScript sources: they run the built files.
    globalSetup: ["test/build.ts"],
    testTimeout: 20_000,
    // Many tests wait for processes of their own: a second one has room beside them, also on two cores.
    maxWorkers: 2,
    projects: [
      // Files that share one process share its modules, which take longer to read than many tests to run.
      { extends: true, test: { name: "pure", include: files, isolate: false } },
      { extends: true, test: { name: "running", include: ["test/**/*.test.ts"], exclude: files } },
    ],
  },
});
