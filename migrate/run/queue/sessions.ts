import type { RunRecord } from "../../journal/run-record.js";
import type { Engine } from "./redis.js";

/** A run that is waiting for workers or has some, as others see it in Redis. */
export interface SessionInfo {
  readonly id: string;
  readonly run: string;
  readonly command: RunRecord["command"];
  readonly toolVersion: string;
  readonly endpoint: string;
  readonly startedAt: string;
  readonly workers: readonly string[];
  /** The ranges that a worker has, and those that wait for one. */
  readonly held: number;
  readonly waiting: number;
  /** Objects that have their outcome, of this session of the run. */
  readonly done: number;
}

/** A session whose coordinator says nothing for so long is not served any more. */
const ALIVE_MS = 15_000;
/** Keys that nobody removes expire. */
export const KEPT_S = 24 * 3600;

/** A worker that asks a session to take it. */
export interface Hello {
  readonly link: string;
  readonly name: string;
  readonly toolVersion: string;
}

export function keysOf({ address: { prefix } }: Pick<Engine, "address">) {
  return {
    sessions: `${prefix}:sessions`,
    session: (id: string) => `${prefix}:session:${id}`,
    hello: (id: string) => `${prefix}:session:${id}:hello`,
    /** From the worker to the owner of the run, and back. */
    up: (id: string, link: string) => `${prefix}:session:${id}:${link}:up`,
    down: (id: string, link: string) => `${prefix}:session:${id}:${link}:down`,
  };
}

/** Writes down that the session is alive. Without it, workers leave the session. */
export async function announce(engine: Engine, info: SessionInfo, links: readonly string[]): Promise<void> {
  const keys = keysOf(engine);
  const { id } = info;
  const writing = engine.redis.pipeline();
  writing.sadd(keys.sessions, id).set(keys.session(id), JSON.stringify(info), "PX", ALIVE_MS);
  writing.expire(keys.hello(id), KEPT_S).expire(keys.sessions, KEPT_S);
  for (const link of links) writing.expire(keys.up(id, link), KEPT_S).expire(keys.down(id, link), KEPT_S);
  await writing.exec();
}

/** The sessions in Redis, the eldest first. `info` is `null` if its coordinator is gone. */
export async function readSessions(
  engine: Engine,
): Promise<readonly { readonly id: string; readonly info: SessionInfo | null }[]> {
  const keys = keysOf(engine);
  const ids = await engine.redis.smembers(keys.sessions);
  if (ids.length === 0) return [];
  const texts = await engine.redis.mget(ids.map(keys.session));
  const sessions = ids.map((id, nth) => ({ id, info: JSON.parse(texts[nth] ?? "null") as SessionInfo | null }));
  return sessions.toSorted((a, b) => (a.info?.startedAt ?? "").localeCompare(b.info?.startedAt ?? ""));
}

/** Removes everything of a session. Its workers leave it. */
export async function removeSession(engine: Engine, id: string): Promise<void> {
  const keys = keysOf(engine);
  await engine.redis.del(keys.session(id));
  await engine.jobs(id).obliterate({ force: true });
  for await (const found of engine.redis.scanStream({ match: `${keys.session(id)}:*`, count: 1000 })) {
    const names = found as string[];
    if (names.length > 0) await engine.redis.unlink(...names);
  }
  await engine.redis.srem(keys.sessions, id);
}

/** Removes the sessions that nobody coordinates any more, and the earlier ones of a run. */
export async function removeLeft(engine: Engine, run: string | null): Promise<number> {
  const left = (await readSessions(engine)).filter(({ info }) => info === null || info.run === run);
  for (const { id } of left) await removeSession(engine, id);
  return left.length;
}
