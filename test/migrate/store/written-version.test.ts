import { expect, test } from "vitest";
import { writtenVersion } from "../../../migrate/store/wire.js";

test("a write names its version, unless that is the null version, or none", () => {
  expect(writtenVersion("v1")).toBe("v1");
  expect(writtenVersion("null")).toBeNull();
  expect(writtenVersion(undefined)).toBeNull();
});
