import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { sign } from "aws4";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, type SandboxUser, startSandbox } from "../../sandbox/index.js";

export function clientOf({ endpoint, region }: Sandbox, { accessKeyId, secretAccessKey }: SandboxUser): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

interface Started {
  readonly sandbox: Sandbox;
  readonly s3: S3Client;
  readonly Bucket: string;
}

/** A sandbox with one bucket, both gone when the test ends. */
export async function start(options: SandboxOptions = {}): Promise<Started> {
  const sandbox = await startSandbox({ profile: "reference", ...options });
  const s3 = clientOf(sandbox, sandbox.credentials);
  onTestFinished(async () => {
    s3.destroy();
    await sandbox.close();
  });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  return { sandbox, s3, Bucket: "bucket" };
}

export async function put(s3: S3Client, Key: string, Body = "x"): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket: "bucket", Key, Body }))).ETag;
}

export async function stateOf(s3: S3Client, Key: string): Promise<string | undefined> {
  return (await s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }))).ServerSideEncryption;
}

interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent beside the signed ones. */
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Seconds after which a presigned URL ends; signs the query instead of a header. */
  readonly expires?: number;
}

interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Signs with a library that the sandbox does not use, and sends the path unchanged. */
export function sendSigned(sandbox: Sandbox, request: RawRequest): Promise<RawAnswer> {
  const { method = "GET", body, region = sandbox.region } = request;
  const { host } = new URL(sandbox.endpoint);
  const path =
    request.expires === undefined
      ? request.path
      : `${request.path}${request.path.includes("?") ? "&" : "?"}X-Amz-Expires=${request.expires}`;
  const signed = sign(
    {
      service: "s3",
      region,
      method,
      host,
      path,
      headers: { ...request.headers },
      ...(body !== undefined && { body }),
      signQuery: request.expires !== undefined,
    },
    {
      accessKeyId: request.accessKeyId ?? sandbox.credentials.accessKeyId,
      secretAccessKey: request.secretAccessKey ?? sandbox.credentials.secretAccessKey,
    },
  );
  const headers = { ...(signed.headers as Record<string, string>), ...request.unsigned };
  return sendRaw(sandbox, method, signed.path ?? path, headers, body);
}

export function sendRaw(
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(sandbox.endpoint);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** A PUT whose body is signed chunk by chunk; `spoil` changes it after it was signed. */
export function sendChunked(
  sandbox: Sandbox,
  path: string,
  chunks: readonly string[],
  spoil = (body: string) => body,
): Promise<RawAnswer> {
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const { host } = new URL(sandbox.endpoint);
  const decodedBytes = chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
  const headers = {
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-decoded-content-length": String(decodedBytes),
    "content-encoding": "aws-chunked",
  };
  const request = { service: "s3", region: sandbox.region, method: "PUT", host, path, headers };
  const signed = sign(request, { accessKeyId, secretAccessKey }).headers as Record<string, string>;
  const timestamp = signed["X-Amz-Date"] ?? "";
  const date = timestamp.slice(0, 8);
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const key = [date, sandbox.region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  let previous = /Signature=([0-9a-f]+)/.exec(signed.Authorization ?? "")?.[1] ?? "";
  let body = "";
  for (const chunk of [...chunks, ""]) {
    const scope = `${date}/${sandbox.region}/s3/aws4_request`;
    const payload = createHash("sha256").update(chunk).digest("hex");
    const text = ["AWS4-HMAC-SHA256-PAYLOAD", timestamp, scope, previous, EMPTY_SHA256, payload].join("\n");
    previous = hmac(key, text).toString("hex");
    body += `${Buffer.byteLength(chunk).toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
  }
  return sendRaw(sandbox, "PUT", path, signed, spoil(body));
}

export function codeOf({ body }: RawAnswer): string | undefined {
  return /<Code>(\w+)<\/Code>/.exec(body)?.[1];
}
