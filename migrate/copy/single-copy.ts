import { everyCopyHeaders } from "./carried-headers.js";
import { destinationCondition, sourceCondition } from "./conditions.js";
import type { Copied, CopyJob } from "./copied.js";

/** One CopyObject onto the object itself. Headers, user metadata and tags stay; the rest is sent again. */
export async function singleCopy({ store, facts, carried, capabilities }: CopyJob): Promise<Copied> {
  const { bucket, key, etag } = facts;
  const { copyIfMatch, etagForm } = capabilities;
  const written = await store.copyObject({
    bucket,
    key,
    headers: {
      "x-amz-metadata-directive": "COPY",
      ...(capabilities.objectTagging ? { "x-amz-tagging-directive": "COPY" } : {}),
      ...everyCopyHeaders(facts, carried, new Date()),
      ...sourceCondition(etag, etagForm),
      ...(copyIfMatch ? destinationCondition(etag, etagForm) : {}),
    },
  });
  return { ...written, guard: copyIfMatch ? "source-and-destination" : "source" };
}
