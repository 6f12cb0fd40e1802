import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "../../../migrate/journal/record.js";
import type { Scope } from "../../../migrate/model/scope.js";
import { type Group, type Groups, sizeBandOf } from "../../../migrate/report/groups.js";
import { summarise } from "../../../migrate/report/survey.js";
import type { Tally } from "../../../migrate/report/tally.js";
import { alreadyEncrypted, closedJournal, failed, journalOf, migrated, seen, vanished } from "../fixtures/records.js";

const fold = (records: OutcomeRecord[], scopes: Scope[] = [{ bucket: "b", prefix: "" }]) =>
  summarise(journalOf(closedJournal(records)), scopes);

const KINDS = [migrated, alreadyEncrypted, failed, vanished] as const;
const keys = fc.oneof(fc.constantFrom("a/1", "a/b/2", "c", "/", "//x", "d/e"), fc.string({ maxLength: 4 }));
const records = fc.array(
  fc.record({ kind: fc.nat({ max: 3 }), key: keys, sizeBytes: fc.nat(), storageClass: fc.string({ maxLength: 2 }) }),
  { maxLength: 40 },
);

/** A table's tallies of all groups, added up, without what is nothing. */
function added(groups: Groups<object>, table: keyof Group): Record<string, Tally> {
  const sums: Record<string, { objects: number; bytes: number }> = {};
  for (const group of [...groups.groups, ...(groups.others ? [groups.others] : [])]) {
    for (const [name, { objects, bytes }] of Object.entries(group[table])) {
      const sum = sums[name] ?? { objects: 0, bytes: 0 };
      sums[name] = { objects: sum.objects + objects, bytes: sum.bytes + bytes };
    }
  }
  return sums;
}

const withoutNothing = (table: Readonly<Record<string, Tally>>) =>
  Object.fromEntries(Object.entries(table).filter(([, { objects }]) => objects > 0));

describe("groups of a summary", () => {
  it("add up to the totals by outcome and state, for any keys, sizes and classes", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (drawn) => {
        const outcomes = drawn.map(({ kind, key, ...before }) =>
          (KINDS[kind] ?? migrated)({ key, before: seen(before) }),
        );
        const { total, storageClasses, sizes, prefixes } = await fold(outcomes);
        for (const groups of [storageClasses, sizes, prefixes]) {
          expect(added(groups, "outcomes")).toEqual(withoutNothing(total.outcomes));
          expect(added(groups, "statesBefore")).toEqual(withoutNothing(total.statesBefore));
          expect(added(groups, "statesNow")).toEqual(withoutNothing(total.statesNow));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("contain one group per folder below the prefix of the scope, sorted by name", async () => {
    const scopes = [
      { bucket: "b", prefix: "" },
      { bucket: "b", prefix: "logs/20" },
    ];
    const drawn = ["logs/2026/a", "logs/2026/b", "logs/20", "top", "invoices/1/2", "/lead"];
    const { prefixes } = await fold(
      drawn.map((key) => migrated({ key })),
      scopes,
    );
    expect(prefixes.groups.map(({ prefix, outcomes }) => [prefix, outcomes.migrated?.objects])).toEqual([
      ["", 1],
      ["/", 1],
      ["invoices/", 1],
      ["logs/20", 1],
      ["logs/2026/", 2],
    ]);
    expect(prefixes.others).toBeNull();
  });

  it("are limited to a thousand prefixes, and all further ones are added up in one", async () => {
    const many = Array.from({ length: 1003 }, (_, n) => failed({ key: `${String(n).padStart(4, "0")}/x` }));
    const { prefixes, total } = await fold(many);
    expect(prefixes.groups).toHaveLength(1000);
    expect(prefixes.others?.statesNow.none?.objects).toBe(3);
    expect(added(prefixes, "statesNow").none).toEqual(total.statesNow.none);
  });

  it("omit vanished objects from the current states", async () => {
    const { sizes } = await fold([vanished()]);
    expect(sizes.groups).toEqual([
      {
        size: "up to 128 KiB",
        outcomes: { vanished: { objects: 1, bytes: 1 } },
        statesBefore: { none: { objects: 1, bytes: 1 } },
        statesNow: {},
      },
    ]);
  });

  it("are sorted by size band", async () => {
    const sizes = [6 * 1024 ** 3, 0, 2 * 1024 ** 2, 1];
    const found = await fold(sizes.map((sizeBytes) => failed({ before: seen({ sizeBytes }) })));
    expect(found.sizes.groups.map(({ size }) => size)).toEqual([
      "empty",
      "up to 128 KiB",
      "up to 16 MiB",
      "above 5 GiB",
    ]);
  });
});

it.each([
  [0, "empty"],
  [1, "up to 128 KiB"],
  [131_072, "up to 128 KiB"],
  [131_073, "up to 1 MiB"],
  [5 * 1024 ** 3, "up to 5 GiB"],
  [5 * 1024 ** 3 + 1, "above 5 GiB"],
])("sizeBandOf %i bytes is %j", (bytes, band) => expect(sizeBandOf(bytes)).toBe(band));
