import type { S3Client } from "@aws-sdk/client-s3";

const SHARED_FOR_MS = 1000;

/**
 * Resolves a client's credentials anew, past what the SDK keeps until they expire, or for good. Calls that meet the same
 * refusal share what one of them began. Where nothing can be resolved the earlier credentials stay.
 */
export function renewCredentials(
  { config }: Pick<S3Client, "config">,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let renewal = Promise.resolve();
  return () => {
    if (now() - begunAt >= SHARED_FOR_MS) {
      begunAt = now();
      renewal = config.credentials({ forceRefresh: true }).then(
        () => undefined,
        () => undefined,
      );
    }
    return renewal;
  };
}
