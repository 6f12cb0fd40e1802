import { MANIFEST_FILE } from "../journal/run-folder.js";
import { hashChunks } from "../journal/stage-files.js";
import type { Finding } from "./finding.js";
import { firstDifference } from "./first-difference.js";
import { LEAVES_FILE, type Manifest } from "./manifest.js";
import { treeOfJournal } from "./tree-of-journal.js";

/** Makes the tree over the lines again, and compares it with what the manifest says, and with journal.leaves. */
export async function checkTree(
  runDir: string,
  { files, journal }: Manifest,
  segments: readonly string[],
): Promise<Finding[]> {
  const reading = treeOfJournal(runDir, segments);
  const { sha256 } = await hashChunks(reading.leaves);
  const problem = firstDifference({ journal }, { journal: reading.tree() });
  if (problem !== undefined) return [{ kind: "tree-differs", path: MANIFEST_FILE, problem }];
  const said = files.find(({ path }) => path === LEAVES_FILE);
  return said === undefined || said.sha256 === sha256 ? [] : [{ kind: "leaves-differ", path: LEAVES_FILE }];
}
