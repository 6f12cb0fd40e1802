import { readdir } from "node:fs/promises";
import { UsageError } from "../../migrate/index.js";

/** Any of them shows that a run was here, even where the others were removed. */
const SIGNS: ReadonlySet<string> = new Set(["run.json", "manifest.json", "summary.json"]);

/** Throws where a folder was never a run's: that is a mistyped name, and says nothing about a report. */
export async function refuseOtherFolder(runDir: string): Promise<void> {
  const refuse = (because: string) =>
    new UsageError([`"${runDir}" is no run folder (${because}): name the folder that audit or migrate wrote`]);
  const names = await readdir(runDir).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === "ENOENT" ? "it does not exist" : error.code === "ENOTDIR" ? "a file" : error.message);
  });
  if (!names.some((name) => SIGNS.has(name))) throw refuse(`it holds none of ${[...SIGNS].join(", ")}`);
}
