import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { IDLE_MS } from "../buckets/raw-s3.js";

export interface Refusal {
  readonly status: number;
  readonly code: string;
}

export interface Front {
  readonly endpoint: string;
  /** How often each access key was let through, and refused. */
  readonly passed: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Sits in front of a store and refuses some users, by the access key that a request is signed with: by an error document,
 * and by the bare status if the request is a HEAD.
 */
export async function startFront(store: string, refuse: (accessKeyId: string) => Refusal | undefined): Promise<Front> {
  const { hostname, port } = new URL(store);
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const passed: Record<string, number> = {};
  const refused: Record<string, number> = {};
  const server = createServer((incoming, response) => {
    const accessKeyId = /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1] ?? "";
    const refusal = refuse(accessKeyId);
    const counts = refusal === undefined ? passed : refused;
    counts[accessKeyId] = (counts[accessKeyId] ?? 0) + 1;
    if (refusal !== undefined) sendRefusal(incoming, response, refusal);
    else {
      const { method, url: path, rawHeaders: headers } = incoming;
      const outgoing = httpRequest({ hostname, port, agent, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
        answer.pipe(response);
      });
      incoming.pipe(outgoing);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close().closeAllConnections();
    agent.destroy();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed, refused };
}

function sendRefusal(incoming: IncomingMessage, response: ServerResponse, { status, code }: Refusal): void {
  incoming.resume();
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>The provided token has expired.</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) });
  response.end(incoming.method === "HEAD" ? undefined : body);
}
