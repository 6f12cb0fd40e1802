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

describe("a journal that is to be gone on with", () => {
  test("is taken as its last session left it, and as a killed one did, in the middle of a line", async () => {
    await refuseChangedJournal(runDir);
    await asIfKilled();
    await appendFile(join(runDir, SECOND_SEGMENT), '{"kind":"outco');
    await refuseChangedJournal(runDir);
  });

  test("is taken where there is none yet", async () => {
    await rm(join(runDir, "journal"), { recursive: true });
    await asIfKilled();
    await refuseChangedJournal(runDir);
  });

  test.each<[string, (lines: string[]) => string[]]>([
    ["edited", (lines) => lines.map((line) => line.replace('"none"', '"sse-s3"'))],
    ["removed", (lines) => lines.slice(0, -1)],
    ["appended", (lines) => [...lines, lines[1] ?? ""]],
  ])("is refused where a line of its last segment was %s since the manifest was written", async (_, change) => {
    await editLines(runDir, SECOND_SEGMENT, change);
    await expect(refuseChangedJournal(runDir)).rejects.toThrow(RunError);
  });

  test("is refused by the next segment where an earlier one was changed, without a manifest", async () => {
    await asIfKilled();
    await editLines(runDir, FIRST_SEGMENT, (lines) => lines.slice(0, -1));
    await expect(refuseChangedJournal(runDir)).rejects.toThrow(
      /going on would hide that: journal\/000001\.ndjson: the journal does not hold together: 000002\.ndjson says that it held/,
    );
  });

  test("is refused beside a manifest of a version to come", async () => {
    await edit(runDir, "manifest.json", (text) => text.replace("manifest/1", "manifest/2"));
    await expect(refuseChangedJournal(runDir)).rejects.toThrow(
      /"bucketseal\/manifest\/2" is not known to this version/,
    );
  });
});
