import { afterAll, beforeAll, test } from "vitest";
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
])("migrate $flags encrypts the matching objects only", async ({ name, flags, taken }, { expect: expectHere }) => {
  const { client, cli, place } = rehearsal;
  await createBucket(client, name, OBJECTS);
  const { code, stdout } = await cli("migrate", `s3://${name}`, ...place, ...flags);
  expectHere(code).toBe(taken.length === 0 ? 1 : 0);
  const left = ALL.length - taken.length;
  if (left > 0) expectHere(stdout).toMatch(new RegExp(`left out by filters +${left}\\n`));
  else expectHere(stdout).not.toContain("left out by filters");
  expectHere(await plaintextOf(client, name)).toEqual(ALL.filter((key) => !taken.includes(key)).sort());
});
