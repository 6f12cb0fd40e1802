import { isDeepStrictEqual } from "node:util";
import { inspectCarried } from "../inspect/inspect-carried.js";
import { inspectUnder } from "../inspect/inspect-under.js";
import { type CarriedFacts, type ObjectFacts, unordered } from "../model/object.js";
import { changedMeanwhile } from "./changed-meanwhile.js";
import type { CopyJob } from "./copied.js";
import { sourceVersion } from "./ends-of-copy.js";

/** Looks again at all that is sent with a copy, right before it is committed. Rejects as a failed condition does. */
export async function refuseIfChanged(job: CopyJob): Promise<void> {
  const { store, facts, carried, capabilities, policy } = job;
  const { bucket, key } = facts;
  const versionId = sourceVersion(job);
  const seen = await inspectUnder(facts.customerKey, store, { bucket, key, versionId }, capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found" || !isDeepStrictEqual(comparable(seen.facts), comparable(facts))) {
    throw changedMeanwhile("headObject", "it is not what it was when the copy began");
  }
  const again = await inspectCarried(store, seen.facts, "copy-multipart", { capabilities, policy });
  if (again.kind === "refused") throw again.error;
  if (!isDeepStrictEqual(comparableCarried(again.carried), comparableCarried(carried))) {
    throw changedMeanwhile("getObjectTagging", "its tags or its access control list changed since the copy began");
  }
}

/** As HEAD tells it. */
function comparable({ requestId: _requestId, copyClass: _copyClass, ...facts }: ObjectFacts) {
  return facts;
}

function comparableCarried({ grants, tags }: CarriedFacts) {
  return [unordered(grants), unordered(tags)];
}
