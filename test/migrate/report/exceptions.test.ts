import { describe, expect, it } from "vitest";
import { createExceptionsFold } from "../../../migrate/report/exceptions.js";
import { outcomeRecord } from "../fixtures/records.js";
import { alreadyEncrypted, failed, migrated, vanished } from "./a-run.js";

function exceptionsOf(records: Parameters<ReturnType<typeof createExceptionsFold>["add"]>[0][], limit?: number) {
  const fold = createExceptionsFold(limit);
  records.forEach(fold.add);
  const { total, first } = fold.result();
  return { total, keys: first.map(({ key }) => key) };
}

describe("exceptions", () => {
  it("contain everything that was not plainly encrypted, worst first", () => {
    const records = [
      migrated({ key: "noted", notes: ["the ETag changed"] }),
      vanished({ key: "gone" }),
      outcomeRecord({ key: "skipped" }),
      outcomeRecord({ key: "refused", outcome: { kind: "refused", reason: "copy-unsupported" } }),
      failed({ key: "failed" }),
    ];
    expect(exceptionsOf(records)).toEqual({ total: 5, keys: ["failed", "refused", "skipped", "gone", "noted"] });
  });

  it("omit objects encrypted before, and objects encrypted without notes", () => {
    expect(exceptionsOf([migrated(), alreadyEncrypted({ notes: ["x"] })])).toEqual({ total: 0, keys: [] });
  });

  it("keep the worst and earliest up to the limit, and count all", () => {
    const skipped = ["s1", "s2", "s3"].map((key) => outcomeRecord({ key }));
    const records = [...skipped, failed({ key: "f1" }), failed({ key: "f2" })];
    expect(exceptionsOf(records, 3)).toEqual({ total: 5, keys: ["f1", "f2", "s1"] });
  });
});
