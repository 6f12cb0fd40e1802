import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { OPERATIONS } from "../../../migrate/store/operations.js";

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

it("exactly the operations that need a permission to put, delete or abort are writes", () => {
  for (const [operation, { access, actions }] of Object.entries(OPERATIONS)) {
    const writes = actions.some((action) => /^s3:(Put|Delete|Abort)/.test(action));
    expect([operation, access]).toEqual([operation, writes ? "write" : "read"]);
  }
});
