import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { handleRequest, type Service } from "./handle-request.js";

const KEEP_ALIVE_MS = 60_000;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(service: Service, host: string, port: number): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void handleRequest(service, request, response, readBody);
  });
  // An Expect that is not understood is passed over, as S3 does.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    void handleRequest(service, request, response, readBody);
  });
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    // A body that was not waited for may follow all the same, so the connection cannot be used again.
    response.shouldKeepAlive = false;
    void handleRequest(service, request, response, (body) => {
      return readAfterContinue(body, response);
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function readBody(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

/** Asks for the body only when an operation reads it: a request refused before that stays without one. */
async function* readAfterContinue(request: IncomingMessage, response: ServerResponse): AsyncIterable<Buffer> {
  response.shouldKeepAlive = true;
  response.writeContinue();
  yield* readBody(request);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
