import { type PartRange, partCount, partRanges, partSize, rangesOfSizes } from "../plan/part-ranges.js";
import type { CopyJob } from "./copied.js";

/**
 * The ranges to copy an object in. Where it was uploaded in parts they are its own, so that its ETag stays: their first
 * size tells all of them where they are of one size, as they mostly are. Where the ETag is to be kept each is asked for, which
 * costs a HEAD a part. An object in one piece is cut as the policy says.
 */
export async function sourceParts(job: CopyJob): Promise<readonly PartRange[]> {
  const { facts, policy, capabilities } = job;
  const count = partCount(facts.etag);
  const first = count === null ? null : await partBytes(job, 1);
  const uniform = count !== null && first !== null && Math.ceil(facts.sizeBytes / first) === count;
  // The first of three or more tells of the others only what is likely.
  const isCertain = uniform && count <= 2;
  if (count !== null && !isCertain && policy.etag === "keep") return ownParts(job, count, first);
  const wanted = uniform ? first : policy.partBytes;
  return [...partRanges(facts.sizeBytes, partSize(facts.sizeBytes, wanted, capabilities))];
}

async function ownParts(job: CopyJob, count: number, first: number | null): Promise<readonly PartRange[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const sizes = await Promise.all(
    numbers.map(async (number) => (number === 1 ? first : job.partLimit(() => partBytes(job, number)))),
  );
  const known = sizes.filter((bytes) => bytes !== null);
  const ranges = known.length === count ? rangesOfSizes(known, job.facts.sizeBytes, job.capabilities) : null;
  if (ranges === null) throw new PartsUnknown();
  return ranges;
}

/** The store does not tell of which parts an object is made, or they are none that it takes today. */
export class PartsUnknown extends Error {
  override readonly name = "PartsUnknown";
}

/** HEAD with a part number answers that part's length; a store that does not know the number answers the object's. */
async function partBytes({ store, facts }: CopyJob, partNumber: number): Promise<number | null> {
  const { bucket, key } = facts;
  const { headers } = await store.headObject({
    bucket,
    key,
    versionId: facts.versionId ?? undefined,
    partNumber,
    headers: facts.customerKey?.headers(),
  });
  const bytes = Number(headers["content-length"]);
  return Number.isInteger(bytes) && bytes > 0 ? bytes : null;
}
