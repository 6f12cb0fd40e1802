import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { HttpResponse } from "@smithy/core/protocols";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ListObjectsPage, VersionsPage } from "../../../../migrate/store/object-store.js";
import { sdkStore } from "../../../../migrate/store/sdk/open-client.js";
import { usualListing, usualVersions } from "../../../../migrate/store/sdk/usual-listing.js";
import { StoreError } from "../../../../migrate/store/store-error.js";

/** No usual form ends with this, so such a document is read by the SDK's parser, which reads up to the root's end. */
const FOR_THE_PARSER = "<!-- -->";

let answer = { statusCode: 200, body: "" };
const client = new S3Client({
  region: "gra",
  endpoint: "http://store.invalid",
  credentials: { accessKeyId: "id", secretAccessKey: "key" },
  maxAttempts: 1,
  requestHandler: {
    handle: async () => {
      const body = Readable.from([Buffer.from(answer.body)]);
      return { response: new HttpResponse({ statusCode: answer.statusCode, headers: {}, body }) };
    },
  },
});
const store = sdkStore(client);

/** A page, or the error instead of one. */
async function read(body: string, statusCode = 200): Promise<ListObjectsPage | object> {
  answer = { statusCode, body };
  try {
    return await store.listObjects({ bucket: "b", prefix: "" });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { ...error, message: error.message };
  }
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&#34;");

interface Entry {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly date: Date;
  readonly storageClass: string;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  key: fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
    .filter((key) => key.trim() !== "" && !key.includes("\r")),
  size: fc.nat({ max: 50 * 1024 ** 4 }),
  etag: fc.constantFrom(
    '"d41d8cd98f00b204e9800998ecf8427e"',
    '"d41d8cd98f00b204e9800998ecf8427e-12"',
    "plain",
    '"a&b"',
  ),
  date: fc.date({ min: new Date("1990-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }),
  storageClass: fc.constantFrom("STANDARD", "GLACIER", "INTELLIGENT_TIERING"),
});

const FURTHER = [
  "<Owner><ID>1</ID><DisplayName></DisplayName></Owner>",
  "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>",
  "<Type>Normal</Type>",
  "\n  ",
];

const listing = fc
  .record({
    entries: fc.array(fc.tuple(entry, fc.nat(), fc.subarray(FURTHER)), { minLength: 1, maxLength: 4 }),
    isEncoded: fc.boolean(),
    token: fc.option(fc.constantFrom("next", "a&amp;b", ""), { freq: 3 }),
    isTruncated: fc.boolean(),
    headFirst: fc.boolean(),
  })
  .map(({ entries, isEncoded, token, isTruncated, headFirst }) => {
    const fieldsOf = ([{ key, size, etag, date, storageClass }, turn, further]: (typeof entries)[number]) => {
      const name = isEncoded ? encodeURIComponent(key).replaceAll("%20", "+") : escaped(key);
      const fields = [
        `<Key>${name}</Key>`,
        `<LastModified>${date.toISOString()}</LastModified>`,
        `<ETag>${escaped(etag)}</ETag>`,
        `<Size>${size}</Size>`,
        `<StorageClass>${storageClass}</StorageClass>`,
        ...further,
      ];
      const at = turn % fields.length;
      return `<Contents>${[...fields.slice(at), ...fields.slice(0, at)].join("")}</Contents>`;
    };
    const head = `<Name>b</Name><Prefix/><KeyCount>${entries.length}</KeyCount>${isEncoded ? "<EncodingType>url</EncodingType>" : ""}<IsTruncated>${isTruncated}</IsTruncated>${token === null ? "" : `<NextContinuationToken>${token}</NextContinuationToken>`}`;
    const contents = entries.map(fieldsOf).join("\n");
    const root = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
    const inner = headFirst ? `${head}${contents}` : `${contents}${head}`;
    const document = `<?xml version="1.0" encoding="UTF-8"?>\n${root}${inner}</ListBucketResult>`;
    return { document, objects: entries.map(([listed]) => listed) };
  });

test("the reader of usual listings reads every object of a listing as the SDK's parser does", {
  tags: ["slow"],
}, async () => {
  await fc.assert(
    fc.asyncProperty(listing, async ({ document, objects }) => {
      expect(usualListing(document)?.entries).toHaveLength(objects.length);
      const page = await read(document);
      expect(page).toEqual(await read(document + FOR_THE_PARSER));
      if (!("objects" in page)) return;
      expect(page.objects).toEqual(
        objects.map(({ key, size, etag, date, storageClass }) => ({
          key,
          sizeBytes: size,
          etag: etag.replaceAll('"', ""),
          lastModified: date.toISOString(),
          storageClass,
        })),
      );
    }),
    { numRuns: 150 },
  );
});

const FOREIGN = [
  ..."<>&;%+/ \r\n\t\u00a0\ufeff\u2028é",
  ...[
    "<!-- x -->",
    "<![CDATA[x]]>",
    "<?p?>",
    "&amp;",
    "&#65;",
    "&#xe9;",
    "&bogus;",
    "&amp;#34;",
    "<Key/>",
    "<Key>k</Key>",
  ],
  ...["<Contents/>", "<Contents></Contents>", "<Contents>x</Contents>", "<Contents>", "</Contents>", "<Size></Size>"],
  ...["<Size>-1</Size>", "<Size>1.5</Size>", "<Size> 1 </Size>", "<Size>9007199254740993</Size>", "<ETag> </ETag>"],
  ...["<LastModified>2026-02-30T00:00:00Z</LastModified>", "<LastModified>no</LastModified>", "<Owner>x</Owner>"],
  ...[
    "<RestoreStatus><RestoreExpiryDate>x</RestoreExpiryDate></RestoreStatus>",
    "<Error><Code>SlowDown</Code></Error>",
  ],
  ...[
    "<CommonPrefixes><Prefix>p</Prefix></CommonPrefixes>",
    "<s3:Key>k</s3:Key>",
    "<__proto__>x</__proto__>",
    "%E9",
    "0",
  ],
];

test("the reader of usual listings leaves every other document to the SDK's parser, or reads it alike", {
  tags: ["slow"],
}, async () => {
  const change = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.constantFrom("", ...FOREIGN));
  await fc.assert(
    fc.asyncProperty(listing, change, fc.constantFrom(200, 200, 200, 403, 503), async ({ document }, cut, status) => {
      const [start, length, foreign] = cut;
      const at = start % document.length;
      const changed = document.slice(0, at) + foreign + document.slice(at + (foreign === "" ? length : 0));
      expect(await read(changed, status)).toEqual(await read(changed + FOR_THE_PARSER, status));
    }),
    { numRuns: 400 },
  );
});

/** Changes between two elements, the place of a change that is easiest to miss. */
test("the reader of usual listings reads further or repeated elements as the SDK's parser does", {
  tags: ["slow"],
}, async () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom(...FOREIGN), fc.boolean());
  await fc.assert(
    fc.asyncProperty(listing, change, async ({ document }, [nth, foreign, isInText]) => {
      const bounds = [...document.matchAll(isInText ? /(?<=>)(?=[^<])/g : /(?<=>)(?=<)/g)].map(({ index }) => index);
      const at = bounds[nth % bounds.length] ?? 0;
      const changed = document.slice(0, at) + foreign + document.slice(at);
      expect(await read(changed)).toEqual(await read(changed + FOR_THE_PARSER));
    }),
    { numRuns: 400 },
  );
});

test.each([
  ["a truncated document", (usual: string) => usual.slice(0, -1)],
  ["a comment", (usual: string) => usual.replace("<Key>", "<!-- --><Key>")],
  ["CDATA", (usual: string) => usual.replace("<Key>k", "<Key><![CDATA[k]]>")],
  ["a prefixed namespace", (usual: string) => usual.replaceAll("Contents>", "s3:Contents>")],
  ["no size", (usual: string) => usual.replace("<Size>1</Size>", "")],
  ["no key", (usual: string) => usual.replace("<Key>k</Key>", "")],
  ["31 February", (usual: string) => usual.replace("2026-01-01", "2026-02-31")],
  ["two keys in one entry", (usual: string) => usual.replace("<Key>", "<Key>j</Key><Key>")],
  ["an error document", () => "<Error><Code>SlowDown</Code></Error>"],
])("usualListing does not accept %s", (_, change) => {
  const fields = "<Key>k</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified>";
  const usual = `<ListBucketResult><Name>b</Name><Contents>${fields}</Contents></ListBucketResult>`;
  expect(usualListing(usual)?.rest).toBe("<ListBucketResult><Name>b</Name></ListBucketResult>");
  expect(usualListing(change(usual))).toBeUndefined();
});

/** A page of versions, or the error instead of one. */
async function readVersions(body: string, statusCode = 200): Promise<VersionsPage | object> {
  answer = { statusCode, body };
  try {
    return await store.listVersions({ bucket: "b", prefix: "" });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { ...error, message: error.message };
  }
}

const version = fc.record({
  entry,
  isMarker: fc.boolean(),
  versionId: fc.constantFrom("null", "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", "a&b"),
  isLatest: fc.boolean(),
  turn: fc.nat(),
  further: fc.subarray(FURTHER),
});

const versions = fc
  .record({
    listed: fc.array(version, { minLength: 1, maxLength: 4 }),
    isEncoded: fc.boolean(),
    isTruncated: fc.boolean(),
  })
  .map(({ listed, isEncoded, isTruncated }) => {
    const elementOf = ({ entry: of, isMarker, versionId, isLatest, turn, further }: (typeof listed)[number]) => {
      const { key, size, etag, date, storageClass } = of;
      const fields = [
        `<Key>${isEncoded ? encodeURIComponent(key).replaceAll("%20", "+") : escaped(key)}</Key>`,
        `<VersionId>${escaped(versionId)}</VersionId>`,
        `<IsLatest>${isLatest}</IsLatest>`,
        `<LastModified>${date.toISOString()}</LastModified>`,
        ...(isMarker ? [] : [`<ETag>${escaped(etag)}</ETag>`, `<Size>${size}</Size>`]),
        ...(isMarker ? [] : [`<StorageClass>${storageClass}</StorageClass>`]),
        ...further,
      ];
      const at = turn % fields.length;
      const name = isMarker ? "DeleteMarker" : "Version";
      return `<${name}>${[...fields.slice(at), ...fields.slice(0, at)].join("")}</${name}>`;
    };
    const next = isTruncated ? "<NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>" : "";
    const head = `<Name>b</Name><Prefix/>${isEncoded ? "<EncodingType>url</EncodingType>" : ""}<IsTruncated>${isTruncated}</IsTruncated>${next}`;
    const document = `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult>${head}${listed.map(elementOf).join("\n")}</ListVersionsResult>`;
    return { document, listed };
  });

test("the reader of usual listings reads versions and delete markers as the parsers do, in their order", {
  tags: ["slow"],
}, async () => {
  await fc.assert(
    fc.asyncProperty(versions, async ({ document, listed }) => {
      expect(usualVersions(document)?.entries).toHaveLength(listed.length);
      const page = await readVersions(document);
      expect(page).toEqual(await readVersions(document + FOR_THE_PARSER));
      expect(page).toMatchObject({
        entries: listed.map(({ entry: { key, size }, isMarker, versionId, isLatest }) => {
          const kind = isMarker ? "delete-marker" : "version";
          return { kind, key, versionId, isLatest, sizeBytes: isMarker ? 0 : size };
        }),
      });
    }),
    { numRuns: 150 },
  );
});

const OF_VERSIONS = [
  ...FOREIGN,
  ...["<Version/>", "<Version></Version>", "<Version>x</Version>", "<DeleteMarker/>", "</Version>", "<DeleteMarker>"],
  ...["<VersionId/>", "<VersionId>v</VersionId>", "<IsLatest>1</IsLatest>", "<IsLatest>TRUE</IsLatest>"],
];

test("the reader of usual listings leaves every other document of versions to the parsers, or reads it alike", {
  tags: ["slow"],
}, async () => {
  const change = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.constantFrom("", ...OF_VERSIONS), fc.boolean());
  await fc.assert(
    fc.asyncProperty(versions, change, fc.constantFrom(200, 200, 200, 503), async ({ document }, cut, status) => {
      const [start, length, foreign, isBetween] = cut;
      const bounds = [...document.matchAll(/(?<=>)(?=<)/g)].map(({ index }) => index);
      const at = isBetween ? (bounds[start % bounds.length] ?? 0) : start % document.length;
      const changed = document.slice(0, at) + foreign + document.slice(at + (foreign === "" ? length : 0));
      expect(await readVersions(changed, status)).toEqual(await readVersions(changed + FOR_THE_PARSER, status));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["a delete marker with a size", (usual: string) => usual.replaceAll("Version>", "DeleteMarker>")],
  ["an entry that ends as another", (usual: string) => usual.replace("</Version>", "</DeleteMarker>")],
  ["no word on which is the latest", (usual: string) => usual.replace("<IsLatest>true</IsLatest>", "")],
  ["another word for true", (usual: string) => usual.replace("true", "TRUE")],
  ["two version IDs", (usual: string) => usual.replace("<Key>", "<VersionId>w</VersionId><Key>")],
  ["an object of another listing", (usual: string) => usual.replaceAll("Version>", "Contents>")],
])("usualVersions does not accept %s", (_, change) => {
  const date = "<LastModified>2026-01-01T00:00:00Z</LastModified>";
  const fields = `<Key>k</Key><VersionId>v</VersionId><IsLatest>true</IsLatest><Size>1</Size>${date}`;
  const usual = `<ListVersionsResult><Name>b</Name><Version>${fields}</Version></ListVersionsResult>`;
  expect(usualVersions(usual)?.rest).toBe("<ListVersionsResult><Name>b</Name></ListVersionsResult>");
  expect(usualVersions(change(usual))).toBeUndefined();
});

test("the reader of usual listings leaves an entry of thousands of fields to the SDK's parser", () => {
  const fields = "<Key>k</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size>";
  const listed = (more: number) =>
    usualListing(`<ListBucketResult><Contents>${fields}${"<A></A>".repeat(more)}</Contents></ListBucketResult>`);
  expect(listed(3)?.entries).toHaveLength(1);
  expect(listed(5000)).toBeUndefined();
});
