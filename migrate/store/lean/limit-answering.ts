import type { ClientRequest } from "node:http";
import { timedOut } from "./timed-out.js";

/**
 * Destroys a request whose answer does not begin in time, however slowly its headers trickle in, or whose connection is
 * silent for as long as its `timeout` option says. Waiting for a free connection does not count.
 */
export function limitAnswering(outgoing: ClientRequest, limitMs: number): void {
  const giveUp = () => outgoing.destroy(timedOut(`no answer for ${limitMs / 1000} s`));
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  outgoing.once("socket", () => {
    timer = setTimeout(giveUp, limitMs);
  });
  outgoing.once("timeout", giveUp).once("response", stop).once("close", stop);
}
