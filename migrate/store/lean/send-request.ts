import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS } from "../timeouts.js";
import { readWireHeaders, writeWireHeaders } from "../wire-headers.js";
import { limitConnecting } from "./limit-connecting.js";
import { timedOut } from "./timed-out.js";

export interface OutgoingRequest {
  readonly method: "HEAD" | "GET" | "PUT";
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SendRequest = (request: OutgoingRequest) => Promise<IncomingAnswer>;

/** Sends bodiless requests over kept-alive connections. Rejects with the socket's own error. */
export function requestSender(protocol: "http:" | "https:", maxSockets: number): SendRequest {
  const transport = protocol === "https:" ? https : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets, scheduling: "lifo" });
  return (request) =>
    new Promise((resolve, reject) => {
      const headers = writeWireHeaders(request.headers);
      const outgoing = transport.request({ ...request, headers, agent, timeout: IDLE_TIMEOUT_MS }, (answer) => {
        readAnswer(answer).then(resolve, reject);
      });
      outgoing.on("timeout", () => outgoing.destroy(timedOut(`no answer for ${IDLE_TIMEOUT_MS / 1000} s`)));
      outgoing.on("socket", (socket) => limitConnecting(socket, CONNECT_TIMEOUT_MS));
      outgoing.on("error", reject);
      outgoing.end();
    });
}

async function readAnswer(answer: http.IncomingMessage): Promise<IncomingAnswer> {
  const body = await text(answer);
  return { status: answer.statusCode ?? 0, headers: joinRepeated(answer.headers), body };
}

function joinRepeated(headers: http.IncomingHttpHeaders): Record<string, string> {
  return readWireHeaders(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])));
}
