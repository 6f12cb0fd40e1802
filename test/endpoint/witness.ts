import { createHash, createHmac } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { RawAnswer, RawRequest, RawS3 } from "../buckets/raw-s3.js";

export interface Endpoint {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/**
 * S3 with nothing but node's own modules: no code, no signer and no XML reader is shared with bucketseal, so that what it says of a
 * bucket is said by somebody else.
 */
export function openWitness(server: Endpoint): RawS3 {
  const url = new URL(server.endpoint);
  const secure = url.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 16 });
  const send = (request: RawRequest): Promise<RawAnswer> =>
    sendOnce(request).catch((error: NodeJS.ErrnoException & { reused?: boolean }) => {
      // A server closes a connection that was idle just as it is used again.
      if (error.reused !== true || !/^(ECONNRESET|EPIPE)$/.test(error.code ?? "")) throw error;
      return sendOnce(request);
    });
  const sendOnce = ({ method = "GET", path, headers = {}, body = Buffer.alloc(0) }: RawRequest) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const signed = signRequest(server, { method, path, headers, body }, new Date());
      const options = { hostname: url.hostname.replace(/^\[|\]$/g, ""), port: url.port, agent, method, path };
      const outgoing = (secure ? httpsRequest : httpRequest)({ ...options, headers: onTheWire(signed) }, (answer) => {
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
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error(`${method} ${path}: no answer in a minute`)));
      outgoing.on("error", (error) => reject(Object.assign(error, { reused: outgoing.reusedSocket })));
      // Bytes, even none: before text, or flushed alone, node would write the headers as UTF-8 of what is UTF-8 already; and given
      // to `end`, it would write Content-Disposition in another encoding than the others.
      outgoing.write(body);
      outgoing.end();
    });
  return { send, close: () => agent.destroy() };
}

/** All headers of a request signed with SigV4, the signature among them; the bytes that are signed are those that are sent. */
function signRequest(
  { endpoint, region, credentials }: Endpoint,
  { method, path, headers, body }: Required<RawRequest>,
  now: Date,
): Record<string, string> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const { sessionToken } = credentials;
  const all: Record<string, string> = {
    ...headers,
    host: new URL(endpoint).host,
    "content-length": String(body.length),
    "x-amz-content-sha256": sha256(body),
    "x-amz-date": stamp,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(all)
    .filter((name) => name !== "content-length")
    .sort();
  const [rawPath = "/", query = ""] = splitOnce(path, "?");
  const canonical = [
    method,
    rawPath,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(all[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    all["x-amz-content-sha256"],
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, sha256(Buffer.from(canonical))].join("\n");
  const key = scope
    .split("/")
    .reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${credentials.secretAccessKey}`));
  const credential = `Credential=${credentials.accessKeyId}/${scope}`;
  const signature = hmac(key, toSign).toString("hex");
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function canonicalQuery(query: string): string {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return pairs
    .map((pair) => splitOnce(pair, "="))
    .map(([name = "", value = ""]) => `${name}=${value}`)
    .sort()
    .join("&");
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

// UTF-8 on the wire, which node writes from latin-1.
function onTheWire(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}

const { env } = process;

/** The endpoint of `npm run test:server`, from the environment; undefined if that names none. */
export function endpointOfEnvironment(): Endpoint | undefined {
  const endpoint = env.BUCKETSEAL_TEST_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    region: env.BUCKETSEAL_TEST_REGION ?? env.AWS_REGION ?? "us-east-1",
    credentials: {
      accessKeyId: env.BUCKETSEAL_TEST_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.BUCKETSEAL_TEST_SECRET_ACCESS_KEY ?? env.AWS_SECRET_ACCESS_KEY ?? "",
      ...(env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: env.AWS_SESSION_TOKEN }),
    },
  };
}

export const NO_ENDPOINT = "BUCKETSEAL_TEST_ENDPOINT is not set: npm run test:server -- ENDPOINT sets it";
