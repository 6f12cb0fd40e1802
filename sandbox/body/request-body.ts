import { createHash } from "node:crypto";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Checksum, ChecksumAlgorithm } from "../storage/object-version.js";
import { type CheckChunk, decodeAwsChunked } from "./aws-chunked.js";
import { CHECKSUM_ALGORITHMS, checksumHeader, startChecksum } from "./checksum.js";

export interface ReceivedBody {
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksum?: Checksum;
}

/**
 * A body that can be read once. `received` is known after the last chunk, when every digest has been checked.
 */
export interface RequestBody {
  chunks(): AsyncIterable<Buffer>;
  received(): ReceivedBody;
}

export interface BodySource {
  readonly raw: AsyncIterable<Buffer>;
  readonly headers: RequestHeaders;
  readonly checkChunk: CheckChunk | undefined;
}

export function openBody({ raw, headers, checkChunk }: BodySource): RequestBody {
  let result: ReceivedBody | undefined;
  async function* chunks(): AsyncIterable<Buffer> {
    const trailers = new Map<string, string>();
    const payloadHash = headers["x-amz-content-sha256"] ?? "";
    const coded = payloadHash.startsWith("STREAMING-");
    checkAnnounced(headers, coded);
    const signedChunks = payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") ? checkChunk : undefined;
    const plain = coded ? decodeAwsChunked(raw, trailers, signedChunks) : raw;
    const digests = startDigests(headers, payloadHash);
    let sizeBytes = 0;
    for await (const chunk of plain) {
      sizeBytes += chunk.length;
      digests.update(chunk);
      yield chunk;
    }
    checkSize(headers, coded, sizeBytes);
    result = { sizeBytes, ...(await digests.check((name) => headers[name] ?? trailers.get(name))) };
  }
  return {
    chunks,
    received: () => {
      if (result === undefined) {
        throw new Error("the body was not read to its end");
      }
      return result;
    },
  };
}

/** The digests that a request announces, over the bytes as they come. */
function startDigests(headers: RequestHeaders, payloadHash: string) {
  const algorithm = announcedAlgorithm(headers);
  const md5 = createHash("md5");
  const sha256 = /^[0-9a-f]{64}$/.test(payloadHash) ? createHash("sha256") : undefined;
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  return {
    update: (chunk: Buffer) => {
      md5.update(chunk);
      sha256?.update(chunk);
      checksum?.update(chunk);
    },
    /** `sent`: a header, or a trailer, by its name. */
    check: async (sent: (name: string) => string | undefined): Promise<Omit<ReceivedBody, "sizeBytes">> => {
      const digest = md5.digest();
      checkMd5(headers["content-md5"], digest);
      checkSha256(payloadHash, sha256?.digest("hex"));
      const hex = digest.toString("hex");
      if (algorithm === undefined) return { md5: hex };
      const computed = (await checksum?.finish()) ?? "";
      return { md5: hex, checksum: checkChecksum(algorithm, sent(checksumHeader(algorithm)), computed) };
    },
  };
}

/** Reads a body as text. */
export async function readText(body: RequestBody): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.chunks()) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function announcedAlgorithm(headers: RequestHeaders): ChecksumAlgorithm | undefined {
  const trailer = headers["x-amz-trailer"]?.toLowerCase() ?? "";
  const named = headers["x-amz-sdk-checksum-algorithm"];
  return CHECKSUM_ALGORITHMS.find((algorithm) => {
    const header = checksumHeader(algorithm);
    return (
      headers[header] !== undefined || trailer.split(",").some((name) => name.trim() === header) || named === algorithm
    );
  });
}

const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;

// S3 rejects a body without a length in advance.
function checkAnnounced(headers: RequestHeaders, coded: boolean): void {
  const length = headers[coded ? "x-amz-decoded-content-length" : "content-length"];
  if (length === undefined && headers["transfer-encoding"] !== undefined) {
    throw new S3Error("MissingContentLength");
  }
  if (Number(length) > MAX_UPLOAD_BYTES) {
    throw new S3Error("EntityTooLarge", {
      fields: { ProposedSize: length ?? "", MaxSizeAllowed: String(MAX_UPLOAD_BYTES) },
    });
  }
}

function checkSize(headers: RequestHeaders, coded: boolean, sizeBytes: number): void {
  const announced = coded ? headers["x-amz-decoded-content-length"] : headers["content-length"];
  if (announced !== undefined && Number(announced) !== sizeBytes) {
    throw new S3Error("IncompleteBody");
  }
}

function checkMd5(announced: string | undefined, digest: Buffer): void {
  if (announced === undefined) {
    return;
  }
  const bytes = Buffer.from(announced, "base64");
  if (bytes.length !== digest.length) {
    throw new S3Error("InvalidDigest");
  }
  if (!bytes.equals(digest)) {
    throw new S3Error("BadDigest");
  }
}

function checkSha256(announced: string, computed: string | undefined): void {
  if (computed !== undefined && computed !== announced) {
    throw new S3Error("XAmzContentSHA256Mismatch", {
      fields: { ClientComputedContentSHA256: announced, S3ComputedContentSHA256: computed },
    });
  }
}

function checkChecksum(algorithm: ChecksumAlgorithm, announced: string | undefined, computed: string): Checksum {
  if (announced !== undefined && announced !== computed) {
    throw new S3Error("BadDigest", {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
  return { algorithm, value: computed, type: "FULL_OBJECT" };
}
