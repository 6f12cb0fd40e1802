import { afterAll, beforeAll, expect, test } from "vitest";
import { createBucket, plain, plaintextOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

const OBJECTS = [
  ...plain(2, "logs/2024/"),
  ...plain(1, "logs/2025/"),
  ...plain(1, "tmp/"),
  { Key: "big", Body: "x".repeat(5000) },
  { Key: "rare", Body: "rare", StorageClass: "STANDARD_IA" as const },
];
const ALL = OBJECTS.map(({ Key }) => Key);

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
});
afterAll(() => rehearsal.close());

test.concurrent.for([
  { name: "include", flags: ["--include", "logs/**"], taken: ["logs/2024/0000", "logs/2024/0001", "logs/2025/0000"] },
  { name: "include-twice", flags: ["--include", "tmp/*", "--include", "big"], taken: ["big", "tmp/0000"] },
  { name: "exclude", flags: ["--exclude", "logs/**", "--exclude", "tmp/**"], taken: ["big", "rare"] },
  { name: "min-size", flags: ["--min-size", "4KiB"], taken: ["big"] },
  { name: "max-size", flags: ["--max-size", "4"], taken: ["rare"] },
  { name: "class", flags: ["--storage-class", "STANDARD_IA"], taken: ["rare"] },
  { name: "after", flags: ["--modified-after", "2999-01-01"], taken: [] },
  { name: "before", flags: ["--modified-before", "2999-01-01"], taken: ALL },
])(
  "$flags takes what matches, and leaves the rest as it was",
  async ({ name, flags, taken }, { expect: expectHere }) => {
    const { client, cli, place } = rehearsal;
    await createBucket(client, name, OBJECTS);
    const { code } = await cli("migrate", `s3://${name}`, ...place, ...flags);
    expectHere(code).toBe(0);
    expectHere(await plaintextOf(client, name)).toEqual(ALL.filter((key) => !taken.includes(key)).sort());
  },
);

test("a filter that lets nothing through says that there was nothing to judge", async () => {
  const { client, cli, place } = rehearsal;
  await createBucket(client, "nothing", plain(1));
  const ran = await cli("audit", "s3://nothing", ...place, "--include", "absent/**");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("No object was found in scope") });
  expect(ran.stdout).not.toContain("Sealed");
});
