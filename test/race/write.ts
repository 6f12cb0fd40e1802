import { pathOf, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { ABSENT, type Expected, type ExpectedObject } from "./expected-object.js";

export type WriteKind = "put" | "delete" | "retag" | "hold";

interface Target {
  readonly raw: RawS3;
  readonly bucket: string;
  readonly key: string;
}

type Write<Before extends Expected> = (target: Target, before: Before, nth: number) => Promise<Expected>;

/** Of every third write the body is longer, so that the migration copies it in parts. */
export const LONG_BODY_BYTES = 4096;

async function put({ raw, bucket, key }: Target, nth: number): Promise<Expected> {
  const body = `write ${nth} of ${key} `.padEnd(nth % 3 === 0 ? LONG_BODY_BYTES : 0, ".");
  const headers = { "x-amz-meta-write": String(nth) };
  await sendOk(raw, { method: "PUT", path: pathOf(bucket, key), headers, body: Buffer.from(body) });
  return { kind: "object", body, write: String(nth), tag: "", hold: "OFF" };
}

/** What each kind of write does to an object; each resolves once the store has acknowledged it. */
const WRITES: Readonly<Record<WriteKind, Write<ExpectedObject>>> = {
  put: (target, _, nth) => put(target, nth),
  delete: async ({ raw, bucket, key }) => {
    await sendOk(raw, { method: "DELETE", path: pathOf(bucket, key) });
    return ABSENT;
  },
  retag: async ({ raw, bucket, key }, before, nth) => {
    const xml = `<Tagging><TagSet><Tag><Key>write</Key><Value>${nth}</Value></Tag></TagSet></Tagging>`;
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?tagging"), body: Buffer.from(xml) });
    return { ...before, tag: String(nth) };
  },
  hold: async ({ raw, bucket, key }, before) => {
    const hold = before.hold === "ON" ? "OFF" : "ON";
    const body = Buffer.from(`<LegalHold><Status>${hold}</Status></LegalHold>`);
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?legal-hold"), body });
    return { ...before, hold };
  },
};

/** Resolves with what must be there from now on. A key without an object can only be put. */
export function write(target: Target, kind: WriteKind, before: Expected, nth: number): Promise<Expected> {
  return before.kind === "absent" ? put(target, nth) : WRITES[kind](target, before, nth);
}
