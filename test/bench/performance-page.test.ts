import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { accessesOf, REQUESTS, type Treatment } from "../../migrate/plan/estimate.js";
import { providers } from "../../providers/index.js";

const page = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const amount = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });

function duration(seconds: number): string {
  if (seconds >= 2 * DAY) return `${amount(seconds / DAY)} days`;
  return seconds >= 2 * HOUR ? `${amount(seconds / HOUR)} h` : `${amount(seconds / MINUTE)} min`;
}

function requestRow(way: Treatment): string {
  const { reads, writes } = accessesOf(REQUESTS[way]);
  const requests = Object.entries(REQUESTS[way]).map(([name, times]) => (times === 1 ? name : `${times} ${name}`));
  return `| ${way} | ${reads} | ${writes} | ${requests.join(", ")} |`;
}

/** Which ways a provider's objects go: by its documents, under the default options and under `--race off`. */
const WAYS: Readonly<Record<string, readonly Treatment[]>> = {
  aws: ["looked at by an audit", "copied in one piece", "copied in one piece, from a bucket that disables ACLs"],
  ovhcloud: [
    "looked at by an audit",
    "read and written",
    "copied in parts, of which it has one",
    "copied in one piece",
  ],
};

function timeRows(): string[] {
  return Object.values(providers).flatMap(({ id, name, ceilings: { readsPerSecond, writesPerSecond } }) => {
    const [reads, writes] = [readsPerSecond.value, writesPerSecond.value];
    if (reads === null || writes === null) return [];
    return (WAYS[id] ?? []).map((way) => {
      const each = accessesOf(REQUESTS[way]);
      const rate = Math.min(reads / each.reads, each.writes === 0 ? Number.POSITIVE_INFINITY : writes / each.writes);
      const ceiling = `${amount(reads)} reads, ${amount(writes)} writes`;
      return `| ${name} | ${ceiling} | ${way} | ${amount(rate)} | ${duration(1e6 / rate)} | ${duration(1e9 / rate)} |`;
    });
  });
}

describe("docs/performance.md", () => {
  it("names what each object costs", () => {
    for (const way of Object.keys(REQUESTS) as Treatment[]) expect(page).toContain(requestRow(way));
  });

  it("names the time at each ceiling that a provider documents", () => {
    const rows = timeRows();
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(page).toContain(row);
  });

  it("has a way for each provider that documents a ceiling", () => {
    const limited = Object.values(providers).filter(({ ceilings }) => ceilings.readsPerSecond.value !== null);
    expect(Object.keys(WAYS).sort()).toEqual(limited.map(({ id }) => id as string).sort());
  });
});
