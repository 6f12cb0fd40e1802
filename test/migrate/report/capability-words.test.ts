import { expect, it } from "vitest";
import { capabilityWords } from "../../../migrate/report/words.js";
import { capabilities } from "../fixtures/facts.js";

it("capabilityWords lists what decides how objects are copied, and the source of that knowledge", () => {
  const values = { ...capabilities({ copyIfMatch: false, completeMultipartIfMatch: true }) };
  const words = capabilityWords({ from: "probe", values });
  expect(words).toMatch(/^probed: If-Match on copy no, on completing an upload yes, /);
  expect(capabilityWords({ from: "documents", values })).toBe(words.replace("probed", "documented"));
});

it("capabilityWords omits unknown capabilities, and says if the bucket was not probed", () => {
  expect(capabilityWords({ from: "probe", values: { copyIfMatch: true } })).toBe("probed: If-Match on copy yes");
  expect(capabilityWords(undefined)).toBe("not probed");
});
