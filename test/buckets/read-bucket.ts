import { createHash } from "node:crypto";
import { inParallel } from "./async-items.js";
import { customerKeyHeaders } from "./mixed-objects.js";
import { pathOf, type RawAnswer, type RawS3, sendOk } from "./raw-s3.js";

/** One object as anyone may read it, without any code of this project. */
interface ObjectState {
  /** The status of GET: 200, or 403 for an archived object. */
  readonly status: number;
  /** Empty if it cannot be read. */
  readonly bodySha256: string;
  readonly etag: string;
  /** The value of `x-amz-server-side-encryption`; `SSE-C` if only the customer key opens it. */
  readonly encryption: string | null;
  /** Content headers, user metadata, class, redirect, lock and checksums, as they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly grants: readonly string[];
}

export type BucketState = ReadonlyMap<string, ObjectState>;

const KEPT =
  /^(content-(type|encoding|language|disposition|length)|cache-control|expires|x-amz-(meta-.*|storage-class|website-redirect-location|object-lock-.*|tagging-count|missing-meta))$/;

/** Reads every current object of a bucket: body, headers, tags and access control list; with whichever key opens it. */
export async function readBucket(raw: RawS3, bucket: string, ...customerKeys: readonly Buffer[]): Promise<BucketState> {
  const states = new Map<string, ObjectState>();
  const keys = await listKeys(raw, bucket);
  await inParallel(keys, async (key) => void states.set(key, await readObject(raw, bucket, key, ...customerKeys)));
  return new Map(keys.map((key) => [key, states.get(key) as ObjectState]));
}

export async function listKeys(raw: RawS3, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  let after = "";
  for (;;) {
    const query = `?encoding-type=url&list-type=2${after === "" ? "" : `&start-after=${encodeURIComponent(after)}`}`;
    const body = (await sendOk(raw, { path: `/${bucket}${query}` })).body.toString();
    const page = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => decode(key ?? ""));
    keys.push(...page);
    after = page.at(-1) ?? "";
    if (!body.includes("<IsTruncated>true")) {
      return keys;
    }
  }
}

export async function readObject(
  raw: RawS3,
  bucket: string,
  key: string,
  ...customerKeys: readonly Buffer[]
): Promise<ObjectState> {
  const path = pathOf(bucket, key);
  const plain = await raw.send({ path });
  const opened = plain.status === 400 ? await openWithKey(raw, path, customerKeys) : undefined;
  const underKey = opened !== undefined;
  const got = opened ?? plain;
  const { headers } = got.status === 403 ? await sendOk(raw, { method: "HEAD", path }) : got;
  const tagged = headers["x-amz-tagging-count"] !== undefined;
  return {
    status: got.status,
    bodySha256: got.status === 200 ? createHash("sha256").update(got.body).digest("hex") : "",
    etag: headers.etag ?? "",
    encryption: underKey ? "SSE-C" : (headers["x-amz-server-side-encryption"] ?? null),
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.test(name))),
    tags: tagged ? tagsOf(await sendOk(raw, { path: pathOf(bucket, key, "?tagging") })) : [],
    grants: grantsOf(await sendOk(raw, { path: pathOf(bucket, key, "?acl") })),
  };
}

async function openWithKey(raw: RawS3, path: string, keys: readonly Buffer[]): Promise<RawAnswer | undefined> {
  for (const key of keys) {
    const got = await raw.send({ path, headers: customerKeyHeaders(key) });
    if (got.status !== 403) return got;
  }
  return undefined;
}

function tagsOf({ body }: RawAnswer): string[] {
  return [...body.toString().matchAll(/<Key>([^<]*)<\/Key><Value>([^<]*)</g)].map(
    ([, key, value]) => `${key}=${value}`,
  );
}

function grantsOf({ body }: RawAnswer): string[] {
  const grants = [...body.toString().matchAll(/<Grant>(.*?)<\/Grant>/gs)].map(([, grant = ""]) => {
    const grantee = /<(?:ID|URI|EmailAddress)>([^<]*)</.exec(grant)?.[1];
    return `${grantee} ${/<Permission>([^<]*)</.exec(grant)?.[1]}`;
  });
  return grants.sort();
}

function decode(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}

/** Everything that a migration must keep of an object; the ETag only if the parts stay the same. */
function lasting({ encryption: _, etag: __, ...rest }: ObjectState): Omit<ObjectState, "encryption" | "etag"> {
  return rest;
}

/** Objects that are gone, new, or not what they were but for their encryption. */
export function differing(before: BucketState, after: BucketState): unknown[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    const same = was !== undefined && is !== undefined && JSON.stringify(lasting(was)) === JSON.stringify(lasting(is));
    return same ? [] : [{ key, was, is }];
  });
}
