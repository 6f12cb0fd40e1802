import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BaselineContradicted } from "../../compare/sample.js";
import { RunError, type RunErrorBecause } from "../../errors.js";
import type { Contradiction } from "../../journal/input-records.js";
import { Unordered } from "../../list/cut-range.js";
import { StoreError, type StoreErrorFacts } from "../../store/store-error.js";
import { Refused, Uncuttable } from "../../versions/version-watermark.js";

/** The messages between two processes: calls, which get an answer, and notices, which get none. */
export type Message =
  | { readonly call: number; readonly name: string; readonly given: unknown }
  | { readonly name: string; readonly given: unknown }
  | { readonly answer: number; readonly value?: unknown; readonly error?: SentError };

/** How messages reach the other side, in order. */
export interface Port {
  readonly send: (batch: readonly Message[]) => void;
  readonly receive: (listener: (batch: readonly Message[]) => void) => void;
}

/** An error on its way to another process, which must tell refusals, ends of the run and listings without order apart. */
export type SentError =
  | { readonly kind: "baseline"; readonly contradiction: Contradiction }
  | { readonly kind: "store"; readonly facts: StoreErrorFacts }
  | { readonly kind: "unordered" | "uncuttable" | "refused"; readonly message: string }
  | {
      readonly kind: "run";
      readonly message: string;
      readonly because: RunErrorBecause;
      readonly ofLocation: RunError["ofLocation"];
    }
  | { readonly kind: "other"; readonly name: string; readonly message: string; readonly stack: string | undefined };

/** The functions of one side, by name. Each takes one argument, all of it JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the argument of each function is its own
type Functions = { readonly [name: string]: (given: any) => unknown };
type Given<F> = F extends (given: infer G) => unknown ? G : never;

export interface Channel<Theirs extends object> {
  /** Resolves with the answer of the other side. Rejects with its error, or if the other side is gone. */
  call<N extends keyof Theirs & string>(
    name: N,
    given: Given<Theirs[N]>,
  ): Promise<Theirs[N] extends (given: never) => infer R ? Awaited<R> : never>;
  tell<N extends keyof Theirs & string>(name: N, given: Given<Theirs[N]>): void;
  /** The other side is gone: rejects every call without an answer, and all later ones. */
  close(error: Error): void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Connects the functions of two sides. Messages of one turn of the event loop, or of a moment if there are many, travel together. */
export function openChannel<Theirs extends object>(port: Port, ours: Functions): Channel<Theirs> {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let gone: Error | null = null;
  const send = inBatches((batch) => {
    if (gone === null) port.send(batch);
  });
  port.receive((messages) => {
    for (const message of messages) {
      if ("answer" in message) settle(waiting, message);
      else if ("call" in message) void answerTo(message, ours).then(send);
      else ours[message.name]?.(message.given);
    }
  });
  return {
    call: (name, given) =>
      new Promise((resolve, reject) => {
        if (gone !== null) return reject(gone);
        calls += 1;
        waiting.set(calls, { resolve, reject });
        send({ call: calls, name, given });
      }),
    tell: (name, given) => send({ name, given }),
    close: (error) => {
      gone = error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

/** A batch costs both sides as much CPU time as many messages, so a batch waits this long for more of them. */
const WAIT_MS = 2;
/** The messages of a batch after which the next one waits. */
const MANY = 3;

function inBatches(send: (batch: readonly Message[]) => void): (message: Message) => void {
  let batch: Message[] = [];
  let areMany = false;
  const flush = () => {
    const sent = batch;
    batch = [];
    areMany = sent.length >= MANY;
    send(sent);
  };
  return (message) => {
    if (batch.length === 0) {
      if (areMany) setTimeout(flush, WAIT_MS);
      else setImmediate(flush);
    }
    batch.push(message);
  };
}

type Call = Extract<Message, { call: number }>;
type Answer = Extract<Message, { answer: number }>;

async function answerTo({ call, name, given }: Call, ours: Functions): Promise<Answer> {
  try {
    return { answer: call, value: await ours[name]?.(given) };
  } catch (error) {
    return { answer: call, error: toSent(error) };
  }
}

function settle(waiting: Map<number, Waiting>, { answer, value, error }: Answer): void {
  const call = waiting.get(answer);
  waiting.delete(answer);
  if (error !== undefined) call?.reject(fromSent(error));
  else call?.resolve(value as never);
}

/** How the listing of a range ended early. */
const LISTED = [
  ["unordered", Unordered],
  ["uncuttable", Uncuttable],
  ["refused", Refused],
] as const;

export function toSent(error: unknown): SentError {
  if (error instanceof StoreError) return { kind: "store", facts: error.facts };
  if (error instanceof BaselineContradicted) return { kind: "baseline", contradiction: error.contradiction };
  if (error instanceof RunError) {
    const { message, because, ofLocation } = error;
    return { kind: "run", message, because, ofLocation };
  }
  for (const [kind, Listed] of LISTED) if (error instanceof Listed) return { kind, message: error.message };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "other", name, message, stack };
}

export function fromSent(sent: SentError): Error {
  if (sent.kind === "store") return new StoreError(sent.facts);
  if (sent.kind === "baseline") return new BaselineContradicted(sent.contradiction);
  if (sent.kind === "run") {
    const { message, because, ofLocation } = sent;
    return new RunError(message, { because, ofLocation: ofLocation ?? undefined });
  }
  for (const [kind, Listed] of LISTED) if (sent.kind === kind) return new Listed(sent.message);
  if (sent.kind !== "other") throw new Error(`an error of an unknown kind: ${sent.kind}`);
  const error = new Error(sent.message);
  return Object.assign(error, { name: sent.name, stack: sent.stack ?? error.stack });
}

/** A worker reads options and keys again, which may have changed since. */
export function startError(error: unknown): unknown {
  if (error instanceof RunError || error instanceof StoreError) return error;
  const { message } = error as Error;
  return new RunError(`a worker process could not start: ${message}: correct that, then continue with --resume`);
}

/** The program beside the chunks of this package. The sources use the one that was built of them. `of`: this module. */
export function workerProgram(of = import.meta.url): string {
  const path = of.endsWith(".ts") ? "../../../dist/cli/worker-process.js" : "../cli/worker-process.js";
  const program = fileURLToPath(new URL(path, of));
  if (existsSync(program)) return program;
  throw new RunError(
    "the program of the worker processes is missing from the package: install it again, or give --workers 1",
  );
}

const MOST_WORDS = 2000;

interface ForkedWorker {
  readonly child: ChildProcess;
  readonly port: Port;
  /** What it has written to stderr last. */
  readonly words: () => string;
}

export function forkWorker(): ForkedWorker {
  const child = fork(workerProgram(), [], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let words = "";
  child.stderr?.on("data", (text: Buffer) => {
    words = `${words}${text.toString()}`.slice(-MOST_WORDS);
  });
  const port: Port = {
    send: (batch) => void (child.connected && child.send(batch as Message[], () => undefined)),
    receive: (listener) => void child.on("message", (batch) => listener(batch as Message[])),
  };
  return { child, port, words: () => words };
}
