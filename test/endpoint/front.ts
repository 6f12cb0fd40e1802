import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseTarget } from "../../sandbox/http/read-request.js";
import { routeOperation } from "../../sandbox/http/routes.js";
import type { Fault, Intercept, InterceptedRequest } from "../../sandbox/index.js";
import type { RawAnswer, RawS3 } from "../buckets/raw-s3.js";
import { type Endpoint, openWitness } from "./witness.js";

export interface Front {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Headers for one hop only, or signed anew. */
const NOT_PASSED_ON =
  /^(authorization|host|connection|content-length|transfer-encoding|expect|accept-encoding|x-amz-date|x-amz-content-sha256|x-amz-security-token)$/;

/**
 * Sits in front of a server that somebody else runs and plays faults that a sandbox plays by itself. Requests are signed anew, so that a
 * server which is found by its name takes them.
 */
export async function startFront(server: Endpoint, intercept: Intercept): Promise<Front> {
  const witness = openWitness(server);
  const front = createServer((request, response) => {
    handle(witness, intercept, request, response).catch(() => request.socket.resetAndDestroy());
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(front, "close");
      front.close().closeAllConnections();
      await closed;
      witness.close();
    },
  };
}

async function handle(witness: RawS3, intercept: Intercept, request: IncomingMessage, response: ServerResponse) {
  const fault = await intercept(interceptedOf(request));
  if (fault?.kind === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (fault?.kind === "delay") await sleep(fault.ms);
  if (fault?.kind === "error") {
    send(request, response, errorAnswer(fault));
    return;
  }
  const { method = "GET", url: path = "/" } = request;
  const answer = await witness.send({ method, path, headers: headersOf(request), body: Buffer.concat(chunks) });
  if (fault?.kind === "reset-after") request.socket.resetAndDestroy();
  else send(request, response, answer, fault);
}

function interceptedOf({ method = "GET", url = "/", headers }: IncomingMessage): InterceptedRequest {
  // The host is ours, and names no bucket.
  const { bucket, key, query } = parseTarget(url, "");
  const isCopy = headers["x-amz-copy-source"] !== undefined;
  return { operation: routeOperation({ method, bucket, key, query, isCopy }) ?? "unknown", bucket, key, method };
}

/** As text: the bytes of a header are UTF-8, which node shows as latin-1. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const passed = Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.test(name));
  return Object.fromEntries(passed.map(([name, value]) => [name, Buffer.from(String(value), "latin1").toString()]));
}

function errorAnswer({ status, code, message = "This fault was asked for" }: Fault & { kind: "error" }): RawAnswer {
  const body = Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  return { status, headers: { "content-type": "application/xml" }, body };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: RawAnswer, fault?: Fault) {
  const ofHead = request.method === "HEAD";
  const length = ofHead || status === 204 || status === 304 ? {} : { "content-length": String(body.length) };
  const kept = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(connection|keep-alive|transfer-encoding)$/.test(name)),
  );
  response.writeHead(status, { ...kept, ...length });
  const cut = cutAt(fault, body.length);
  if (ofHead || cut >= body.length) response.end(ofHead ? undefined : body);
  else response.write(body.subarray(0, cut), () => request.socket.destroy());
}

function cutAt(fault: Fault | undefined, bytes: number): number {
  if (fault?.kind === "halve") return Math.floor(bytes / 2);
  return fault?.kind === "truncate" ? fault.bytes : Number.POSITIVE_INFINITY;
}
