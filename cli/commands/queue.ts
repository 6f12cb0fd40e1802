import { hostname } from "node:os";
import { UsageError } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import { type QueueAddress, type QueueOptions, resolveQueue } from "../../migrate/options/queue-address.js";
import { serveQueue, type WorkerEvent } from "../../migrate/run/queue/queue-worker.js";
import { openEngine } from "../../migrate/run/queue/redis.js";
import { readSessions, removeLeft, type SessionInfo } from "../../migrate/run/queue/sessions.js";
import { providers, resolveEndpoint } from "../../providers/index.js";
import type { QueueFlags, WorkerFlags } from "../declarations/runs.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { startLog } from "../print/run-events.js";
import { note, print, printJson } from "../print/terminal.js";
import { networkOfEnvironment, redisOfEnvironment, storeWords } from "./command-inputs.js";

export async function runWorker(flags: WorkerFlags): Promise<void> {
  const { name, once, profile, ssecKeyFile, toKeyFile, quiet } = flags;
  startLog(flags);
  const address = await addressOf(flags);
  const endpoint = endpointOf(flags);
  const given = {
    ...(endpoint !== undefined && { endpoint }),
    profile,
    ssecKeyFile,
    toKeyFile,
    ...networkOfEnvironment(),
  };
  const isInterrupted = await withInterrupt(
    async (signal) => {
      await serveQueue({
        address,
        name: name ?? `${hostname()}-${process.pid}`,
        given,
        once: once === true,
        signal,
        onEvent: (event) => quiet || note(workerWords(event, { url: address.url, endpoint })),
      });
      return signal.aborted;
    },
    () => undefined,
  );
  process.exitCode = isInterrupted ? EXIT.interrupted : EXIT.done;
}

/** As runs name it. */
function endpointOf({ endpoint }: WorkerFlags): string | undefined {
  if (endpoint === undefined) return undefined;
  const found = resolveEndpoint(providers.generic, { endpoint });
  if (found.kind === "refused") throw new UsageError([found.problem]);
  return found.url;
}

/** Safe to print: why a worker has to leave and what it works for are words of another machine. */
export function workerWords(
  event: WorkerEvent,
  { url, endpoint: only }: Pick<QueueAddress, "url"> & { readonly endpoint?: string | undefined },
): string {
  if (event.kind === "connected") return storeWords(event);
  const which = only === undefined ? "a run" : `a run of ${only}`;
  if (event.kind === "waiting") return visibleText(`waiting for ${which} at ${url}`);
  if (event.kind === "left") return visibleText(`left the run: ${event.why}`);
  const { command, endpoint, run } = event.session;
  return visibleText(`working for ${command} at ${endpoint} (run ${run})`);
}

const ACTIONS: Readonly<Record<string, (flags: QueueFlags) => Promise<void>>> = { status, drain };

export async function runQueue(flags: QueueFlags, action: string): Promise<void> {
  const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (act === undefined)
    throw new UsageError([`"${action}" is not something to do with a queue: give status or drain`]);
  await act(flags);
}

async function status({ json, ...flags }: QueueFlags): Promise<void> {
  const engine = await openEngine(await addressOf(flags));
  try {
    const sessions = await readSessions(engine);
    const alive = sessions.flatMap(({ info }) => info ?? []);
    const left = sessions.length - alive.length;
    if (json) {
      for (const info of alive) printJson({ kind: "run", ...info });
      printJson({ kind: "queue", runs: alive.length, left });
      return;
    }
    for (const info of alive) print(sessionWords(info));
    if (alive.length === 0) print("no run is coordinated");
    if (left > 0) print(`${countOf(left, "run")} left something behind: bucketseal queue drain removes it`);
  } finally {
    engine.close();
  }
}

function sessionWords({ command, endpoint, run, startedAt, done, held, waiting, workers }: SessionInfo): string {
  const lines = [
    `${command} at ${endpoint}, since ${startedAt} (run ${run})`,
    `  ${countOf(done, "object")} done, ${countOf(held, "range")} in work, ${waiting} waiting`,
    `  ${countOf(workers.length, "worker")}${workers.length > 0 ? `: ${workers.join(", ")}` : ""}`,
  ];
  return lines.map((line) => visibleText(line)).join("\n");
}

async function drain({ json, ...flags }: QueueFlags): Promise<void> {
  const engine = await openEngine(await addressOf(flags));
  try {
    const removed = await removeLeft(engine, null);
    if (json) printJson({ kind: "drained", removed });
    else print(removed === 0 ? "nothing was left" : `removed what ${countOf(removed, "run")} left`);
  } finally {
    engine.close();
  }
}

async function addressOf(flags: QueueOptions): Promise<QueueAddress> {
  const problems: string[] = [];
  const address = await resolveQueue({ ...flags, ...redisOfEnvironment() }, problems);
  if (address === null) throw new UsageError(problems);
  return address;
}
