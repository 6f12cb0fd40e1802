import { expect, test } from "vitest";
import { OPERATIONS, type Operation } from "../../../migrate/store/operations.js";
import { answerTimeoutMs } from "../../../migrate/store/timeouts.js";

const ALL = Object.keys(OPERATIONS) as Operation[];
const SLOW = ALL.filter((operation) => answerTimeoutMs(operation) > 60_000);

test("answerTimeoutMs allows minutes only for operations that copy or carry a whole object", () => {
  expect(SLOW.toSorted()).toEqual(
    ["completeMultipartUpload", "copyObject", "getObject", "openObject", "putObject", "uploadPartCopy"].toSorted(),
  );
  for (const operation of SLOW) expect(answerTimeoutMs(operation)).toBe(300_000);
  expect(answerTimeoutMs("headObject")).toBe(60_000);
});
