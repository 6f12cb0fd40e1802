import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { S3Error } from "./s3-error.js";
import { buildErrorXml } from "./xml.js";

export type Headers = Readonly<Record<string, string>>;

/** The answer of an operation. The handler adds the headers that all answers share. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Sends no `content-length`, not even 0 for an empty body. */
  readonly withoutLength?: boolean;
  readonly body?: string | AsyncIterable<Uint8Array>;
}

const XML = { "content-type": "application/xml" } as const;

export function xmlAnswer(body: string, headers: Headers = {}): Answer {
  return { status: 200, headers: { ...XML, ...headers }, body };
}

export function emptyAnswer(status: 200 | 204 | 304 | 202, headers: Headers = {}): Answer {
  return { status, headers };
}

interface SendOptions {
  readonly requestId: string;
  readonly withoutBody: boolean;
  /** Cuts the connection after this many bytes of the body. */
  readonly truncateAt: CutAt;
}

type CutAt = number | "half" | undefined;

export async function sendAnswer(response: ServerResponse, answer: Answer, options: SendOptions): Promise<void> {
  const headers = encodeHeaders({ ...answer.headers, "x-amz-request-id": options.requestId });
  const { body, withoutLength = false } = answer;
  if (withoutLength) {
    delete headers["content-length"];
  }
  if (typeof body === "string") {
    const bytes = Buffer.from(body);
    headers["content-length"] = String(bytes.length);
    response.writeHead(answer.status, headers);
    finish(response, options.withoutBody ? undefined : bytes, options.truncateAt);
    return;
  }
  if (body === undefined) {
    if (headers["content-length"] === undefined && !withoutLength && answer.status !== 204 && answer.status !== 304) {
      headers["content-length"] = "0";
    }
    response.writeHead(answer.status, headers).end();
    return;
  }
  response.writeHead(answer.status, headers);
  await sendChunks(response, body, bytesToSend(options.truncateAt, Number(headers["content-length"])));
}

export function errorAnswer(error: S3Error, resource: string, requestId: string): Answer {
  const fields = {
    Code: error.code,
    Message: error.message,
    ...error.fields,
    Resource: resource,
    RequestId: requestId,
    HostId: "sandbox",
  };
  const headers = { "content-type": "application/xml", ...error.headers };
  return { status: error.status, headers, body: buildErrorXml(fields) };
}

function finish(response: ServerResponse, bytes: Buffer | undefined, truncateAt: CutAt): void {
  const most = bytesToSend(truncateAt, bytes?.length ?? 0);
  if (bytes === undefined || most >= bytes.length) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, most), () => response.socket?.destroy());
}

function bytesToSend(truncateAt: CutAt, bodyBytes: number): number {
  return truncateAt === "half" ? Math.floor(bodyBytes / 2) : (truncateAt ?? Number.POSITIVE_INFINITY);
}

async function sendChunks(response: ServerResponse, chunks: AsyncIterable<Uint8Array>, most: number): Promise<void> {
  let left = most;
  for await (const chunk of chunks) {
    if (response.destroyed) {
      return;
    }
    const bytes = chunk.subarray(0, left);
    left -= bytes.length;
    if (!response.write(bytes)) {
      await drained(response);
    }
    if (left <= 0) {
      response.write("", () => response.socket?.destroy());
      return;
    }
  }
  response.end();
}

async function drained(response: ServerResponse): Promise<void> {
  const decided = new AbortController();
  const { signal } = decided;
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  } finally {
    // Removes the listener of the other event.
    decided.abort();
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they may not stand in a header
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f]/g;
const ASCII = /^[\u0020-\u007e]*$/;

// UTF-8 on the wire, which Node writes from latin-1.
function encodeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    encoded[name] = ASCII.test(value) ? value : Buffer.from(value.replace(CONTROLS, " ")).toString("latin1");
  }
  return encoded;
}
