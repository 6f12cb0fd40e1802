import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { digestOfRun } from "../../../migrate/evidence/check-run.js";
import { hashFile } from "../../../migrate/journal/stage-files.js";
import { newFolder } from "../../buckets/start-world.js";

it("digestOfRun equals sha256sum of the journal and run.json, independent of reports", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "journal"));
  const paths = ["report.md", "run.json", "journal/000002.ndjson", "journal/000001.ndjson"];
  for (const path of paths) await writeFile(join(folder, path), `content of ${path}`);
  const entries = await Promise.all(paths.map(async (path) => ({ path, ...(await hashFile(join(folder, path))) })));
  const command = "sha256sum journal/*.ndjson run.json | sha256sum";
  const printed = execFileSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" }).split(" ")[0];
  expect(digestOfRun(entries)).toBe(printed);
  expect(digestOfRun(entries.slice(1))).toBe(printed);
  expect(digestOfRun(entries.slice(2))).not.toBe(printed);
});
