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
  /** Encoded already; sent as it stands. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** S3 by hand, for what an SDK hides or refuses to send: raw dates, raw metadata, keys as they are. */
export interface RawS3 {
  send(request: RawRequest): Promise<RawAnswer>;
  close(): void;
}

export function rawS3({ endpoint, region, credentials }: Server): RawS3 {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
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

/** As `send`, but a refusal throws. */
export async function sendOk(raw: RawS3, request: RawRequest): Promise<RawAnswer> {
  const answer = await raw.send(request);
  if (answer.status >= 300) {
    throw new Error(`${request.method ?? "GET"} ${request.path} answered ${answer.status}: ${answer.body.toString()}`);
  }
  return answer;
}

export function pathOf(bucket: string, key: string, query = ""): string {
  const encoded = encodeURIComponent(key).replaceAll("%2F", "/");
  // aws4 signs what it is given, and servers decode these four as well.
  const strict = encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `/${bucket}/${strict}${query}`;
}
