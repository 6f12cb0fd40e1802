import type { Socket } from "node:net";
import { timedOut } from "./timed-out.js";

/** Destroys a socket that is not connected in time: a host that swallows packets would be waited for as long as a large copy. */
export function limitConnecting(socket: Socket, limitMs: number): void {
  if (!socket.connecting) return;
  const giveUp = () => socket.destroy(timedOut(`no connection within ${limitMs / 1000} s`));
  const timer = setTimeout(giveUp, limitMs);
  const connected = () => clearTimeout(timer);
  socket.once("connect", connected).once("close", connected);
}
