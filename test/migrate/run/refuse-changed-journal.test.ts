import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/index.js";
import { refuseChangedJournal } from "../../../migrate/run/session.js";
import { edit, editLines, FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../manifest/run-folder.js";
import { migrated } from "../report/a-run.js";
import { closedJournal } from "../report/journal-of.js";

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
      /going on would hide that: journal\/000001\.ndjson: the journal does not hold together: 000002\.ndjson says that it held/,
    );
  });

  test("rejects a manifest of a later version", async () => {
    await edit(runDir, "manifest.json", (text) => text.replace("manifest/1", "manifest/2"));
    await expect(refuseChangedJournal(runDir)).rejects.toThrow(
      /"bucketseal\/manifest\/2" is not known to this version/,
    );
  });
});
