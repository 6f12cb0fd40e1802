import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { ChecksumAlgorithm } from "../storage/object-version.js";

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

export interface RunningChecksum {
  update(chunk: Buffer): void;
  /** Base64. */
  finish(): Promise<string>;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "CRC32":
      return startCrc32();
    case "CRC32C":
      return fromLibrary(new Crc32c());
    case "CRC64NVME":
      return fromLibrary(new Crc64Nvme());
    case "SHA1":
      return fromNode("sha1");
    case "SHA256":
      return fromNode("sha256");
  }
}

function startCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    finish: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return Promise.resolve(bytes.toString("base64"));
    },
  };
}

function fromLibrary(checksum: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> }): RunningChecksum {
  return {
    update: (chunk) => checksum.update(chunk),
    finish: async () => Buffer.from(await checksum.digest()).toString("base64"),
  };
}

function fromNode(name: "sha1" | "sha256"): RunningChecksum {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), finish: () => Promise.resolve(hash.digest("base64")) };
}

/** `x-amz-checksum-algorithm`: the algorithm that a copy or a multipart upload must compute. */
export function readAlgorithm(headers: RequestHeaders): ChecksumAlgorithm | undefined {
  const name = headers["x-amz-checksum-algorithm"]?.toUpperCase();
  if (name === undefined) {
    return undefined;
  }
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name);
  if (found === undefined) {
    throw new S3Error("InvalidRequest", {
      message: `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
    });
  }
  return found;
}
