import { describe, expect, test } from "vitest";
import { readDate, readKey, readSize } from "../../../../migrate/store/answers.js";
import { nextMarker, takeDates } from "../../../../migrate/store/sdk/listing-fields.js";
import { openClient, sdkStore } from "../../../../migrate/store/sdk/open-client.js";
import { inParallel } from "../../../buckets/async-items.js";
import { createBucket, pathOf, sendOk } from "../../../buckets/raw-s3.js";
import { startWorld } from "../../../buckets/start-world.js";

describe("readKey", () => {
  test.each([
    ["a+b%2Bc", "a b+c"],
    ["caf%C3%A9.txt", "café.txt"],
    ["%F0%9F%A6%8A", "🦊"],
    ["100%25 x", "100% x"],
  ])("decodes %s", (raw, key) => {
    expect(readKey(raw, true)).toEqual({ key });
  });

  test.each([
    ["a+b/caf%E9.txt", "a b/caf%E9.txt"],
    ["100% x", "100% x"],
    ["%ED%A0%80", "%ED%A0%80"],
    ["caf%C3%A9/%c3%28", "café/%C3("],
    ["é%E9", "é%E9"],
    ["", ""],
  ])("decodes as much of %s as possible, and keeps its raw form", (raw, key) => {
    expect(readKey(raw, true)).toEqual({ key, fault: { kind: "unreadable-key", raw } });
  });

  test("keeps a key unchanged if the response does not declare an encoding", () => {
    expect(readKey("caf%E9+.txt", false)).toEqual({ key: "caf%E9+.txt" });
  });
});

describe("readSize", () => {
  test.each(["0", "9000", " 12 ", "5497558138880"])("accepts %s", (raw) => {
    expect(readSize(raw)).toEqual({ sizeBytes: Number(raw) });
  });

  test.each(["-1", "NaN", "", "1.5", "1e3", "0x10", "9007199254740993"])("rejects %s", (raw) => {
    expect(readSize(raw)).toEqual({ sizeBytes: 0, fault: { kind: "unreadable-size", raw } });
  });
});

describe("readDate and takeDates", () => {
  test.each([
    ["2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123Z"],
    ["2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00.000Z"],
    ["Thu, 01 Jan 2026 00:00:00 GMT", "2026-01-01T00:00:00.000Z"],
  ])("accept %s", (raw, lastModified) => {
    expect(readDate(raw)).toEqual({ lastModified });
  });

  test.each(["", "yesterday", "2026-13-01T00:00:00Z"])("reject %j", (raw) => {
    expect(readDate(raw)).toEqual({ lastModified: "", fault: { kind: "unreadable-date", raw } });
  });

  test("take each date from its own entry, and remove only dates that the SDK cannot read", () => {
    const entry = (key: string, date: string) => `<Contents><Key>${key}</Key>${date}</Contents>`;
    const good = entry("a", "<LastModified>2026-01-01T00:00:00Z</LastModified>");
    const document = `<L>${good}${entry("b", "<LastModified>no</LastModified>")}${entry("c", "")}${good}</L>`;
    expect(takeDates(document)).toEqual({
      dates: ["2026-01-01T00:00:00Z", "no", "", "2026-01-01T00:00:00Z"],
      rest: `<L>${good}${entry("b", "")}${entry("c", "")}${good}</L>`,
    });
  });
});

describe("nextMarker", () => {
  const entries = [
    { key: "a", id: "1" },
    { key: "%E9", id: "2", fault: { kind: "unreadable-key", raw: "%E9" } },
  ] as const;

  test("decodes the marker of the page", () => {
    expect(nextMarker("listVersions", { key: "b+c", id: "2" }, true, entries)).toEqual({ key: "b c", id: "2" });
  });

  test("falls back to the last entry that can be sent", () => {
    expect(nextMarker("listVersions", { key: "%E9", id: "2" }, true, entries)).toEqual({ key: "a", id: "1" });
  });

  test("throws if no entry can be sent, or the page names no marker", () => {
    const of = (key: string | undefined, listed: typeof entries | readonly []) => () =>
      nextMarker("listVersions", { key, id: undefined }, true, listed);
    expect(of("%E9", [])).toThrow(expect.objectContaining({ kind: "listing-stuck" }));
    expect(of(undefined, entries)).toThrow(expect.objectContaining({ kind: "server-error" }));
  });
});

test.each(["supported", "ignored"] as const)(
  "sdkStore lists every open upload under a prefix over several pages, with EncodingType %s",
  { tags: ["slow"] },
  async (encodingType) => {
    const { sandbox, raw } = await startWorld({ behaviour: { encodingType } });
    await createBucket(raw, "mine");
    const keys = Array.from({ length: 1005 }, (_, n) => `a b+c%20é/${n}`);
    await inParallel([...keys, "a b", "other"], async (key) => {
      await sendOk(raw, { method: "POST", path: pathOf("mine", key, "?uploads=") });
    });
    const client = openClient({ ...sandbox, pathStyle: true, checksums: "WHEN_REQUIRED", maxSockets: 4 });
    const uploads = await sdkStore(client).listOpenUploads({ bucket: "mine", prefix: "a b+c%20é/" });
    client.destroy();
    expect(uploads.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(new Set(uploads.map(({ uploadId }) => uploadId)).size).toBe(keys.length);
  },
);

test.each([{ encodingType: "supported" }, { encodingType: "ignored" }, { uploadListing: "encoded-unsaid" }] as const)(
  "sdkStore lists the uploads of a folder by their keys, whatever the store encodes: %o",
  async (behaviour) => {
    const { sandbox, raw } = await startWorld({ behaviour });
    await createBucket(raw, "mine");
    const keys = ["d/percent%41", "d/percent%2541", "d/a b", "d/a+b", "d/é", "d/plain"];
    for (const key of keys) await sendOk(raw, { method: "POST", path: pathOf("mine", key, "?uploads=") });
    const client = openClient({ ...sandbox, pathStyle: true, checksums: "WHEN_REQUIRED", maxSockets: 4 });
    const store = sdkStore(client);
    for (const prefix of ["d/", ""]) {
      const uploads = await store.listOpenUploads({ bucket: "mine", prefix });
      expect(uploads.map(({ key }) => key).sort()).toEqual([...keys].sort());
      const counted = await store.listMultipartUploads({ bucket: "mine", prefix });
      expect(counted.firstEarlier.map(({ key }) => key).sort()).toEqual([...keys].sort());
    }
    client.destroy();
  },
);
