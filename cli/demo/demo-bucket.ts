import { createHash, randomBytes } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { Sandbox } from "../../sandbox/index.js";

export const DEMO_BUCKET = "acme-archive";
export const COPY_CUTOFF_BYTES = 8 * 1024 * 1024;

const AWKWARD_KEYS = [
  "reports/2024 Q1 +final+.pdf",
  "reports/100%.csv",
  "reports/what?#&=.txt",
  "reports/./../weird.txt",
  "reports//double-slash.txt",
  "photos/été à la plage 🏖️.jpg",
  "empty-folder/",
  "emptiness",
];

export function demoClient({ endpoint, region, credentials }: Sandbox): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true });
}

export interface Filled {
  readonly plaintext: number;
  readonly customerKey: number;
}

/** Fills the bucket like one that is years old: plaintext objects, and a few under a customer key. */
export async function fillBucket(client: S3Client): Promise<Filled> {
  await client.send(new CreateBucketCommand({ Bucket: DEMO_BUCKET }));
  const plaintext = [...invoices(2000), ...AWKWARD_KEYS.map(awkward), ...large(3), ...varied(120)];
  const customerKey = [...secrets(12)];
  const limit = pLimit(32);
  const put = (input: Put) => limit(() => client.send(new PutObjectCommand({ Bucket: DEMO_BUCKET, ...input })));
  await Promise.all([...plaintext, ...customerKey].map(put));
  return { plaintext: plaintext.length, customerKey: customerKey.length };
}

/** Writes objects after the default is declared. The client does not ask for encryption, and gets it. */
export async function writeAfterwards(client: S3Client, objects: number): Promise<void> {
  for (let index = 0; index < objects; index += 1) {
    const Key = `inbox/${String(index).padStart(3, "0")}.json`;
    await client.send(new PutObjectCommand({ Bucket: DEMO_BUCKET, Key, Body: `{"message":${index}}` }));
  }
}

type Put = Omit<PutObjectCommandInput, "Bucket">;

function* invoices(count: number): Generator<Put> {
  for (let index = 0; index < count; index += 1) {
    const year = 2015 + (index % 10);
    yield {
      Key: `invoices/${year}/${String(index).padStart(6, "0")}.json`,
      Body: JSON.stringify({ invoice: index, total: index * 1.2, note: "x".repeat(index % 4000) }),
      ContentType: "application/json",
      Metadata: { department: ["sales", "support", "research"][index % 3] ?? "", batch: String(year) },
      ...(index % 4 === 0 ? { Tagging: `retention=${year + 10}&owner=finance` } : {}),
    };
  }
}

function awkward(Key: string): Put {
  return {
    Key,
    Body: Buffer.from(Key.endsWith("/") || Key === "emptiness" ? "" : `the object at ${Key}`),
    ContentType: "text/plain",
  };
}

/** Larger than the demo's copy cutoff, so these objects are copied in parts. */
function* large(count: number): Generator<Put> {
  for (let index = 0; index < count; index += 1) {
    yield { Key: `backups/dump-${index}.bin`, Body: Buffer.alloc(COPY_CUTOFF_BYTES + 1 + index * 1_000_000, index) };
  }
}

function* varied(count: number): Generator<Put> {
  for (let index = 0; index < count; index += 1) {
    yield {
      Key: `website/page-${index}.html`,
      Body: `<h1>${index}</h1>`,
      ContentType: "text/html; charset=utf-8",
      CacheControl: "max-age=86400",
      ContentLanguage: index % 2 === 0 ? "fr" : "en",
      ACL: "public-read",
      StorageClass: index % 5 === 0 ? "STANDARD_IA" : "STANDARD",
    };
  }
}

/** The key is not kept, so nobody can read these objects afterwards. */
function* secrets(count: number): Generator<Put> {
  const key = randomBytes(32);
  const headers = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
  for (let index = 0; index < count; index += 1) {
    yield { Key: `vault/${index}.bin`, Body: `sealed by its owner ${index}`, ...headers };
  }
}
