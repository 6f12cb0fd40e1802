import { expect, test } from "vitest";
import { bareEtag } from "../../../migrate/store/wire.js";

test.each([
  ['"abc-2"', "abc-2"],
  ["abc-2", "abc-2"],
  ["", ""],
  ['"abc', '"abc'],
])("bareEtag turns %s into %s", (given, bare) => {
  expect(bareEtag(given)).toBe(bare);
});
