import { createHash } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import aws4 from "aws4";

export interface Server {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface RawRequest {
  readonly method?: string;
  /** Encoded already; sent unchanged. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sooner than any server of the tests closes an idle connection: the sandbox does so after a minute. */
export const IDLE_MS = 20_000;

/** S3 by hand, for what an SDK hides or refuses to send: raw dates, raw metadata, keys as they are. */
export interface RawS3 {
  send(request: RawRequest): Promise<RawAnswer>;
  close(): void;
}

export function rawS3({ endpoint, region, credentials }: Server): RawS3 {
  const { hostname, port, host } = new URL(endpoint);
  // Without a limit of its own, the agent keeps an idle connection until the server closes it, perhaps as it is used again.
  const agent = new Agent({ keepAlive: true, maxSockets: 32, timeout: IDLE_MS });
  const send = ({ method = "GET", path, headers = {}, body = Buffer.alloc(0) }: RawRequest) => {
    const ofBody = {
      "content-length": String(body.length),
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    };
    const signed = aws4.sign(
      { service: "s3", region, method, host, path, headers: { ...headers, ...ofBody } },
      credentials,
    );
    return new Promise<RawAnswer>((resolve, reject) => {
      const sent = toLatin1(signed.headers as Record<string, string>);
      const outgoing = httpRequest({ hostname, port, agent, method, path, headers: sent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Record<string, string>,
            body: Buffer.concat(chunks),
          }),
        );
      });
      outgoing.on("error", reject);
      // Given the body to `end`, node would write Content-Disposition in another encoding than all other headers.
      if (body.length > 0) outgoing.write(body);
      outgoing.end();
    });
  };
  return { send, close: () => agent.destroy() };
}

// UTF-8 on the wire, which node writes from latin-1.
function toLatin1(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}

/** How often a request is repeated if another one to the same object was under way (409 OperationAborted): clients do so too. */
const REPEATS = 5;

/** As `send`, but a refusal throws. */
export async function sendOk(raw: RawS3, request: RawRequest): Promise<RawAnswer> {
  let answer = await raw.send(request);
  for (let nth = 0; nth < REPEATS && isAborted(answer); nth += 1) answer = await raw.send(request);
  if (answer.status >= 300) {
    throw new Error(`${request.method ?? "GET"} ${request.path} answered ${answer.status}: ${answer.body.toString()}`);
  }
  return answer;
}

function isAborted({ status, body }: RawAnswer): boolean {
  return status === 409 && body.includes("<Code>OperationAborted</Code>");
}

export function pathOf(bucket: string, key: string, query = ""): string {
  const encoded = encodeURIComponent(key).replaceAll("%2F", "/");
  // aws4 signs what it is given, and servers decode these four as well.
  const strict = encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `/${bucket}/${strict}${query}`;
}

export interface NewObject {
  readonly key: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Put by a call of their own, so that they may be longer than a header. */
  readonly tags?: readonly (readonly [string, string])[];
  /** Uploaded in parts of this size. */
  readonly partBytes?: number;
}

export async function createBucket(raw: RawS3, bucket: string, headers: Record<string, string> = {}): Promise<void> {
  await sendOk(raw, { method: "PUT", path: `/${bucket}`, headers });
}

export async function putObject(raw: RawS3, bucket: string, object: NewObject): Promise<void> {
  const { key, body, headers = {}, tags = [], partBytes } = object;
  if (partBytes === undefined) {
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key), headers, body });
  } else {
    await putInParts(raw, bucket, object, partBytes);
  }
  if (tags.length > 0) {
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?tagging"), body: taggingXml(tags) });
  }
}

async function putInParts(raw: RawS3, bucket: string, { key, body, headers = {} }: NewObject, partBytes: number) {
  const begun = await sendOk(raw, { method: "POST", path: pathOf(bucket, key, "?uploads"), headers });
  const uploadId = /<UploadId>([^<]*)</.exec(begun.body.toString())?.[1] ?? "";
  const parts: string[] = [];
  for (let start = 0; start < body.length; start += partBytes) {
    const number = parts.length + 1;
    const path = pathOf(bucket, key, `?partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`);
    const { headers: answer } = await sendOk(raw, {
      method: "PUT",
      path,
      headers: keyHeadersOf(headers),
      body: body.subarray(start, start + partBytes),
    });
    parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${answer.etag}</ETag></Part>`);
  }
  const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`);
  const path = pathOf(bucket, key, `?uploadId=${encodeURIComponent(uploadId)}`);
  await sendOk(raw, { method: "POST", path, headers: keyHeadersOf(headers), body: xml });
}

/** Each part, and completing them, brings the customer key again that the upload began with. */
function keyHeadersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes("-customer-")));
}

function taggingXml(tags: readonly (readonly [string, string])[]): Buffer {
  const set = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join("");
  return Buffer.from(`<Tagging><TagSet>${set}</TagSet></Tagging>`);
}

/** The ids of the multipart uploads that are open in a bucket of fewer than a thousand. */
export async function openUploads(raw: RawS3, bucket: string): Promise<string[]> {
  const { body } = await sendOk(raw, { path: `/${bucket}?uploads=` });
  return [...body.toString().matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id ?? "");
}
