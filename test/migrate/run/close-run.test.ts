import { appendFile, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TOOL_VERSION, WriteError } from "../../../migrate/errors.js";
import { checkRun, readRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { RunError, rewriteReports, UsageError, verdictOf } from "../../../migrate/index.js";
import { stageFile } from "../../../migrate/journal/stage-files.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { refuseChangedJournal } from "../../../migrate/run/session.js";
import { aRun, closedJournal, failed, migrated } from "../fixtures/records.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../fixtures/run-folder.js";
import { ecdsa, ed25519, fileWith, type Pair } from "../fixtures/signing-keys.js";

describe("changed journal", () => {
  let runDir: string;
  beforeEach(async () => {
    runDir = await runFolder(closedJournal(["a", "b", "c", "d"].map((key) => migrated({ key }))));
  });
  afterEach(() => rm(runDir, { recursive: true }));

  const asIfKilled = () => rm(join(runDir, "manifest.json"));

  describe("refuseChangedJournal", () => {
    test("accepts the journal of a closed session, and of a killed one with a torn line", async () => {
      await refuseChangedJournal(runDir);
      await asIfKilled();
      await appendFile(join(runDir, SECOND_SEGMENT), '{"kind":"outco');
      await refuseChangedJournal(runDir);
    });

    test("accepts a run without a journal", async () => {
      await rm(join(runDir, "journal"), { recursive: true });
      await asIfKilled();
      await refuseChangedJournal(runDir);
    });

    test.each<[string, (lines: string[]) => string[]]>([
      ["edited", (lines) => lines.map((line) => line.replace('"none"', '"sse-s3"'))],
      ["removed", (lines) => lines.slice(0, -1)],
      ["appended", (lines) => [...lines, lines[1] ?? ""]],
    ])("rejects a line of the last segment that was %s since the manifest was written", async (_, change) => {
      await editLines(runDir, SECOND_SEGMENT, change);
      await expect(refuseChangedJournal(runDir)).rejects.toThrow(RunError);
    });

    test("rejects a changed earlier segment by the next one, without a manifest", async () => {
      await asIfKilled();
      await editLines(runDir, FIRST_SEGMENT, (lines) => lines.slice(0, -1));
      await expect(refuseChangedJournal(runDir)).rejects.toThrow(
        /continuing would hide that: journal\/000001\.ndjson: the journal is inconsistent: 000002\.ndjson says that it contained/,
      );
    });

    test("rejects a manifest of a later version", async () => {
      await edit(runDir, "manifest.json", (text) => text.replace("manifest/1", "manifest/2"));
      await expect(refuseChangedJournal(runDir)).rejects.toThrow(
        /"bucketseal\/manifest\/2" is not known to this version/,
      );
    });
  });
});

const UNENDED = { startedAt: "2026-01-01T00:00:00.000Z", endedAt: null, end: null, message: null };
const ENDED = { ...UNENDED, endedAt: "2026-01-01T00:01:00.000Z", end: "complete" as const };
const WRITTEN = ["summary.json", "report.csv", "report.md", "run.json", "journal.leaves", "manifest.json"];

async function contents(runDir: string): Promise<Record<string, string>> {
  const entries = await readdir(runDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(path, "latin1")])));
}

async function unended(): Promise<string> {
  const runDir = await runFolder(closedJournal([migrated(), failed()]), aRun({ sessions: [UNENDED] }));
  for (const name of await readdir(runDir)) if (!["run.json", "journal"].includes(name)) await rm(join(runDir, name));
  return runDir;
}

describe("closeRun on a full disk", () => {
  test.for(WRITTEN)(
    "leaves the folder unchanged and resumable if it fails at %s, and completes it later",
    { tags: ["slow"] },
    async (full) => {
      const runDir = await unended();
      const before = await contents(runDir);
      const run = aRun({ sessions: [ENDED] });
      const stage: typeof stageFile = (path, chunks) =>
        path.endsWith(full) ? Promise.reject(new WriteError(path, "ENOSPC", null)) : stageFile(path, chunks);
      await expect(closeRun(runDir, run, ["csv", "md"], null, { stage })).rejects.toThrow(
        `${full}" cannot be written (ENOSPC)`,
      );
      expect(await contents(runDir)).toEqual(before);
      const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
      expect([verdictOf(findings), findings.map(findingWords).join()]).toEqual([
        "stopped",
        expect.stringContaining("migrate --resume --out"),
      ]);
      await closeRun(runDir, run, ["csv", "md"]);
      expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
    },
  );

  test("keeps the earlier reports and their manifest when reports are regenerated", async () => {
    const runDir = await runFolder(closedJournal([migrated(), failed()]));
    const before = await contents(runDir);
    const stage: typeof stageFile = (path, chunks) =>
      path.endsWith("manifest.json") ? Promise.reject(new WriteError(path, "ENOSPC", null)) : stageFile(path, chunks);
    await expect(closeRun(runDir, aRun(), ["csv", "ocsf"], null, { stage })).rejects.toThrow(WriteError);
    expect(await contents(runDir)).toEqual(before);
  });
});

describe("checkRun of a stopped run", () => {
  test.for(["interrupted", "aborted"] as const)(
    "reports %s as stopped, whatever the totals, and still finds changes",
    async (end) => {
      const runDir = await runFolder([migrated()], aRun({ sessions: [{ ...ENDED, end }] }));
      const { findings } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
      expect(findings).toEqual([{ kind: "run-stopped", path: "run.json", command: "migrate", end }]);
      expect(findingWords(findings[0] as never)).toMatch(
        /continue it with bucketseal migrate --resume --out .* --endpoint/,
      );
      await rm(join(runDir, "report.csv"));
      expect(verdictOf((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings)).toBe("not-intact");
    },
  );
});

describe("reports written again", () => {
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
        `is signed by ${operator.signer.keyid}, and the new reports would differ from the signed ones`,
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
      await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(
        /new reports would hide that: report\.md: differs from/,
      );
      await rewriteReports(runDir, ["csv", "md"]);
      expect(await words()).toEqual([]);
    });

    test("refuses a run of a later version, and names it", async () => {
      await edit(runDir, "run.json", (text) => text.replace("run/1", "run/2"));
      await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow(
        /contains no readable run \(run\.json: schema: "bucketseal\/run\/2" is not known to this version, which reads "bucketseal\/run\/1"/,
      );
    });

    test("refuses a manifest other than the signed one", async () => {
      await signBy(operator);
      await edit(runDir, "manifest.json", (text) => text.replace('"bytes": 1', '"bytes": 2'));
      await expect(rewriteReports(runDir, ["csv"])).rejects.toThrow("it is not the manifest that was signed");
    });
  });
});
