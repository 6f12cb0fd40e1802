import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { SignedRequest } from "./authenticate.js";
import type { SignatureClaim } from "./credential.js";

/** The region in the name of an endpoint. Any other host serves every region, as a local server does. */
const REGIONAL_HOST = /(?:^|\.)s3\.(?:dualstack\.)?([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/;

interface Regions {
  /** The region of the buckets that `bucketRegions` does not name. */
  readonly region: string;
  readonly behaviour: Pick<Behaviour, "bucketRegions" | "otherRegion">;
}

export function regionOfBucket(bucket: string, { region, behaviour }: Regions): string {
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
