import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, SLOW_ANSWER_TIMEOUT_MS } from "../timeouts.js";

type Handler = Exclude<NonNullable<S3ClientConfig["requestHandler"]>, Record<string, unknown>>;

/**
 * The SDK's own transport, twice: it knows one time limit for all calls, while copies may be silent for minutes and nothing
 * else may. A call says by its `requestTimeout` which one it is for. Connections are not shared between the two, so that
 * a listing does not wait for the copies before it.
 */
export function openHandler(maxSockets: number): Handler {
  const agent = { keepAlive: true, maxSockets };
  const handlerOf = (socketTimeout: number) =>
    new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout,
      httpAgent: agent,
      httpsAgent: agent,
    });
  const brisk = handlerOf(ANSWER_TIMEOUT_MS);
  const patient = handlerOf(SLOW_ANSWER_TIMEOUT_MS);
  const handle: NodeHttpHandler["handle"] = (request, { requestTimeout, abortSignal } = {}) =>
    (requestTimeout === ANSWER_TIMEOUT_MS ? brisk : patient).handle(request, abortSignal ? { abortSignal } : {});
  return {
    metadata: patient.metadata,
    handle,
    destroy: () => {
      brisk.destroy();
      patient.destroy();
    },
    updateHttpClientConfig: (name, value) => {
      brisk.updateHttpClientConfig(name, value);
      patient.updateHttpClientConfig(name, value);
    },
    httpHandlerConfigs: () => patient.httpHandlerConfigs(),
  };
}
