import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import type { Fault, Intercept, SandboxOptions } from "../../../sandbox/index.js";
import { LONG_TAGS } from "../../buckets/mixed-objects.js";
import { createBucket, type NewObject, pathOf, putObject, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, "");
const GROUP = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const FULL = "FULL_OBJECT";

/** All that one object can carry, as far as one PUT can say it. */
const DRESSED: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-encoding": "gzip",
  "content-language": "fr-CA",
  "content-disposition": 'attachment; filename="a é.html"',
  "cache-control": "private, max-age=60",
  expires: "not a date",
  "x-amz-meta-name": "déjà 🦊",
  "x-amz-meta-encoded": "=?UTF-8?Q?d=C3=A9j=C3=A0?=",
  "x-amz-website-redirect-location": "/elsewhere",
  "x-amz-storage-class": "STANDARD_IA",
  "x-amz-grant-full-control": 'id="sandbox-owner"',
  "x-amz-grant-read": `uri="${GROUP}"`,
};
const LOCKED = {
  "x-amz-object-lock-mode": "GOVERNANCE",
  "x-amz-object-lock-retain-until-date": TOMORROW,
  "x-amz-object-lock-legal-hold": "ON",
};

interface Way {
  readonly strategy: string;
  readonly options: Partial<MigrateOptions>;
  readonly sandbox: Omit<SandboxOptions, "intercept">;
  readonly intercept?: () => Intercept;
  readonly body: Buffer;
}

/** A fault of the first calls to `a` after the test has read it itself, which ends with its access control list. */
function faulty(operation: string, fault: Fault, times = 1): () => Intercept {
  return () => {
    let left = -1;
    return (request) => {
      if (request.key !== "a") return undefined;
      if (left === -1 && request.operation === "GetObjectAcl") left = times;
      if (left <= 0 || request.operation !== operation) return undefined;
      left -= 1;
      return fault;
    };
  };
}

const small = Buffer.from("<p>a body</p>");
const large = Buffer.alloc(6 * MIB, "a larger body/");
/** Every way, and how an object is made to go it. */
const WAYS: readonly Way[] = [
  { strategy: "copy", options: { race: "off" }, sandbox: {}, body: small },
  {
    strategy: "copy-replacing",
    options: { race: "off" },
    sandbox: {},
    intercept: faulty("CopyObject", {
      kind: "error",
      status: 400,
      code: "InvalidRequest",
      message: "This copy request is illegal because it is trying to copy an object to itself without changing it.",
    }),
    body: small,
  },
  { strategy: "copy-multipart", options: { copyCutoff: 1, partSize: 5 * MIB, race: "off" }, sandbox: {}, body: large },
  { strategy: "rewrite", options: { race: "strict" }, sandbox: {}, body: small },
  { strategy: "rewrite", options: { race: "strict", rewriteBelow: "1GiB" }, sandbox: {}, body: large },
  { strategy: "rewrite", options: { race: "strict" }, sandbox: {}, body: Buffer.alloc(0) },
];

async function carriedBy(way: Way, object: Omit<NewObject, "key" | "body">, lock = false) {
  const world = await startWorld({ ...way.sandbox, ...(way.intercept && { intercept: way.intercept() }) });
  const { raw } = world;
  await createBucket(raw, "bucket", lock ? { "x-amz-bucket-object-lock-enabled": "true" } : {});
  // A PUT into a bucket with Object Lock needs a digest of its body.
  const md5 = { "content-md5": createHash("md5").update(way.body).digest("base64") };
  const made = { ...object, key: "a", body: way.body, headers: { ...object.headers, ...(lock ? md5 : {}) } };
  await putObject(raw, "bucket", made);
  const before = await readObject(raw, "bucket", "a");
  const { runDir } = await migrate(await world.optionsFor("bucket", { canary: false, ...way.options }));
  const record = (await outcomesOf(runDir)).get("a");
  return { before, after: await readObject(raw, "bucket", "a"), record, raw };
}

const shown = ({ strategy, body }: Way) => `${strategy} of ${body.length} bytes`;

describe.each(WAYS.map((way) => [shown(way), way] as const))("%s", (_name, way) => {
  const fewTags = { none: [], ten: LONG_TAGS.map(([key]) => [key, "v"] as const) };
  const carries = "carries headers, metadata, class, redirect, grants and %s tags";

  test.each(Object.entries(fewTags))(carries, { tags: ["slow"] }, carriesAll);
  test.each([["over 2 KB", LONG_TAGS]] as const)(carries, { tags: way.body === large ? "slow" : [] }, carriesAll);

  async function carriesAll(_n: string, tags: NonNullable<NewObject["tags"]>) {
    const { before, after, record } = await carriedBy(way, { headers: DRESSED, tags });
    expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: way.strategy });
    expect({ ...after, etag: "", encryption: null }).toEqual({ ...before, etag: "" });
    expect(after.encryption).toBe("AES256");
    expect(after.tags).toHaveLength(tags.length);
    expect(after.headers["x-amz-meta-name"]).toBe(before.headers["x-amz-meta-name"]);
  }

  test("carries retention and legal hold", { tags: ["slow"] }, async () => {
    const { before, after, record } = await carriedBy(way, { headers: LOCKED }, true);
    expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: way.strategy });
    expect(after.headers["x-amz-object-lock-mode"]).toBe("GOVERNANCE");
    expect(after.headers).toEqual(before.headers);
  });

  test.each([
    ["CRC32", FULL],
    ["SHA256", FULL],
  ])("keeps a %s checksum", { tags: ["slow"] }, async (algorithm) => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const headers = algorithm === "SHA256" ? { [name]: createHash("sha256").update(way.body).digest("base64") } : {};
    const made = algorithm === "SHA256" ? headers : { "x-amz-checksum-crc32": crc32Of(way.body) };
    const { raw, record } = await carriedBy(way, { headers: made });
    expect(record?.outcome.kind).toBe("migrated");
    const asked = { method: "HEAD", path: pathOf("bucket", "a"), headers: { "x-amz-checksum-mode": "ENABLED" } };
    const head = (await sendOk(raw, asked)).headers;
    expect(Object.keys(head)).toContain(name);
    // Some algorithms have no checksum over the whole of several parts.
    if (way.strategy !== "copy-multipart") expect(head[name]).toBe(Object.values(made)[0]);
  });
});

describe("rewrite", () => {
  const streamed: Way = {
    strategy: "rewrite",
    options: { race: "strict", rewriteBelow: "1GiB" },
    sandbox: {},
    body: large,
  };

  test("keeps the content of a multipart object", { tags: ["slow"] }, async () => {
    const way = { ...streamed, sandbox: { behaviour: { uploadPartCopy: "not-implemented" } } } as const;
    const { before, after, record } = await carriedBy(way, { partBytes: 5 * MIB });
    expect(before.etag).toMatch(/-2"$/);
    expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: "rewrite" });
    expect(after.bodySha256).toBe(before.bodySha256);
  });

  test.each([small, large])(
    "is repeated after a truncated body, and keeps the content",
    { tags: ["slow"] },
    async (body) => {
      const way: Way = { ...streamed, body, intercept: faulty("GetObject", { kind: "halve" }) };
      const { before, after, record } = await carriedBy(way, {});
      expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: "rewrite" });
      expect(after.bodySha256).toBe(before.bodySha256);
      expect(after.encryption).toBe("AES256");
    },
  );

  test("leaves the object unchanged when the store rejects Content-MD5", { tags: ["slow"] }, async () => {
    const refused = { kind: "error", status: 400, code: "BadDigest" } as const;
    const intercept = faulty("PutObject", refused, 9);
    const { before, after, record } = await carriedBy({ ...streamed, intercept }, {});
    expect(record?.outcome).toMatchObject({ kind: "failed", detail: expect.stringContaining("BadDigest") });
    expect({ ...after, grants: [] }).toEqual({ ...before, grants: [] });
  });
});

/** As S3 writes it. */
const CRC_OF_BYTE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32Of(body: Buffer): string {
  let crc = 0xffffffff;
  for (let at = 0; at < body.length; at += 1) {
    crc = (crc >>> 8) ^ (CRC_OF_BYTE[(crc ^ (body[at] ?? 0)) & 0xff] ?? 0);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return bytes.toString("base64");
}
