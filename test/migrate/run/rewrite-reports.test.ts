import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TOOL_VERSION } from "../../../migrate/errors.js";
import { checkRun, readRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { RunError, rewriteReports, UsageError } from "../../../migrate/index.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { edit, runFolder } from "../manifest/run-folder.js";
import { failed, migrated } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";
import { ecdsa, ed25519, fileWith, type Pair } from "../signature/keys.js";

const [operator, auditor] = [ed25519(), ecdsa()];

let runDir: string;
beforeEach(async () => {
  runDir = await runFolder(closedJournal([migrated({ key: "a" }), failed({ key: "b" })]));
});
afterEach(() => rm(runDir, { recursive: true }));

/** Signs the folder as it is, without the formats that are left out. */
async function signBy({ signer }: Pair, without: readonly string[] = []): Promise<void> {
  for (const file of without) await rm(join(runDir, file), { force: true });
  const run = await readRun(runDir);
  if ("kind" in run) throw new Error("no run");
  await closeRun(runDir, run, [], signer);
}
const words = async (...keys: Pair[]) => {
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  return (await checkRun(runDir, { toolVersion: TOOL_VERSION, publicKeys })).findings.map(findingWords);
};
const read = (file: string) => readFile(join(runDir, file), "utf8");

describe("rewriteReports", () => {
  test("keeps the signatures if the reports are byte-identical", async () => {
    await signBy(operator);
    await signBy(auditor);
    const before = [await read("manifest.json"), await read("manifest.dsse.json")];
    await rm(join(runDir, "report.csv"));
    await edit(runDir, "report.md", (text) => text.replace("failed", "passed"));
    expect(await rewriteReports(runDir, ["csv", "md"])).toMatchObject({ dropped: [] });
    expect([await read("manifest.json"), await read("manifest.dsse.json")]).toEqual(before);
    expect(await words(operator, auditor)).toEqual([]);
  });

  test("refuses to invalidate a signature, and writes nothing", async () => {
    await signBy(operator, ["report.csv"]);
    const before = await read("manifest.json");
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(UsageError);
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(
      `is signed by ${operator.signer.keyid}, and the reports would not be those that were signed`,
    );
    expect(await read("manifest.json")).toBe(before);
    await expect(read("report.csv")).rejects.toThrow("ENOENT");
    expect(await words(operator)).toEqual([]);
  });

  test("drops the signature with dropSignature, and leaves an intact unsigned folder", async () => {
    await signBy(operator, ["report.csv"]);
    const { dropped, seal } = await rewriteReports(runDir, ["csv"], { dropSignature: true });
    expect(dropped).toEqual([operator.signer.keyid]);
    expect(seal.signedBy).toBe(null);
    expect(await words()).toEqual([]);
    expect(await words(operator)).toEqual([expect.stringContaining("there is no signature")]);
  });

  test("signs again with the same key without dropSignature", async () => {
    await signBy(operator, ["report.csv"]);
    const sign = await fileWith(operator.privatePem);
    expect(await rewriteReports(runDir, ["csv"], { sign })).toMatchObject({
      dropped: [],
      seal: { signedBy: operator.signer.keyid },
    });
    expect(await words(operator)).toEqual([]);
  });

  test("replaces the signature of another key only with dropSignature", async () => {
    await signBy(auditor, ["report.csv"]);
    const sign = await fileWith(operator.privatePem);
    await expect(rewriteReports(runDir, ["csv"], { sign })).rejects.toThrow(auditor.signer.keyid);
    expect(await words(auditor)).toEqual([]);
    const { dropped } = await rewriteReports(runDir, ["csv"], { sign, dropSignature: true });
    expect(dropped).toEqual([auditor.signer.keyid]);
    expect(await words(operator)).toEqual([]);
  });

  test("writes nothing with an unusable key", async () => {
    await rm(join(runDir, "report.csv"));
    await expect(rewriteReports(runDir, ["csv"], { sign: "/absent" })).rejects.toThrow(
      '--sign: "/absent" cannot be used: it does not exist',
    );
    await expect(read("report.csv")).rejects.toThrow("ENOENT");
  });

  test("refuses if another report was changed", async () => {
    await edit(runDir, "report.md", (text) => text.replace("failed", "passed"));
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(RunError);
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(/new reports would hide that: report\.md: not what/);
    await rewriteReports(runDir, ["csv", "md"]);
    expect(await words()).toEqual([]);
  });

  test("refuses a run of a later version, and names it", async () => {
    await edit(runDir, "run.json", (text) => text.replace("run/1", "run/2"));
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(
      /holds no run that could be read \(run\.json: schema: "bucketseal\/run\/2" is not known to this version, which reads "bucketseal\/run\/1"/,
    );
  });

  test("refuses a manifest other than the signed one", async () => {
    await signBy(operator);
    await edit(runDir, "manifest.json", (text) => text.replace('"bytes": 1', '"bytes": 2'));
    await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow("it is not the manifest that was signed");
  });
});
