import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { decodeAwsChunked } from "../../sandbox/body/aws-chunked.js";
import { start } from "./client.js";

async function decode(wire: Buffer, cut: number, trailers = new Map<string, string>()): Promise<string> {
  async function* cutUp(): AsyncIterable<Buffer> {
    for (let at = 0; at < wire.length; at += cut) {
      yield wire.subarray(at, at + cut);
    }
  }
  let text = "";
  for await (const chunk of decodeAwsChunked(cutUp(), trailers, undefined)) {
    text += chunk.toString("latin1");
  }
  return text;
}

test("decodeAwsChunked reassembles chunks wherever the network splits them", async () => {
  const chunk = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), async (chunks, cut) => {
      const framed = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("");
      const wire = Buffer.from(`${framed}0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`);
      const trailers = new Map<string, string>();
      expect(await decode(wire, cut, trailers)).toBe(chunks.join(""));
      expect(trailers.get("x-amz-checksum-crc32")).toBe("AAAAAA==");
    }),
  );
});

test("decodeAwsChunked rejects a truncated body and a malformed chunk", async () => {
  await expect(decode(Buffer.from("5\r\nhel"), 100)).rejects.toMatchObject({ code: "IncompleteBody" });
  await expect(decode(Buffer.from("5\r\nhelloXX\r\n0\r\n\r\n"), 100)).rejects.toMatchObject({ code: "InvalidRequest" });
});

test("the sandbox verifies and keeps every checksum in the SDK's upload trailers", async () => {
  const { sandbox } = await start();
  const s3 = new S3Client({
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: sandbox.credentials,
    forcePathStyle: true,
  });
  onTestFinished(() => s3.destroy());
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const Body = Readable.from([Buffer.alloc(70_000, "a"), Buffer.alloc(70_000, "b")]);
    const upload = { Bucket: "bucket", Key: ChecksumAlgorithm, Body, ContentLength: 140_000, ChecksumAlgorithm };
    await s3.send(new PutObjectCommand(upload));
    const stored = { Bucket: "bucket", Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" as const };
    const head = await s3.send(new HeadObjectCommand(stored));
    // The SDK verifies the checksum of what it reads.
    const got = await s3.send(new GetObjectCommand(stored));
    expect((await got.Body?.transformToByteArray())?.length).toBe(140_000);
    expect(head[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/);
  }
});
