import { describe, expect, it } from "vitest";
import { readInventoryCsv } from "../../../migrate/compare/inventory.js";
import { collect } from "../fixtures/collect.js";

const SCHEMA = ["Bucket", " Key", " Size", " ETag", " EncryptionStatus"];

async function* pieces(text: string) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
const read = (text: string, schema: readonly string[] | null = SCHEMA) =>
  collect(readInventoryCsv(pieces(text), schema));

describe("readInventoryCsv", () => {
  it("decodes keys, and maps the encryption status", async () => {
    const statuses = ["SSE-S3", "SSE-KMS", "DSSE-KMS", "SSE-C", "NOT-SSE", "", "SSE-X"];
    const rows = statuses.map((status, index) => `"b","k+${index}%2B%C3%A9","12","abc","${status}"`);
    const lines = await read(`${rows.join("\n")}\n`);
    const objects = lines.map((line) => (line.kind === "object" ? line.object : line));
    expect(objects[0]).toMatchObject({
      bucket: "b",
      key: "k 0+é",
      row: { sizeBytes: 12, etag: "abc", isLatest: true },
    });
    expect(objects.map((object) => ("row" in object ? object.row?.state : object))).toEqual([
      "sse-s3",
      "sse-kms",
      "dsse-kms",
      "sse-c",
      "none",
      null,
      null,
    ]);
  });

  it("takes the column names from the first line, in any order and case, if nothing else does", async () => {
    const lines = await read('is_extra,key,versionId,IsLatest,IsDeleteMarker\nx,"a,b",v1,false,true\n', null);
    expect(lines).toEqual([
      expect.objectContaining({
        object: {
          bucket: null,
          key: "a,b",
          row: expect.objectContaining({ versionId: "v1", isLatest: false, isDeleteMarker: true }),
        },
      }),
    ]);
    expect(await read('"b","k","1"\n', null)).toEqual([
      { kind: "problem", line: 1, words: expect.stringContaining("no column Key") },
    ]);
  });

  it("reports wrong rows by line, and reads the others", async () => {
    const text = [
      '"b","good","1","e","SSE-S3"',
      '"b","short"',
      '"b","bad%","1","e","SSE-S3"',
      '"b","","1","e","SSE-S3"',
      '"b","size","one","e","SSE-S3"',
      '"b","quote"x,"1","e","SSE-S3"',
      '"b","last","1","e","SSE-S3"',
    ].join("\n");
    const lines = await read(text);
    const told = lines.map((line) => (line.kind === "object" ? line.object.key : `${line.line}: ${line.words}`));
    expect(told.toSorted()).toEqual([
      "2: it has 2 columns, and the inventory 5",
      "3: its key is empty, or not URL-encoded (--manifest-keys raw takes keys as they are)",
      "4: its key is empty, or not URL-encoded (--manifest-keys raw takes keys as they are)",
      '5: "one" is no size',
      expect.stringMatching(/^6: .*quote/i),
      "good",
      "last",
    ]);
  });
});
