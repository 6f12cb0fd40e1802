import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../../migrate/journal/events.js";
import { NOT_STARTED } from "../../../migrate/journal/resume.js";
import { countAhead, startCounting } from "../../../migrate/run/count-ahead.js";
import type { Session } from "../../../migrate/run/session.js";
import type { ListObjectsInput } from "../../../migrate/store/object-store.js";
import { fakeStore } from "../fixtures/fake-store.js";
import { SCOPE } from "../fixtures/listed-bucket.js";

const SIZES = { minSizeBytes: null, maxSizeBytes: null, modifiedBefore: null, modifiedAfter: null };
const FILTERS = { include: [], exclude: [], storageClasses: [], ...SIZES };
const SESSION = { options: { filters: FILTERS }, progressOf: () => NOT_STARTED } as unknown as Session;
const KEYS = Array.from({ length: 12_000 }, (_, n) => String(n).padStart(6, "0"));

/** Answers slowly enough for ranges to be cut. */
function slowStore() {
  const asked: ListObjectsInput[] = [];
  const store = fakeStore({
    listObjects: async (input) => {
      asked.push(input);
      await new Promise((resolve) => setTimeout(resolve, 60));
      const { startAfter = "", continuationToken = startAfter, limit = 1000 } = input;
      const rest = KEYS.filter((key) => key > continuationToken);
      const objects = rest.slice(0, limit).map((key) => ({
        key,
        sizeBytes: 1,
        etag: "e",
        lastModified: "2026-01-01T00:00:00.000Z",
        storageClass: "STANDARD",
      }));
      return { objects, nextToken: rest.length > limit ? (objects.at(-1)?.key ?? null) : null, keysEncoded: true };
    },
  });
  const ranges = () => asked.filter(({ limit, continuationToken }) => limit === undefined && !continuationToken).length;
  return { store, asked, ranges };
}

function counting(waitsForListing = () => false) {
  const events: ProgressEvent[] = [];
  const onEvent = (event: ProgressEvent) => void events.push(event);
  return { events, tools: { isThrowAway: () => false, onEvent, waitsForListing } };
}

describe("countAhead", () => {
  test("counts each object once, as ranges, while the run has enough to do", async () => {
    const { store, ranges } = slowStore();
    const { events, tools } = counting();
    const signal = new AbortController().signal;
    expect(await countAhead(store, [SCOPE], SESSION, { ...tools, signal })).toBe(true);
    expect(events.at(-1)).toEqual({ kind: "counted", objects: KEYS.length, end: true });
    expect(ranges()).toBeGreaterThan(1);
  });

  test("reads no further page while the run waits for its own listing, and goes on afterwards", async () => {
    const { store, asked } = slowStore();
    let isWaiting = true;
    const { events, tools } = counting(() => isWaiting);
    const signal = new AbortController().signal;
    const counted = countAhead(store, [SCOPE], SESSION, { ...tools, signal });
    await expect.poll(() => asked.length).toBe(2); // One page is read ahead.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(asked.length).toBe(2);
    isWaiting = false;
    expect(await counted).toBe(true);
    expect(events.at(-1)).toEqual({ kind: "counted", objects: KEYS.length, end: true });
  });

  test("stops without an end, and asks for no further page", async () => {
    const { store, asked, ranges } = slowStore();
    const { events, tools } = counting();
    const stop = startCounting(store, [SCOPE], SESSION, tools);
    await expect.poll(() => events.length).toBeGreaterThan(1);
    stop();
    const pages = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Each range that is being read may have asked for its next page.
    expect(asked.length).toBeLessThanOrEqual(pages + ranges());
    expect(events).not.toContainEqual(expect.objectContaining({ end: true }));
  });
});
