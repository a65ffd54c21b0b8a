/** What the numbers were measured on. */

import { execFileSync } from "node:child_process";
import os from "node:os";

/** The C compilers that are installed, with their versions. */
export function compilers() {
  const found = {};
  for (const name of ["gcc", "clang"]) {
    try {
      found[name] = execFileSync(name, ["--version"], { encoding: "utf8" }).split("\n")[0];
    } catch {
      // Not installed: the other one is the reference.
    }
  }
  return found;
}

export const machine = () => ({
  cpu: os.cpus()[0].model,
  cores: os.cpus().length,
  memory: os.totalmem(),
  system: `${os.type()} ${os.release()}`,
  node: process.version,
  v8: process.versions.v8,
  compilers: compilers(),
  load: os.loadavg()[0],
  time: new Date().toISOString(),
});
