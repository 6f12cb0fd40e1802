import { join } from "node:path";
import { Command } from "commander";
import { demo } from "../demo/demo.js";
import { endProcess } from "../end-process.js";
import { EXIT } from "../exit-codes.js";

const EXAMPLES = `
Examples:
  bucketseal demo
  bucketseal demo --out demo-1`;

export function demoCommand(): Command {
  return new Command("demo")
    .description("declare, audit, migrate, verify and report, on a bucket of the built-in sandbox")
    .option("--out <folder>", "where the reports go (default: a new folder in bucketseal-runs/)")
    .addHelpText("after", EXAMPLES)
    .action(async ({ out }: { out?: string }) => {
      const name = `${new Date().toISOString().replaceAll(":", "-")}-demo`;
      // Nothing of it is worth keeping; what must be put in order listens to the exit.
      process.once("SIGINT", () => endProcess(EXIT.interrupted));
      process.exitCode = await demo(out ?? join("bucketseal-runs", name));
    });
}
