import type { SignedRequest } from "../auth/authenticate.js";
import type { SignatureClaim } from "../auth/credential.js";
import type { Behaviour } from "../behaviour.js";
import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, childText, parseXml } from "../http/xml.js";
import { nextPage } from "../listing/page.js";
import { readAclHeaders, writeOwner } from "../objects/acl.js";
import { findBucket } from "../objects/find.js";
import { OWNER, ownerById, privateAcl } from "../storage/acl.js";
import type { Bucket, BucketFacts } from "../storage/bucket.js";
import { compareKeys } from "../storage/key-index.js";
import type { Call, Context } from "./operation.js";

/** The region in the name of an endpoint. Any other host serves every region, as a local server does. */
const REGIONAL_HOST = /(?:^|\.)s3\.(?:dualstack\.)?([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/;

interface Regions {
  /** The region of the buckets that `bucketRegions` does not name. */
  readonly region: string;
  readonly behaviour: Pick<Behaviour, "bucketRegions" | "otherRegion">;
}

function regionOfBucket(bucket: string, { region, behaviour }: Regions): string {
  return behaviour.bucketRegions[bucket] ?? region;
}

/**
 * The region that a request must be signed for. Rejects a request sent to another region than its bucket's,
 * as S3 does before it checks permissions.
 */
export function requiredRegion(
  { method, target, headers }: SignedRequest,
  claim: Pick<SignatureClaim, "region">,
  regions: Regions,
): string {
  const named = REGIONAL_HOST.exec(headers.host ?? "")?.[1];
  const here = named ?? regions.region;
  // A bucket may be created through any region.
  const isCreation = method === "PUT" && target.key === "" && target.query.size === 0;
  const there = target.bucket === "" || isCreation ? here : regionOfBucket(target.bucket, regions);
  if (there === here || (named === undefined && claim.region === there)) return there;
  const told = { "x-amz-bucket-region": there };
  if (claim.region === here && regions.behaviour.otherRegion === "redirect") {
    const Endpoint = `${target.bucket}.s3.${there}.amazonaws.com`;
    throw new S3Error("PermanentRedirect", { fields: { Endpoint, Bucket: target.bucket }, headers: told });
  }
  throw new S3Error("AuthorizationHeaderMalformed", {
    message: `The authorization header is malformed; the region '${claim.region}' is wrong; expecting '${there}'`,
    fields: { Region: there },
    headers: told,
  });
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

export function listBuckets(call: Call, context: Context): Answer {
  const prefix = call.query.get("prefix") ?? "";
  const limit = Number(call.query.get("max-buckets") ?? "10000");
  const after = call.query.get("continuation-token") ?? "";
  const facts = [...context.store.buckets.values()]
    .map((bucket) => bucket.facts)
    .filter((bucket) => !context.behaviour.bucketAclDecides || isOwnedBy(bucket, call));
  const matching = facts
    .filter(({ name }) => name.startsWith(prefix) && name > after)
    .sort((left, right) => compareKeys(left.name, right.name));
  const page = matching.slice(0, limit);
  const body = buildXml("ListAllMyBucketsResult", {
    Owner: writeOwner(ownerById(call.user.ownerId)),
    Buckets: {
      Bucket: page.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt).toISOString(),
        BucketRegion: regionOfBucket(name, context),
      })),
    },
    ContinuationToken: nextPage(matching.length > page.length ? page.at(-1)?.name : undefined, page.length, context),
  });
  return xmlAnswer(body);
}

export async function createBucket(call: Call, context: Context): Promise<Answer> {
  const name = call.bucket;
  const text = await readText(call.body);
  if (!BUCKET_NAME.test(name) || name.includes("..") || IP_ADDRESS.test(name)) {
    throw new S3Error("InvalidBucketName", { fields: { BucketName: name } });
  }
  checkLocation(text);
  const existing = context.store.buckets.get(name);
  if (existing !== undefined) {
    return createAgain(existing, call, context);
  }
  const owner = ownerById(call.user.ownerId);
  const locked = call.headers["x-amz-bucket-object-lock-enabled"]?.toLowerCase() === "true";
  if (locked && context.behaviour.objectLock === "unsupported") {
    throw new S3Error("NotImplemented", { fields: { Header: "x-amz-bucket-object-lock-enabled" } });
  }
  await context.store.createBucket({
    name,
    createdAt: context.now(),
    ...(owner.id !== OWNER.id && { ownerId: owner.id }),
    versioning: locked ? "enabled" : "off",
    objectLock: locked ? {} : null,
    encryption: null,
    acl: readAclHeaders(call.headers, owner) ?? privateAcl(owner),
    settings: {},
    wrappedKey: context.store.keyRing.newBucketKey(),
  });
  return emptyAnswer(200, { location: `/${name}` });
}

/** The oldest region accepts that an owner creates a bucket again, and leaves the bucket unchanged. */
function createAgain({ facts }: Bucket, call: Call, { behaviour, region }: Context): Answer {
  const fields = { BucketName: facts.name };
  if (behaviour.bucketAclDecides && !isOwnedBy(facts, call)) {
    throw new S3Error("BucketAlreadyExists", { fields });
  }
  if (region !== "us-east-1") {
    throw new S3Error("BucketAlreadyOwnedByYou", { fields });
  }
  return emptyAnswer(200, { location: `/${facts.name}` });
}

function isOwnedBy({ ownerId = OWNER.id }: BucketFacts, { user }: Call): boolean {
  return ownerId === (user.ownerId ?? OWNER.id);
}

// One endpoint serves every region, so any LocationConstraint is accepted.
function checkLocation(text: string): void {
  if (text.trim() !== "") {
    childText(parseXml(text, "CreateBucketConfiguration"), "LocationConstraint");
  }
}

export function headBucket(call: Call, context: Context): Answer {
  findBucket(context, call.bucket);
  return emptyAnswer(200, {
    "x-amz-bucket-region": regionOfBucket(call.bucket, context),
    "x-amz-access-point-alias": "false",
  });
}

export async function deleteBucket(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  if (bucket.versions.size > 0) {
    throw new S3Error("BucketNotEmpty", { fields: { BucketName: call.bucket } });
  }
  await context.store.deleteBucket(bucket);
  return emptyAnswer(204);
}

export function getBucketLocation(call: Call, context: Context): Answer {
  findBucket(context, call.bucket);
  // For us-east-1, S3 returns an empty region.
  const region = regionOfBucket(call.bucket, context);
  const text = region === "us-east-1" ? "" : region;
  return xmlAnswer(buildXml("LocationConstraint", { "#text": text }));
}
