import { readFileSync } from "node:fs";
import { z } from "zod";

/** From package.json, which stands one folder above the sources and two above what is built of them. */
function readVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const parsed = z.object({ name: z.literal("bucketseal"), version: z.string() });
      return parsed.parse(JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"))).version;
    } catch {
      // The other place then.
    }
  }
  throw new Error("bucketseal was taken apart: its package.json is missing");
}

export const TOOL_VERSION = readVersion();
