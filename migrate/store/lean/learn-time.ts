import type { ServerClock } from "../server-clock.js";
import { type IncomingAnswer, parseXml } from "./answer-error.js";

/** Sets the clock by an answer that refuses a request for its time, as the SDK does: the next one is signed by it. */
export function learnTime({ status, headers, body }: IncomingAnswer, clock: ServerClock): void {
  if (status !== 403) return;
  const { Error: refusal } = parseXml(body);
  if (refusal?.Code === "RequestTimeTooSkewed") clock.set(String(refusal.ServerTime ?? headers.date));
}
