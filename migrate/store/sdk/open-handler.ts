import { Readable } from "node:stream";
import { buildQueryString, type HttpHandler, type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import type { Operation } from "../operations.js";
import { answerTimeoutMs, callLimits, SLOW_ANSWER_TIMEOUT_MS } from "../timeouts.js";
import type { Network } from "../transport/agents.js";
import { openTransport } from "../transport/transport.js";

/** What a command is sent with: what its limits are depends on what it is for. */
export interface SendOptions {
  readonly operation?: Operation;
  readonly abortSignal?: AbortSignal;
}

/**
 * Our own transport under the SDK, so that proxies, authorities, limits and words are those of the lean calls. What may be
 * silent for minutes has connections of its own, so that a listing does not wait for the copies before it.
 */
export function openHandler(maxSockets: number, network: Network): HttpHandler {
  const brisk = openTransport(network, maxSockets);
  const patient = openTransport(network, maxSockets);
  const handle: HttpHandler["handle"] = async (request, options = {}) => {
    const { operation, abortSignal: signal } = options as SendOptions;
    const isSlow = operation !== undefined && answerTimeoutMs(operation) === SLOW_ANSWER_TIMEOUT_MS;
    const limits = callLimits(operation);
    const { status, headers, whole, streamed } = await (isSlow ? patient : brisk).send({
      method: request.method,
      protocol: request.protocol === "http:" ? "http:" : "https:",
      hostname: request.hostname,
      port: request.port === undefined ? "" : String(request.port),
      path: withQuery(request),
      headers: request.headers,
      body: request.body as Uint8Array | string | Readable | undefined,
      limits,
      signal,
    });
    const isStreamed = limits.isStreamed && status < 300;
    const body = Readable.from(isStreamed ? streamed() : nonEmpty(await whole()), { objectMode: false });
    return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body }) };
  };
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle,
    destroy: () => {
      brisk.close();
      patient.close();
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function withQuery({ path, query = {} }: HttpRequest): string {
  const text = buildQueryString(query);
  return text === "" ? path : `${path}?${text}`;
}

function nonEmpty(bytes: Uint8Array): readonly Uint8Array[] {
  return bytes.length === 0 ? [] : [bytes];
}
