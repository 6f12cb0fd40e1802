import http from "node:http";
import https from "node:https";
import { buffer } from "node:stream/consumers";
import { CONNECT_TIMEOUT_MS } from "../timeouts.js";
import { readWireHeaders, writeWireHeaders } from "../wire-headers.js";
import { limitAnswering } from "./limit-answering.js";
import { limitConnecting } from "./limit-connecting.js";

export interface OutgoingRequest {
  readonly method: "HEAD" | "GET" | "PUT";
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long the answer may take to begin, and may then be silent. */
  readonly timeoutMs: number;
  readonly body?: Uint8Array | undefined;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** The same as text. */
  readonly body: string;
}

export interface RequestSender {
  /** Rejects with the socket's own error. */
  send(request: OutgoingRequest): Promise<IncomingAnswer>;
  /** Closes every connection, idle or not. */
  close(): void;
}

/** Sends requests over kept-alive connections. */
export function requestSender(protocol: "http:" | "https:", maxSockets: number): RequestSender {
  const transport = protocol === "https:" ? https : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets, scheduling: "lifo" });
  const send: RequestSender["send"] = (request) =>
    new Promise((resolve, reject) => {
      const headers = writeWireHeaders(request.headers);
      const outgoing = transport.request({ ...request, headers, agent, timeout: request.timeoutMs }, (answer) => {
        readAnswer(answer).then(resolve, reject);
      });
      outgoing.on("socket", (socket) => limitConnecting(socket, CONNECT_TIMEOUT_MS));
      limitAnswering(outgoing, request.timeoutMs);
      outgoing.on("error", reject);
      outgoing.end(request.body);
    });
  return { send, close: () => agent.destroy() };
}

async function readAnswer(answer: http.IncomingMessage): Promise<IncomingAnswer> {
  const bytes = await buffer(answer);
  const known = { status: answer.statusCode ?? 0, headers: joinRepeated(answer.headers), bytes };
  return {
    ...known,
    get body() {
      return bytes.toString();
    },
  };
}

function joinRepeated(headers: http.IncomingHttpHeaders): Record<string, string> {
  return readWireHeaders(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])));
}
