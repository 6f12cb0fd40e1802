import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { OPERATIONS, type Operation } from "../../../migrate/store/operations.js";
import { answerTimeoutMs } from "../../../migrate/store/wire.js";

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const policy = JSON.parse(readFileSync(new URL("../../../docs/iam-policy.json", import.meta.url), "utf8")) as Policy;

it("the operations need exactly the permissions that the documented policy grants", () => {
  const needed = Object.values(OPERATIONS).flatMap(({ actions }) => actions);
  const granted = policy.Statement.flatMap(({ Action }) => Action);
  expect([...new Set(granted)].sort()).toEqual([...new Set(needed)].sort());
  expect(granted).toHaveLength(new Set(granted).size);
});

it("exactly the operations that need a permission to put, update, delete or abort are writes", () => {
  for (const [operation, { access, actions }] of Object.entries(OPERATIONS)) {
    const writes = actions.some((action) => /^s3:(Put|Update|Delete|Abort)/.test(action));
    expect([operation, access]).toEqual([operation, writes ? "write" : "read"]);
  }
});

const ALL = Object.keys(OPERATIONS) as Operation[];
const SLOW = ALL.filter((operation) => answerTimeoutMs(operation) > 60_000);

test("answerTimeoutMs allows minutes only for operations that copy or carry a whole object", () => {
  expect(SLOW.toSorted()).toEqual(
    ["completeMultipartUpload", "copyObject", "getObject", "openObject", "putObject", "uploadPartCopy"].toSorted(),
  );
  for (const operation of SLOW) expect(answerTimeoutMs(operation)).toBe(300_000);
  expect(answerTimeoutMs("headObject")).toBe(60_000);
});
