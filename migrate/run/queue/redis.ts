import { isIP } from "node:net";
import type { Queue } from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import { RunError } from "../../errors.js";
import type { QueueAddress } from "../../options/queue-address.js";
import { withoutSecrets } from "../../store/wire.js";

type BullMq = typeof import("bullmq");

/** Redis and BullMQ, as far as runs and workers use them. */
export interface Engine {
  readonly address: QueueAddress;
  readonly redis: Redis;
  /** A connection of its own, for calls that block. */
  readonly open: () => Redis;
  /** The jobs of a session: each lets a worker claim a range. */
  readonly jobs: (session: string) => Queue<Ticket>;
  /** Calls `onTicket` for each job, one at a time. */
  readonly work: (session: string, onTicket: (ticket: Ticket) => Promise<void>) => Work;
  close(): void;
}

/** Lets the worker that has it claim a range. A later ticket for the range makes this one void. */
export interface Ticket {
  readonly range: number;
  readonly nth: number;
}

export interface Work {
  close(): Promise<void>;
  /** Removes what this worker may have written of its queue after the owner removed the queue. Call it once closed. */
  forget(): Promise<unknown>;
}

/** A job whose lock is not renewed for so long is given to another worker. */
const LOCK_MS = 10_000;
const LOOK_FOR_STALLED_MS = 5000;
const CONNECT_WITHIN_MS = 10_000;
const MOST_RETRY_MS = 1000;

/** Connects to Redis, and checks that it can hold a queue. Later the connection is opened again whenever it is lost. */
export async function openEngine(address: QueueAddress): Promise<Engine> {
  const { bullmq, ioredis } = await loadPackages();
  await tryConnection(
    new ioredis.Redis({ ...optionsOf(address), lazyConnect: true, retryStrategy: () => null }),
    address,
  );
  const opened: Redis[] = [];
  const open = () => {
    const redis = new ioredis.Redis(optionsOf(address));
    // It is reported by the events that the session and the worker listen to.
    redis.on("error", () => undefined);
    opened.push(redis);
    return redis;
  };
  const redis = open();
  const bull = { connection: redis, prefix: address.prefix };
  return {
    address,
    redis,
    open,
    jobs: (session) => {
      const queue = new bullmq.Queue<Ticket>(queueName(session), { ...bull, skipMetasUpdate: true });
      queue.on("error", () => undefined);
      return queue;
    },
    work: (session, onTicket) => workOn(bullmq, queueName(session), bull, onTicket),
    close: () => {
      for (const each of opened) each.disconnect();
    },
  };
}

function workOn(
  bullmq: BullMq,
  name: string,
  bull: { readonly connection: Redis; readonly prefix: string },
  onTicket: (ticket: Ticket) => Promise<void>,
): Work {
  const worker = new bullmq.Worker<Ticket>(name, ({ data }) => onTicket(data), {
    ...bull,
    concurrency: 1,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_MS,
    // The owner of the run decides how often a range may be tried.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on("error", () => undefined);
  // BullMQ looks for stalled jobs now and then, and notes how many events it keeps.
  return { close: () => worker.close(), forget: () => bull.connection.unlink(worker.toKey("meta")) };
}

function queueName(session: string): string {
  return `ranges-${session}`;
}

async function loadPackages() {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, ioredis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new RunError(
      "--queue needs the packages bullmq and ioredis, which are not installed beside bucketseal: run npm install bullmq ioredis there, with -g if it is global",
      { cause: error },
    );
  }
}

function optionsOf({ host, port, db, tls, username, password }: QueueAddress) {
  return {
    host,
    port,
    db,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    // A name is told to the server; RFC 6066 allows no address there.
    ...(tls ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {}),
    // Every Redis and Valkey speaks it, and so do the proxies of hosted ones.
    protocol: 2 as const,
    connectTimeout: CONNECT_WITHIN_MS,
    // A call waits for as long as the connection is lost.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, MOST_RETRY_MS),
  } satisfies RedisOptions;
}

async function tryConnection(redis: Redis, { url }: QueueAddress): Promise<void> {
  let why = "";
  redis.on("error", (error: Error) => {
    why ||= error.message;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const [, policy = "noeviction"] = /^maxmemory_policy:(\S+)/m.exec(info) ?? [];
    if (policy !== "noeviction") {
      throw new RunError(
        `the Redis at ${url} removes keys when its memory is full (maxmemory-policy ${policy}), and a queue would lose jobs: set maxmemory-policy noeviction`,
      );
    }
  } catch (error) {
    if (error instanceof RunError) throw error;
    const words = withoutSecrets(why || (error as Error).message);
    throw new RunError(`the Redis at ${url} cannot be used (${words}): ${wayOut(words)}`, { cause: error });
  } finally {
    redis.disconnect();
  }
}

function wayOut(words: string): string {
  if (/NOAUTH|WRONGPASS|NOPERM|invalid (username|password)/i.test(words)) {
    return "set BUCKETSEAL_REDIS_PASSWORD and, if Redis has named users, BUCKETSEAL_REDIS_USERNAME";
  }
  if (/certificate|altnames/i.test(words)) {
    return "if its CA is your own, set NODE_EXTRA_CA_CERTS to the PEM file of that CA; the certificate must name the host of the URL";
  }
  return "check the URL, that Redis runs and that this machine may connect to it, and rediss:// if it expects TLS";
}
