import { createHash } from "node:crypto";
import type { CheckChunk } from "../body/aws-chunked.js";
import { S3Error } from "../http/s3-error.js";
import type { Signed } from "./authenticate.js";

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** A check of the chunk signatures of one request, each of which covers the one before. */
export function chunkSignatures({ claim, signer, signingDate }: Signed): CheckChunk {
  const scope = `${claim.scopeDate}/${claim.region}/s3/aws4_request`;
  let previous = claim.signature;
  return async (signature, payloadSha256, kind) => {
    const lines = [claim.timestamp, scope, previous];
    const text =
      kind === "chunk"
        ? ["AWS4-HMAC-SHA256-PAYLOAD", ...lines, EMPTY_SHA256, payloadSha256]
        : ["AWS4-HMAC-SHA256-TRAILER", ...lines, payloadSha256];
    const expected = await signer.sign(text.join("\n"), { signingDate });
    if (expected !== signature) {
      throw new S3Error("SignatureDoesNotMatch");
    }
    previous = signature;
  };
}
