import type { ClientRequest, IncomingMessage } from "node:http";
import { timedOut } from "./timed-out.js";

/**
 * Destroys a request whose answer does not begin in time, however slowly its headers trickle in, or whose connection is
 * silent for as long as its `timeout` option says. Waiting for a free connection does not count.
 */
export function limitAnswering(outgoing: ClientRequest, limitMs: number): void {
  let answer: IncomingMessage | undefined;
  let timer: NodeJS.Timeout | undefined;
  // Whoever reads the answer already would otherwise learn only that it broke off.
  const giveUp = () => (answer ?? outgoing).destroy(timedOut(`no answer for ${limitMs / 1000} s`));
  const stop = () => clearTimeout(timer);
  const start = () => {
    timer = setTimeout(giveUp, limitMs);
  };
  if (outgoing.socket) start();
  else outgoing.once("socket", start);
  outgoing.once("response", (incoming) => {
    answer = incoming;
    stop();
  });
  outgoing.once("timeout", giveUp).once("close", stop);
}
