import { expect, test } from "vitest";
import { writtenVersion } from "../../../migrate/store/wire.js";

test("writtenVersion returns the version ID, or null for the null version or none", () => {
  expect(writtenVersion("v1")).toBe("v1");
  expect(writtenVersion("null")).toBeNull();
  expect(writtenVersion(undefined)).toBeNull();
});
