import type { Message, Port } from "../migrate/run/workers/channel.js";
import { serveOwner } from "../migrate/run/workers/worker.js";

/** The program of a worker process. Its parent owns the run; without it, the worker has nothing to do. */
const port: Port = {
  send: (batch) => void process.send?.(batch, undefined, undefined, () => undefined),
  receive: (listener) => void process.on("message", (batch) => listener(batch as readonly Message[])),
};
const serving = serveOwner(port);
process.on("disconnect", () => {
  serving.close();
  process.exit();
});
// A terminal sends these to the whole group of processes. The parent decides when its workers stop.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
