import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Intercept, InterceptedRequest } from "./intercept.js";
import { S3Error } from "./s3-error.js";

/** Plays what comes before the operation, and answers the fault for what is to come after it. */
export async function playFault(
  intercept: Intercept | undefined,
  intercepted: InterceptedRequest,
  request: IncomingMessage,
): Promise<Fault | undefined> {
  const fault = await intercept?.(intercepted);
  if (fault?.kind === "delay") {
    await sleep(fault.ms);
  }
  if (fault?.kind === "reset") {
    request.socket.resetAndDestroy();
  }
  if (fault?.kind === "error") {
    const { code, status, message = "This fault was asked for" } = fault;
    throw Object.assign(new S3Error("InternalError", { status, message }), { code });
  }
  return fault;
}
