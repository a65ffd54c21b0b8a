#!/usr/bin/env node
/** The words of the command line → what they ask for, and an exit code (failure.ts). */

import { readFileSync } from "node:fs";
import { cac } from "cac";
import { devicesText } from "./devices.ts";
import { type ExportOptions, exportStore } from "./export.ts";
import { describe, exitCodeOf, exitCodes, Stopped, UsageError } from "./failure.ts";
import { endBy } from "./interrupt.ts";
import { type ReportCommand, reportStore } from "./report.ts";
import { type RunOptions, run } from "./run.ts";
import { type ShowOptions, show } from "./show.ts";
import { verify } from "./verify.ts";

const version = (): string =>
  (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;

function commandLine() {
  const cli = cac("lanewise");
  cli.option("--debug", "Print the stack of an error");
  cli
    .command("run <file>", "Run the model of FILE over its space, on all devices")
    .option("--set <path=value>", "Give a parameter or number of the state a fixed value")
    .option("--axis <path=low:high:n[:log]>", "Make a leaf of the state an axis of n points")
    .option("--devices <n>", "Number of devices", { default: "auto" })
    .option("--batch <n>", "States side by side on a device", { default: "auto" })
    .option("--dtype <dtype>", "float32 or float64", { default: "float32" })
    .option("--store <dir>", "Write results to a Zarr store, chunk by chunk")
    .option("--resume", "Go on with the store where an earlier run stopped")
    .option("--overwrite", "Replace the store that is there")
    .option("--chunk <n>", "Most points of a chunk of the store")
    .option("--cache <dir>", "Keep results by what they were computed from, and compute no point twice")
    .option(
      "--reduce <result=mean,…>",
      "Keep no points, but what they reduce to: count, sum, mean, variance, std, min, …",
    )
    .option("--over <axes>", "Axes to reduce over; all points become one without")
    .option("--replications <n>", "Random streams of every point, as a further axis, replicate")
    .option("--on-error <what>", "record: points that fail are data; stop: end at the first", { default: "record" })
    .option("--no-fail-fast", "Go on even if the first 100 points all fail alike")
    .option("--timeout <seconds>", "Longest time for a batch; a device that takes longer is replaced")
    .option("--json", "Print one JSON object instead of tables and pictures")
    .option("--quiet", "Print nothing but errors (and --json)")
    .option("--out <file>", "Write parameters and results to a .parquet, .arrow, .csv or .json file")
    .option("--report [file]", "Write a page for a browser; report.html if no name is given")
    .example("lanewise run model.ts --axis coupling=0.01:10:200:log --set noise=0 --out results.csv")
    .action((file: string, options: RunOptions) => run(file, options));
  cli.command("devices", "List what an execution can run on").action(() => console.log(devicesText()));
  cli.command("verify <store>", "Read all of a store, and name what is damaged").action(verify);
  cli
    .command("show <file>", "Print what becomes of the model of FILE")
    .option("--program", "The traced program (default)")
    .option("--kernel", "The kernel: loops, registers, buffers")
    .option("--wasm", "The WebAssembly module")
    .action((file: string, options: ShowOptions) => show(file, options));
  cli
    .command("export <store>", "Write the points of a store as a table")
    .option("--to <file>", "Ends in .parquet, .arrow, .arrows, .csv or .json")
    .example("lanewise export results.zarr --to results.parquet")
    .action((store: string, options: ExportOptions) => exportStore(store, options));
  cli
    .command("report <store>", "Write what a store holds as one page for a browser")
    .option("--out <file>", "Name of the page", { default: "report.html" })
    .option("--show <output>", "The output that is shown first")
    .action((store: string, options: ReportCommand) => reportStore(store, options));
  cli.help((sections) => [
    ...sections,
    { title: "Exit codes", body: exitCodes.map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`).join("\n") },
  ]);
  cli.version(version());
  return cli;
}

/** How long a stopped process may take to end by itself. */
const PATIENCE_MS = 5000;

export async function main(argv: readonly string[]): Promise<number> {
  const debug = argv.includes("--debug");
  try {
    const cli = commandLine();
    const { args, options } = cli.parse([...argv], { run: false });
    if (options.help || options.version) return 0;
    if (!cli.matchedCommand) {
      if (args.length === 0) cli.outputHelp();
      const got = args.length === 0 ? "none" : `"${args[0]}"`;
      throw new UsageError(
        `lanewise: expected a command (run, export, report, verify, devices, show), got ${got}; see lanewise --help`,
      );
    }
    const code: unknown = await cli.runMatchedCommand();
    return typeof code === "number" ? code : 0;
  } catch (error) {
    console.error(describe(error, debug));
    // Threads that do not come to an end would keep the process alive.
    if (error instanceof Stopped) setTimeout(() => endBy(error.signal), PATIENCE_MS).unref();
    return exitCodeOf(error);
  }
}

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv);
