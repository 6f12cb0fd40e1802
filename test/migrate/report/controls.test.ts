import { describe, expect, it } from "vitest";
import { CONTROLS, evidenceSeen, STANDARDS } from "../../../migrate/report/controls.js";
import { renderHtml } from "../../../migrate/report/html/render-html.js";
import { renderMarkdown } from "../../../migrate/report/markdown/render-markdown.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  closedJournal,
  failed,
  migrated,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";

describe("CONTROLS", () => {
  it("contain one control per standard, each with a source and with what it does not show", () => {
    expect(CONTROLS.map(({ standard }) => standard)).toEqual(Object.keys(STANDARDS));
    for (const { source, notShown } of CONTROLS) {
      expect(new URL(source).protocol).toBe("https:");
      expect(notShown).not.toBe("");
    }
  });

  it("appear in page and summary with the evidence, and no standard is claimed to be met", async () => {
    const survey = await surveyOf(closedJournal([migrated()]));
    const page = [...renderHtml({ run: aRun(), survey })].join("");
    const text = renderMarkdown({ run: aRun(), survey }).join("");
    for (const { id } of CONTROLS) {
      expect(page).toContain(` ${id}</b>`);
      expect(text).toContain(` ${id}**`);
    }
    for (const report of [page, text]) {
      expect(report).toContain("1 of 1 current object seen to be encrypted");
      expect(report).toContain("says of no standard that it is met");
      expect(report).not.toMatch(/\b(is|are) (compliant|certified)\b|\bcomplies with\b/i);
    }
  });
});

describe("evidenceSeen", () => {
  it("counts only objects that the store itself showed as encrypted, and buckets with a default", async () => {
    const stated = alreadyEncrypted({ before: seen({ state: "provider-managed", evidence: "provider-statement" }) });
    const { summary } = await surveyOf([
      ...closedJournal([migrated(), failed(), stated]),
      versionRecord(),
      versionRecord({ outcome: { kind: "encrypted", reason: "sse-s3" } }),
      versionCheckpoint({ listed: 2, end: true }),
    ]);
    const none = { before: "none", after: "none" } as const;
    const run = aRun({ buckets: [bucketFindings(), bucketFindings({ bucket: "c", defaultEncryption: none })] });
    expect(evidenceSeen(summary, run)).toEqual([
      "1 of 3 current objects seen to be encrypted at rest by the store's own answers.",
      "1 of 2 older versions seen to be encrypted at rest.",
      "1 of 2 buckets with a default encryption when last read.",
      "Verdict of the run: Not sealed.",
    ]);
  });

  it("counts the objects with evidence from an earlier run or an inventory", async () => {
    const taken = alreadyEncrypted({ before: seen({ state: "sse-s3", evidence: "baseline" }) });
    const listed = alreadyEncrypted({ key: "l", before: seen({ state: "sse-s3", evidence: "inventory" }) });
    const { summary } = await surveyOf(closedJournal([taken, listed, alreadyEncrypted({ key: "r" })]));
    expect(evidenceSeen(summary, aRun())[0]).toBe(
      "3 of 3 current objects seen to be encrypted at rest by the store's own answers; those about 2 objects are in an earlier, verified run or in an inventory.",
    );
  });

  it("says whether noncurrent versions were not examined or do not exist", async () => {
    const { summary } = await surveyOf(closedJournal([migrated()]));
    const versioned = aRun({ buckets: [bucketFindings(), bucketFindings({ bucket: "c", versioning: "enabled" })] });
    expect(evidenceSeen(summary, versioned)).toContain("Older versions were not looked at.");
    expect(evidenceSeen(summary, aRun())).toContain("No bucket keeps older versions.");
  });
});
