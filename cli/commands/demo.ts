import { join } from "node:path";
import { Command } from "commander";
import { demo } from "../demo/demo.js";

export function demoCommand(): Command {
  return new Command("demo")
    .description("declare, audit, migrate, verify and report, on a bucket of the built-in sandbox")
    .option("--out <folder>", "where the reports go (default: a new folder in bucketseal-runs/)")
    .action(async ({ out }: { out?: string }) => {
      const name = `${new Date().toISOString().replaceAll(":", "-")}-demo`;
      process.exitCode = await demo(out ?? join("bucketseal-runs", name));
    });
}
