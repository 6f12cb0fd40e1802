import { createHash } from "node:crypto";
import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { type Proof, type ProveOptions, proveKey } from "../../../migrate/evidence/prove-key.js";
import { alreadyEncrypted, closedJournal, failed, migrated, seen } from "../fixtures/records.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../fixtures/run-folder.js";
import { ed25519 } from "../fixtures/signing-keys.js";

const HOSTILE = 'é"\u2028\u001b[2J\n\\';
const OUTCOMES = [
  ...Array.from({ length: 20 }, (_, index) => migrated({ key: `key ${index}` })),
  migrated({ key: HOSTILE }),
  alreadyEncrypted({ key: "twice", before: seen({ state: "sse-s3", versionId: "v1" }) }),
  failed({ key: "twice", before: seen({ versionId: "v2" }) }),
];

let runDir: string;
beforeEach(async () => {
  runDir = await runFolder(closedJournal(OUTCOMES));
});
afterEach(() => rm(runDir, { recursive: true }));

const prove = (options: ProveOptions) => proveKey(runDir, options);
async function proven(options: ProveOptions): Promise<Extract<Proof, { kind: "proof" }>> {
  const proof = await prove(options);
  if (proof.kind !== "proof") throw new Error(`no proof: ${JSON.stringify(proof)}`);
  return proof;
}
async function unprovable(options: ProveOptions): Promise<string[]> {
  const proof = await prove(options);
  return proof.kind === "unprovable" ? proof.findings.map(findingWords) : [`it is no such: ${proof.kind}`];
}

/** With nothing of ours: what a third party computes who was given the line, its path and the root. */
function rootByHand({
  text,
  auditPath,
}: {
  text: string;
  auditPath: readonly { side: string; hash: string }[];
}): string {
  const sha256 = (hex: string) => createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");
  let hash = sha256(`00${Buffer.from(text).toString("hex")}`);
  for (const step of auditPath) hash = sha256(step.side === "left" ? `01${step.hash}${hash}` : `01${hash}${step.hash}`);
  return hash;
}

describe("proveKey", () => {
  it("returns audit paths that lead from every line to the root in the manifest", async () => {
    const { journal } = JSON.parse(await readFile(join(runDir, "manifest.json"), "utf8"));
    for (const key of new Set(OUTCOMES.map((outcome) => outcome.key))) {
      const { tree, lines } = await proven({ key });
      expect(tree.root).toBe(journal.root);
      for (const line of lines) {
        expect(rootByHand(line)).toBe(journal.root);
        expect(rootByHand({ ...line, text: line.text.replace('"b"', '"c"') })).not.toBe(journal.root);
      }
    }
  });

  it("returns position and exact text of the line", async () => {
    const { lines } = await proven({ key: HOSTILE });
    const text = (await readFile(join(runDir, SECOND_SEGMENT), "utf8")).split("\n")[9] ?? "";
    expect(JSON.parse(text).key).toBe(HOSTILE);
    expect(lines).toMatchObject([{ path: SECOND_SEGMENT, line: 10, index: 22, text }]);
  });

  it("returns every line of a key, or those of one version", async () => {
    const kinds = async (options: ProveOptions) =>
      (await proven(options)).lines.map(({ text }) => JSON.parse(text).outcome.kind);
    expect(await kinds({ key: "twice" })).toEqual(["already-encrypted", "failed"]);
    expect(await kinds({ key: "twice", versionId: "v2" })).toEqual(["failed"]);
  });

  it("finds no line for an absent key or version, or a part of a key", async () => {
    expect(await prove({ key: "absent" })).toEqual({ kind: "no-line", journalLines: 26, versionIds: [] });
    expect(await prove({ key: "key" })).toMatchObject({ kind: "no-line" });
    expect(await prove({ key: "twice", versionId: "v3" })).toEqual({
      kind: "no-line",
      journalLines: 26,
      versionIds: ["v1", "v2"],
    });
  });

  it("finds no line for a key that appears elsewhere in a line", async () => {
    await rm(runDir, { recursive: true });
    const notes = ['"key":"inside"'];
    runDir = await runFolder(closedJournal([migrated({ key: "outside", notes })]));
    expect(await prove({ key: "inside" })).toMatchObject({ kind: "no-line" });
  });

  it("refuses a line that was edited, or moved by the removal of an earlier line", async () => {
    await edit(runDir, FIRST_SEGMENT, (text) => text.replace('"key":"key 3"', '"key":"key 3","note":0'));
    expect(await unprovable({ key: "key 3" })).toEqual([`${FIRST_SEGMENT}: line 5 (s3://b/key 3) was edited`]);
    await editLines(runDir, FIRST_SEGMENT, (lines) => lines.slice(1));
    expect(await unprovable({ key: "key 7" })).toEqual([`${FIRST_SEGMENT}: line 8 (s3://b/key 7) was edited`]);
  });

  it("refuses, instead of finding no line, if a line was removed from the folder", async () => {
    await editLines(runDir, FIRST_SEGMENT, (lines) => lines.filter((line) => !line.includes('"key":"key 3"')));
    expect(await unprovable({ key: "key 3" })).toEqual([
      expect.stringMatching(/000001\.ndjson: differs from manifest\.json/),
      expect.stringMatching(/000001\.ndjson: line 5 was removed/),
    ]);
    expect(await unprovable({ key: "absent" })).toHaveLength(2);
  });

  it("refuses an appended line", async () => {
    await appendFile(join(runDir, SECOND_SEGMENT), `${JSON.stringify(migrated({ key: "new" }))}\n`);
    expect(await unprovable({ key: "new" })).toEqual([`${SECOND_SEGMENT}: line 14 (s3://b/new) was added`]);
  });

  it("refuses if the line hashes or the manifest were changed", async () => {
    const file = join(runDir, "journal.leaves");
    await edit(runDir, "manifest.json", (text) => text.replace(/("root": ").{4}/, "$10000"));
    expect(await unprovable({ key: "twice" })).toEqual([
      "journal.leaves: does not contain the hashes of the journal's lines",
    ]);
    await appendFile(file, "x");
    expect(await unprovable({ key: "twice" })).toEqual([
      expect.stringMatching(/^journal\.leaves: differs from manifest\.json/),
    ]);
    await rm(file);
    await rm(join(runDir, FIRST_SEGMENT));
    expect(await unprovable({ key: "twice" })).toEqual([`${FIRST_SEGMENT}: missing`, "journal.leaves: missing"]);
    await rm(join(runDir, "manifest.json"));
    expect(await unprovable({ key: "twice" })).toEqual([
      expect.stringMatching(/^manifest\.json: the manifest is missing/),
    ]);
  });

  it("reads no file outside the run folder that the manifest names as a segment", async () => {
    const outside = "../../../../../../dev/zero";
    await edit(runDir, "manifest.json", (text) => text.replaceAll(FIRST_SEGMENT, outside));
    expect(await unprovable({ key: "twice" })).toEqual([`${outside}: missing`]);
  });

  it("refuses a public key if the folder is unsigned", async () => {
    expect(await unprovable({ key: "twice", publicKeys: [ed25519().publicKey] })).toEqual([
      expect.stringContaining("there is no signature"),
    ]);
    expect(await proven({ key: "twice" })).toMatchObject({ signature: { kind: "unsigned" } });
  });
});
