import { expect, test } from "vitest";
import { bareEtag } from "../../../migrate/store/wire.js";

test.each([
  ['"abc-2"', "abc-2"],
  ["abc-2", "abc-2"],
  ["", ""],
  ['"abc', '"abc'],
])("the ETag %s is %s without its quotes", (given, bare) => {
  expect(bareEtag(given)).toBe(bare);
});
