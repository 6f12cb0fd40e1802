// @module-tag slow
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { NO_FACTS } from "../../../migrate/compare/known.js";
import { checkRun, type MigrateOptions, migrate, type ProgressEvent, TOOL_VERSION } from "../../../migrate/index.js";
import type { CheckpointRecord } from "../../../migrate/journal/record.js";
import { isEnded, NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import { documentedCapabilities } from "../../../migrate/model/capabilities.js";
import type { RunContext } from "../../../migrate/object/context.js";
import { type QueueAddress, resolveQueue } from "../../../migrate/options/queue-address.js";
import { processScope, type ScopeTools } from "../../../migrate/run/process-scope.js";
import { QueueLinks, type QueueOwnerCalls } from "../../../migrate/run/queue/queue-links.js";
import { QueuePool } from "../../../migrate/run/queue/queue-pool.js";
import { serveQueue, type WorkerEvent } from "../../../migrate/run/queue/queue-worker.js";
import { type Engine, openEngine, type Ticket } from "../../../migrate/run/queue/redis.js";
import { announce, removeSession } from "../../../migrate/run/queue/sessions.js";
import { StreamPort, StreamReader } from "../../../migrate/run/queue/stream-port.js";
import { type Message, openChannel, type Port } from "../../../migrate/run/workers/channel.js";
import { RemoteRange } from "../../../migrate/run/workers/remote-range.js";
import { serveOwner } from "../../../migrate/run/workers/worker.js";
import {
  fingerprintOf,
  type SentRange,
  type WorkerCalls,
  type WorkerFacts,
  type WorkerStart,
} from "../../../migrate/run/workers/worker-calls.js";
import type { PoolTools } from "../../../migrate/run/workers/worker-pool.js";
import { RequestCounts } from "../../../migrate/store/transport/request.js";
import { providers } from "../../../providers/index.js";
import { fractionOf } from "../../../sandbox/chaos.js";
import { HAS_REDIS, REDIS_OR_WHY, type RedisServer, startRedis } from "../../cli/redis-server.js";
import { createBucket, encryptionOf, openRehearsal, plain, type Rehearsal } from "../../cli/rehearsal.js";
import { summaryOf } from "../../cli/run-cli.js";
import { LONG, SWEEP_TIMEOUT_MS, tellFigures } from "../../length.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

vi.setConfig({ testTimeout: SWEEP_TIMEOUT_MS });

const OBJECTS = 200;
const PASSWORD = "a-password-of-redis-0123456789";

let rehearsal: Rehearsal;
let redis: RedisServer;
/** Holds the answers of the store back while a test looks. */
let pauseMs = 2;
/** The code with which the store refuses a call. */
let refuse: (operation: string) => string | undefined = () => undefined;
const ofClock = (operation: string) => (operation.startsWith("List") ? undefined : "RequestTimeTooSkewed");
const ended: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  if (!HAS_REDIS) return;
  rehearsal = await openRehearsal({
    intercept: async ({ operation }) => {
      await wait(pauseMs);
      const code = refuse(operation);
      return code === undefined ? undefined : { kind: "error", status: 403, code };
    },
  });
  redis = await startRedis("--requirepass", PASSWORD);
});
afterEach(async () => {
  pauseMs = 2;
  refuse = () => undefined;
  for (const end of ended.splice(0)) await end();
});
afterAll(async () => {
  if (!HAS_REDIS) return;
  await rehearsal.close();
  await redis.close();
});

let buckets = 0;
async function newBucket(): Promise<{ readonly bucket: string; readonly keys: readonly string[] }> {
  buckets += 1;
  const objects = [...plain(OBJECTS)];
  await createBucket(rehearsal.client, `queued-${buckets}`, objects);
  return { bucket: `queued-${buckets}`, keys: objects.map(({ Key = "" }) => Key) };
}

/** A coordinator in this process, and what it reports. */
function coordinate(bucket: string, more: MigrateOptions = {}) {
  const { sandbox, folder } = rehearsal;
  const out = join(folder, `run-${bucket}`);
  const events: ProgressEvent[] = [];
  const stop = new AbortController();
  const running = migrate({
    locations: [`s3://${bucket}`],
    provider: "ovhcloud",
    region: sandbox.region,
    endpoint: sandbox.endpoint,
    credentials: sandbox.credentials,
    assume: "documented",
    concurrency: 8,
    queue: redis.url,
    queuePassword: PASSWORD,
    out,
    onEvent: (event) => void events.push(event),
    signal: stop.signal,
    ...more,
  });
  running.catch(() => undefined);
  ended.push(() => {
    stop.abort();
    return running.catch(() => undefined);
  });
  return { running, out, events, stop };
}

async function address(): Promise<QueueAddress> {
  const found = await resolveQueue({ queue: redis.url, queuePassword: PASSWORD }, []);
  if (found === null) throw new Error("it is an address");
  return found;
}

/** A worker in this process. */
async function work(name: string, given: MigrateOptions = {}) {
  const stop = new AbortController();
  const events: WorkerEvent[] = [];
  const serving = serveQueue({
    address: await address(),
    name,
    given: { credentials: rehearsal.sandbox.credentials, ...given },
    once: true,
    signal: stop.signal,
    onEvent: (event) => void events.push(event),
  });
  serving.catch(() => undefined);
  ended.push(() => {
    stop.abort();
    return serving.catch(() => undefined);
  });
  return { serving, events, stop };
}

async function sessionOf(): Promise<string> {
  const sessions = () => redis.client.smembers("bucketseal:sessions");
  await expect.poll(sessions, { timeout: 60_000 }).toHaveLength(1);
  return (await sessions())[0] ?? "";
}

/** Claims the first range of the run, once there is one. */
async function claimFirst({ owner }: Awaited<ReturnType<typeof fakeWorker>>): Promise<SentRange> {
  const claimed: SentRange[] = [];
  const claim = async () => {
    const range = await owner.call("claim", { range: 1, nth: 0 });
    if (range !== null) claimed.push(range);
    return claimed;
  };
  await expect.poll(claim, { timeout: 60_000 }).toHaveLength(1);
  return claimed[0] as SentRange;
}

/** As somebody may write it into Redis. */
function forgedStart(given: WorkerStart["given"]): WorkerStart {
  return {
    command: "audit",
    toolVersion: TOOL_VERSION,
    given: { provider: "ovhcloud", region: "gra", locations: ["s3://forged"], ...given },
    runStartedAt: new Date().toISOString(),
    scopes: [{ bucket: "forged", prefix: "" }],
    reach: [{ bucket: "forged", prefix: "" }],
    facts: NO_FACTS,
    regions: [],
    testObjects: [],
    concurrency: 1,
    atFirst: 1,
    limited: { read: false, write: false },
    removalsStopped: false,
    tellsRequests: false,
  };
}

/** Two ports of which each receives what the other sends. */
function portsTogether(): readonly [Port, Port] {
  const listeners: ((batch: readonly Message[]) => void)[] = [];
  const port = (own: number, other: number): Port => ({
    send: (batch) => setImmediate(() => listeners[other]?.(batch)),
    receive: (listener) => {
      listeners[own] = listener;
    },
  });
  return [port(0, 1), port(1, 0)];
}

/** A worker that answers as the test wants, and takes no jobs by itself. */
async function fakeWorker(facts: Partial<WorkerFacts> = {}, toolVersion = TOOL_VERSION) {
  const session = await sessionOf();
  const link = `fake-${Math.random()}`;
  const key = (way: string) => `bucketseal:session:${session}:${link}:${way}`;
  const port = new StreamPort(redis.client, key("up"));
  const accessKeyId = rehearsal.sandbox.credentials.accessKeyId;
  const capabilities = fingerprintOf(documentedCapabilities(providers.ovhcloud));
  let isAccepted = false;
  const owner = openChannel<QueueOwnerCalls>(port, {
    start: async () => ({ accessKeyId, customerKeys: null, capabilities, at: Date.now(), ...facts }),
    accepted: () => {
      isAccepted = true;
    },
    testObject: async () => undefined,
    narrow: async () => false,
  });
  let end: { readonly kind: string; readonly why: string } | null = null;
  const reader = redis.client.duplicate();
  ended.push(async () => reader.disconnect());
  void (async () => {
    for (let last = "0-0"; end === null; ) {
      const found = await reader.xread("BLOCK", 500, "STREAMS", key("down"), last).catch(() => null);
      for (const [id, [name, text = ""]] of (found?.[0]?.[1] ?? []) as [string, string[]][]) {
        last = id;
        if (name === "end") end = JSON.parse(text);
        else port.deliver(text);
      }
      if (reader.status === "end") return;
    }
  })();
  const hello = JSON.stringify({ link, name: link, toolVersion });
  await redis.client.xadd(`bucketseal:session:${session}:hello`, "*", "hello", hello);
  return { owner, name: link, isAccepted: () => isAccepted, end: () => end };
}

async function expectWhole(bucket: string, out: string, keys: readonly string[]): Promise<void> {
  expect([...(await outcomesOf(out)).keys()].sort()).toEqual([...keys].sort());
  expect((await summaryOf(out)).total).toMatchObject({ listed: keys.length, closes: true });
  expect((await checkRun(out, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  expect(new Set(Object.values(await encryptionOf(rehearsal.client, bucket)))).toEqual(new Set(["AES256"]));
}

describe.runIf(HAS_REDIS)(`a queue${REDIS_OR_WHY}`, () => {
  const at = (seconds: number) => ({
    get at() {
      return Date.now() + seconds * 1000;
    },
  });
  test("refuses workers that would act otherwise, with the reason on both sides, and works with the others", async () => {
    const { bucket, keys } = await newBucket();
    const { running, out, events } = coordinate(bucket);
    const refused: readonly (readonly [RegExp, Partial<WorkerFacts>, string?])[] = [
      [/of version 0\.0\.1, and the run of/, {}, "0.0.1"],
      [/acts as access key SOMEBODY, and the run as/, { accessKeyId: "SOMEBODY" }],
      [/found no credentials/, { accessKeyId: null }],
      [/other customer keys/, { customerKeys: { target: "bWQ1", sources: [] } }],
      [/another description of this store/, { capabilities: "0".repeat(64) }],
      [/clock is \d+ s ahead/, at(300)],
      [/clock is \d+ s behind/, at(-300)],
    ];
    for (const [why, facts, version] of refused) {
      const worker = await fakeWorker(facts, version);
      await expect
        .poll(worker.end, { timeout: 60_000 })
        .toMatchObject({ kind: "refused", why: expect.stringMatching(why) });
      expect(worker.isAccepted()).toBe(false);
      const said = events.find((event) => event.kind === "worker" && event.name === worker.name);
      expect(said).toMatchObject({ change: "refused", why: expect.stringMatching(why) });
    }
    // Temporary keys of one role differ by machine.
    const temporary = await fakeWorker({ accessKeyId: "ASIAEXAMPLE" });
    await expect.poll(temporary.isAccepted, { timeout: 60_000 }).toBe(true);
    await work("good");
    await running;
    await expectWhole(bucket, out, keys);
  });

  test("refuses a worker whose store does not answer, which ends with the reason", async () => {
    const { bucket, keys } = await newBucket();
    const { running, out, events } = coordinate(bucket);
    const stranger = await work("stranger", {
      credentials: { ...rehearsal.sandbox.credentials, secretAccessKey: "not the secret of this key" },
    });
    await expect(stranger.serving).rejects.toThrow(/the run does not take this worker: .*SignatureDoesNotMatch/s);
    expect(events).toContainEqual(expect.objectContaining({ kind: "worker", name: "stranger", change: "refused" }));
    await work("good");
    await running;
    await expectWhole(bucket, out, keys);
  });

  test("sends nothing from a worker to another endpoint than the one that it was given", async () => {
    const { bucket, keys } = await newBucket();
    const { running, out, events } = coordinate(bucket);
    const { endpoint } = rehearsal.sandbox;
    const elsewhere = await work("elsewhere", { endpoint: "http://127.0.0.1:9" });
    await wait(2500); // It looks for runs once a second.
    expect(elsewhere.events).toEqual([{ kind: "waiting" }]);
    await work("here", { endpoint });
    await running;
    expect(events).not.toContainEqual(expect.objectContaining({ kind: "worker", name: "elsewhere" }));
    await expectWhole(bucket, out, keys);
  });

  test("sends nothing to an endpoint that somebody writes into Redis, if the worker was given one", async () => {
    const asked: string[] = [];
    const evil = createServer(({ url = "" }, answer) => {
      asked.push(url);
      answer.end();
    });
    await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
    ended.push(async () => void evil.close());
    const there = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
    const { endpoint, credentials } = rehearsal.sandbox;
    for (const own of [{ endpoint }, {}]) {
      const [here, far] = portsTogether();
      const serving = serveOwner(far, { given: { credentials, ...own } });
      await openChannel<WorkerCalls>(here, {})
        .call("start", forgedStart({ endpoint: there }))
        .catch(() => undefined);
      serving.close();
      // The negative twin: without one of its own, it goes where Redis says.
      expect(asked.length > 0).toBe(own.endpoint === undefined);
    }
  });

  test("is not ended by a stop that comes before its start, as one of its machine may", async () => {
    const [here, far] = portsTogether();
    const serving = serveOwner(far);
    const owner = openChannel<WorkerCalls>(here, {});
    owner.tell("stop", { range: 1 });
    await expect(owner.call("narrow", { range: 1, through: "k" })).rejects.toThrow(/was not started/);
    serving.close();
  });

  test("reads no file of a worker's machine that somebody names in Redis", async () => {
    const { folder, sandbox } = rehearsal;
    await createBucket(rehearsal.client, "forged", []);
    const file = join(folder, "of-this-machine");
    await writeFile(file, "root:x:0:0 and more of it");
    const engine = await openEngine(await address());
    const { endpoint } = sandbox;
    const [id, run, at] = ["forged", "forged-run", new Date().toISOString()];
    const counts = { workers: [], held: 0, waiting: 0, done: 0 };
    await announce(
      engine,
      { id, run, command: "audit", toolVersion: TOOL_VERSION, endpoint, startedAt: at, ...counts },
      [],
    );
    const events: ProgressEvent[] = [];
    const links = new QueueLinks({
      engine,
      session: id,
      start: () =>
        forgedStart({ endpoint, capabilities: file, publicKey: [file], manifest: file, ssecKeyFile: [file] }),
      check: () => undefined,
      words: String,
      callsOf: () => ({}) as QueueOwnerCalls,
      onLeft: () => undefined,
      onEvent: (event) => void events.push(event),
    });
    ended.push(async () => {
      links.close();
      await removeSession(engine, id);
      engine.close();
    });
    await work("victim");
    await expect.poll(() => events, { timeout: 30_000 }).toEqual([expect.objectContaining({ change: "joined" })]);
  });

  test("counts nothing of a worker whose job was given away, and lets it begin no copy", async () => {
    const { bucket, keys } = await newBucket();
    const { running, out } = coordinate(bucket);
    const late = await fakeWorker();
    await expect.poll(late.isAccepted, { timeout: 60_000 }).toBe(true);
    const held = await claimFirst(late);
    expect(held).toMatchObject({ scope: { bucket }, progress: { upTo: null } });
    // As BullMQ does once the lock of the first one has expired: the same ticket goes to another worker.
    await work("next");
    await running;
    await expectWhole(bucket, out, keys);
    const copy = { facts: { bucket, key: keys[0] }, carried: {}, strategy: "copy" } as never;
    await expect(
      Promise.race([late.owner.call("begin", { range: held.id, copy }), wait(3000, "no answer")]),
    ).resolves.toBe("no answer");
  });

  test("refuses records and copies under an older lease while the run goes on", async () => {
    const { bucket, keys } = await newBucket();
    pauseMs = 30;
    const { running, out } = coordinate(bucket);
    const late = await fakeWorker();
    await expect.poll(late.isAccepted, { timeout: 60_000 }).toBe(true);
    const held = await claimFirst(late);
    const other = await fakeWorker();
    await expect.poll(other.isAccepted, { timeout: 60_000 }).toBe(true);
    const taken = await claimFirst(other);
    expect(taken.id).toBeGreaterThan(held.id);
    const record = {
      kind: "checkpoint",
      bucket,
      prefix: "",
      upTo: keys.at(-1),
      listed: 999,
      filteredOut: 0,
      end: true,
      at: "",
    } as never;
    await expect(late.owner.call("append", { range: held.id, record })).rejects.toThrow(/not this worker's any more/);
    const copy = { facts: { bucket, key: keys[0] }, carried: {}, strategy: "copy" } as never;
    await expect(late.owner.call("begin", { range: held.id, copy })).rejects.toThrow(/not this worker's any more/);
    other.owner.tell("ended", { range: taken.id, isHandedBack: true });
    // The answer to a later call shows that the notice has arrived: each worker has a stream of its own.
    expect(await other.owner.call("claim", { range: 999, nth: 0 })).toBeNull();
    expect(await late.owner.call("claim", { range: 1, nth: 0 })).toBeNull();
    await work("next");
    await running;
    await expectWhole(bucket, out, keys);
  });

  test("begins a new link if Redis lost messages of a worker", async () => {
    const { bucket, keys } = await newBucket();
    pauseMs = 10;
    const { running, out, events } = coordinate(bucket);
    const worker = await work("cut-off");
    await expect
      .poll(() => events.filter(({ kind }) => kind === "outcome").length, { timeout: 60_000 })
      .toBeGreaterThan(20);
    const session = await sessionOf();
    const [up = ""] = (await redis.client.keys(`bucketseal:session:${session}:*:up`)).sort();
    await redis.client.xadd(up, "99999999-0", "m", "[]");
    expect((await running).run.sessions).toMatchObject([{ requests: { complete: false } }]);
    await worker.serving;
    expect(events).toContainEqual(expect.objectContaining({ change: "left", why: "Redis lost messages" }));
    expect(events.filter((event) => event.kind === "worker" && event.change === "joined").length).toBeGreaterThan(1);
    await expectWhole(bucket, out, keys);
  });

  test("gets the rest of its range back from a worker that is stopped", async () => {
    const { bucket, keys } = await newBucket();
    pauseMs = 20;
    const { running, out, events } = coordinate(bucket);
    const first = await work("first");
    await expect
      .poll(() => events.filter(({ kind }) => kind === "outcome").length, { timeout: 60_000 })
      .toBeGreaterThan(20);
    first.stop.abort();
    await first.serving;
    expect(first.events.at(-1)).toEqual({ kind: "left", why: "it was stopped" });
    expect((await outcomesOf(out)).size).toBeLessThan(keys.length);
    await work("second");
    expect((await running).run.sessions).toMatchObject([{ requests: { complete: true } }]);
    await expectWhole(bucket, out, keys);
  });

  test("gives a range away that its worker ended without having read it", async () => {
    const { bucket, keys } = await newBucket();
    const { running, out, events } = coordinate(bucket);
    const worker = await fakeWorker();
    await expect.poll(worker.isAccepted, { timeout: 60_000 }).toBe(true);
    const { id } = await claimFirst(worker);
    worker.owner.tell("ended", { range: id });
    await work("next");
    await running;
    expect(events.filter(({ kind }) => kind === "outcome")).toHaveLength(keys.length);
    await expectWhole(bucket, out, keys);
  });

  test("goes on once the store takes the calls of a worker again, which it had refused for good", async () => {
    const { bucket, keys } = await newBucket();
    pauseMs = 20;
    const { running, out, events } = coordinate(bucket);
    const worker = await work("skewed");
    await expect
      .poll(() => events.filter(({ kind }) => kind === "outcome").length, { timeout: 60_000 })
      .toBeGreaterThan(20);
    refuse = ofClock;
    const left = { kind: "worker", change: "left" };
    await expect.poll(() => events, { timeout: 60_000 }).toContainEqual(expect.objectContaining(left));
    refuse = () => undefined;
    await running;
    await worker.serving;
    expect(worker.events).toContainEqual({ kind: "left", why: expect.stringMatching(/RequestTimeTooSkewed/) });
    await expectWhole(bucket, out, keys);
  });

  test("ends a worker whose credentials the store refuses from its first call on, with the reason", async () => {
    const { bucket } = await newBucket();
    const { events } = coordinate(bucket, { countAhead: false });
    await sessionOf();
    let asked = 0;
    // The coordinator lists nothing now.
    refuse = (operation) => {
      if (operation !== "ListObjectsV2") return undefined;
      asked += 1;
      return "ExpiredToken";
    };
    const worker = await work("expired");
    await expect(worker.serving).rejects.toThrow(/the run does not take this worker: .*expired/s);
    expect(asked).toBeLessThan(10);
    expect(events).toContainEqual(expect.objectContaining({ kind: "worker", name: "expired", change: "refused" }));
  });

  test("ends the run if five workers in a row lose a range, whatever else they bring than objects", async () => {
    const { bucket } = await newBucket();
    const { running } = coordinate(bucket);
    const worker = await fakeWorker();
    await expect.poll(worker.isAccepted, { timeout: 60_000 }).toBe(true);
    const none = { kind: "checkpoint", bucket, prefix: "", upTo: null, listed: 0, filteredOut: 0, at: "" } as const;
    for (let nth = 0; nth < 5; nth += 1) {
      const range = await worker.owner.call("claim", { range: 1, nth });
      if (range === null) throw new Error("the range waits for a worker");
      await worker.owner.call("append", { range: range.id, record: { ...none, end: false } });
      const error = { kind: "other", name: "Error", message: "the listing is refused", stack: undefined } as const;
      worker.owner.tell("ended", { range: range.id, error });
    }
    await expect(running).rejects.toThrow(/^5 workers in a row lost .*the listing is refused/);
  });

  test("ends the work of all workers if the coordinator is interrupted, and a resumed run finishes it", async () => {
    const { bucket, keys } = await newBucket();
    pauseMs = 20;
    const { running, out, events, stop } = coordinate(bucket);
    const worker = await work("first");
    await expect
      .poll(() => events.filter(({ kind }) => kind === "outcome").length, { timeout: 60_000 })
      .toBeGreaterThan(20);
    stop.abort();
    expect((await running).run.sessions.at(-1)).toMatchObject({ end: "interrupted" });
    await worker.serving;
    expect(worker.events.at(-1)).toEqual({ kind: "left", why: "the run is over" });
    pauseMs = 2;
    const { locations: _, ...resumed } = { locations: [], resume: true, assume: undefined, concurrency: undefined };
    const again = coordinate(bucket, { ...resumed, locations: undefined, provider: "ovhcloud" });
    await work("second");
    await again.running;
    await expectWhole(bucket, out, keys);
  });

  test("never holds a secret: not in a key of Redis, and not in any command", async () => {
    const { sandbox, folder } = rehearsal;
    const { bucket, keys } = await newBucket();
    const key = Buffer.alloc(32, 9);
    const keyFile = join(folder, "source.key");
    await writeFile(keyFile, key, { mode: 0o600 });
    const seen: string[] = [];
    const monitor = await redis.client.duplicate().monitor();
    monitor.on("monitor", (_: string, args: string[]) => seen.push(args.join(" ")));
    const secret = "a-passphrase-of-the-signer-987";
    const proxy = "http://user:proxy-secret-4711@127.0.0.1:9";
    const { running, out, events } = coordinate(bucket, {
      ssecKeyFile: [keyFile],
      signPassphrase: secret,
      network: { httpProxy: proxy, noProxy: "127.0.0.1" },
    });
    await work("worker", { ssecKeyFile: [keyFile] });
    await expect
      .poll(() => events.filter(({ kind }) => kind === "outcome").length, { timeout: 60_000 })
      .toBeGreaterThan(5);
    const dumped: string[] = [];
    for (const name of await redis.client.keys("*")) {
      const dump = await redis.client.dumpBuffer(name);
      dumped.push(name, dump?.toString("latin1") ?? "");
    }
    await running;
    monitor.disconnect();
    await expectWhole(bucket, out, keys);
    const all = [...seen, ...dumped].join("\n");
    expect(all).toContain("access"); // The fingerprints are there: the recording is not empty.
    expect(seen.length).toBeGreaterThan(100);
    const md5 = createHash("md5").update(key).digest("base64");
    expect(all).toContain(md5);
    const secrets = [
      sandbox.credentials.secretAccessKey,
      key.toString("base64"),
      key.toString("hex"),
      key.toString("latin1"),
    ];
    for (const each of [...secrets, secret, "proxy-secret-4711", PASSWORD, keyFile])
      expect(all.includes(each)).toBe(false);
  });
});

test.each([
  ["http://h", /"http:\/\/h" is not the URL of a Redis/],
  ["redis://", /is not the URL of a Redis/],
  ["redis://h/one", /is not the URL of a Redis/],
  ["redis://:secret@h", /contains a user or a password/],
  ["redis://user@h", /contains a user or a password/],
  ["http://:secret@h", /contains a user or a password/],
  [":secret@h:6379", /contains a user or a password/],
  ["redis://h/0?password=secret@1", /contains a user or a password/],
  ["redis://h?password=secret", /contains a query/],
  ["redis://h/0#secret", /contains a query/],
  ["h:6379?password=secret", /contains a query/],
])("--queue %s is refused, without its secret", async (queue, words) => {
  const problems: string[] = [];
  expect(await resolveQueue({ queue }, problems)).toBeNull();
  expect(problems).toEqual([expect.stringMatching(words)]);
  expect(problems.join()).not.toContain("secret");
});

test("--queue takes TLS, a port, a database and a password from a file that only its owner can read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-queue-"));
  ended.push(() => rm(folder, { recursive: true }));
  const file = join(folder, "password");
  await writeFile(file, "from a file\n", { mode: 0o600 });
  const given = { queue: "rediss://h:7000/3", queuePasswordFile: file, queueUsername: "seal", queuePrefix: "mine" };
  const found = { host: "h", port: 7000, db: 3, tls: true, username: "seal", password: "from a file", prefix: "mine" };
  expect(await resolveQueue(given, [])).toMatchObject(found);
  const open = join(folder, "open");
  await writeFile(open, "x", { mode: 0o644 });
  const problems: string[] = [];
  await resolveQueue({ queue: "redis://h", queuePasswordFile: open }, problems);
  expect(problems).toEqual([expect.stringMatching(/--queue-password-file: .* mode is 0644/)]);
});

/** Redis and BullMQ in the memory of this process, as far as the coordinator uses them. */
function enginePretended() {
  const streams = new Map<string, [string, string[]][]>();
  const waiting = new Set<() => void>();
  const known = new Set<string>();
  const read = new Set<string>();
  const tickets: Ticket[] = [];
  let hellos = 0;
  const entriesAfter = (key: string, last: string) =>
    (streams.get(key) ?? []).filter(([id]) => Number.parseInt(id, 10) > Number.parseInt(last, 10));
  const redis = {
    xadd: async (key: string, id: string, name: string, text: string) => {
      hellos += id === "*" ? 1 : 0;
      const entries = streams.get(key) ?? [];
      entries.push([id === "*" ? `${hellos}-0` : id, [name, text]]);
      streams.set(key, entries);
      for (const wake of [...waiting]) wake();
    },
    xread: async (...args: (string | number)[]) => {
      const names = args.slice(args.indexOf("STREAMS") + 1).map(String);
      const keys = names.slice(0, names.length / 2);
      for (const key of keys) read.add(key);
      const found = () =>
        keys.flatMap((key, nth) => {
          const entries = entriesAfter(key, names[keys.length + nth] ?? "0");
          return entries.length > 0 ? [[key, entries] as const] : [];
        });
      if (found().length === 0) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, 1000);
          waiting.add(wake);
        });
      }
      return found();
    },
    xtrim: async (key: string, _: string, least: string) => {
      streams.set(key, entriesAfter(key, least));
    },
    pipeline: () => {
      const chain = { sadd: () => chain, set: () => chain, expire: () => chain, exec: async () => [] };
      return chain;
    },
    smembers: async () => [],
    del: async () => 0,
    srem: async () => 0,
    scanStream: async function* () {},
    on: () => redis,
    disconnect: () => undefined,
  };
  const add = async (_: string, ticket: Ticket, { jobId }: { readonly jobId: string }) => {
    if (!known.has(jobId)) tickets.push(ticket);
    known.add(jobId);
  };
  const engine = {
    address: { prefix: "bucketseal" },
    redis,
    open: () => redis,
    jobs: () => ({ add, obliterate: async () => undefined }),
    work: () => ({ close: async () => undefined, forget: async () => undefined }),
    close: () => undefined,
  };
  const session = () => [...read].find((key) => key.endsWith(":hello"))?.split(":")[2] ?? "";
  return { engine: engine as unknown as Engine, redis: redis as unknown as RedisServer["client"], tickets, session };
}

/** A bucket of so many keys, of which none is in memory. */
function endlessBucket(count: number) {
  const keyAt = (nth: number) => String(nth).padStart(9, "0");
  /** The number of keys up to this one. */
  const upTo = (key: string | null, all: number) => {
    if (key === null) return all;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (keyAt(middle) <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const listObjects = async ({ startAfter }: { readonly startAfter?: string | undefined }) => {
    const next = upTo(startAfter ?? null, 0);
    const object = { key: keyAt(next), sizeBytes: 1, etag: "e", lastModified: null, storageClass: "STANDARD" };
    return { objects: next < count ? [object] : [], nextToken: null, keysEncoded: true };
  };
  return { keyAt, upTo, listObjects, count };
}

type SentObjects = Extract<SentRange, { kind: "objects" }>;

const SIM_SCOPE = { bucket: "endless", prefix: "" };
const TICK_MS = 5000;
/** BullMQ gives a job away some time after its lock has expired. */
const STALLED_AFTER_MS = 12_000;

interface Held {
  readonly sent: SentObjects;
  readonly ticket: Ticket;
  readonly from: number;
  through: string | null;
  at: number;
  end: number;
}

/** A worker that does its objects by the clock alone. */
function virtualWorker(
  nth: number,
  world: ReturnType<typeof enginePretended>,
  bucket: ReturnType<typeof endlessBucket>,
) {
  const { redis, tickets } = world;
  const of = (way: string) => `bucketseal:session:${world.session()}:virtual-${nth}:${way}`;
  const port = new StreamPort(redis, of("up"));
  const perTick = (TICK_MS / 1000) * (1000 + Math.floor(2000 * fractionOf(nth, "rate")));
  let held: Held | null = null;
  let isDead = false;
  const pauseMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const done = ({ sent, from, through, at }: Held) => {
    const { after } = sent.progress.range;
    const listed = sent.progress.listed + at - from;
    const ends = { ...(after !== null && { after }), ...(through !== null && { through }) };
    const counts = { upTo: bucket.keyAt(at - 1), listed, filteredOut: 0 };
    return { kind: "checkpoint", ...SIM_SCOPE, ...ends, ...counts, end: false, at: "" } as const;
  };
  const process = async (sent: SentObjects, ticket: Ticket) => {
    const { upTo, range } = sent.progress;
    const from = bucket.upTo(upTo ?? range.after, 0);
    held = { sent, ticket, from, through: range.through, at: from, end: bucket.upTo(range.through, bucket.count) };
    while (held.at < held.end) {
      await pauseMs(TICK_MS);
      if (isDead) return;
      held.at = Math.min(held.end, held.at + perTick);
      const state = { id: sent.id, lastKey: bucket.keyAt(held.at - 1), listed: held.at - from };
      owner.tell("state", { inFlight: 8, most: 8, ranges: [state], sizes: [], touched: {} } as never);
      await owner.call("append", { range: sent.id, record: done(held) });
    }
    await owner.call("append", { range: sent.id, record: { ...done(held), end: true } });
    held = null;
    owner.tell("ended", { range: sent.id });
  };
  const live = async () => {
    while (!isDead) {
      const ticket = tickets.shift();
      const sent = ticket === undefined ? null : await owner.call("claim", ticket).catch(() => null);
      if (ticket === undefined || sent === null) {
        await pauseMs(500);
        owner.tell("state", { inFlight: 0, most: 8, ranges: [], sizes: [], touched: {} } as never);
      } else await process(sent as SentObjects, ticket).catch(() => undefined);
    }
  };
  const owner = openChannel<QueueOwnerCalls>(port, {
    start: async () => ({ accessKeyId: null, customerKeys: null, capabilities: "", at: Date.now() }),
    accepted: () => void live(),
    narrow: async ({ range, through }: { readonly range: number; readonly through: string }) => {
      const end = bucket.upTo(through, bucket.count);
      if (held?.sent.id !== range || end <= held.at || end >= held.end) return false;
      Object.assign(held, { end, through });
      // The answer of one that is cut off arrives once its job was given away.
      if (isDead) await pauseMs(STALLED_AFTER_MS + 3000);
      return true;
    },
  });
  const reader = new StreamReader(redis, redis);
  reader.add(of("down"), { onEntry: (text, name) => name === "m" && port.deliver(text) });
  void reader.run();
  const hello = JSON.stringify({ link: `virtual-${nth}`, name: `virtual-${nth}`, toolVersion: TOOL_VERSION });
  void redis.xadd(`bucketseal:session:${world.session()}:hello`, "*", "hello", hello);
  return {
    isHolding: () => held !== null,
    /** It ends without a word. Its job goes to another worker, and then it says once more what it has. */
    kill: async (onLate: (error: unknown) => void) => {
      isDead = true;
      const lost = held;
      if (lost === null) return;
      await pauseMs(STALLED_AFTER_MS);
      tickets.unshift(lost.ticket);
      await pauseMs(2000);
      await owner.call("append", { range: lost.sent.id, record: done(lost) }).catch(onLate);
    },
    close: () => {
      isDead = true;
      reader.close();
    },
  };
}

async function* oneByOne<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Each key once: the parts that were counted lie side by side. */
function expectTiled(covered: (readonly [from: number, to: number])[], keys: number): void {
  covered.sort(([a], [b]) => a - b);
  const gaps = covered.filter(([from], nth) => from !== (covered[nth - 1]?.[1] ?? 0));
  expect(gaps).toEqual([]);
  expect(covered.at(-1)?.[1]).toBe(keys);
}

describe("a queue of virtual workers, with a clock that jumps", () => {
  const [keys, crewSize] = LONG ? [10 ** 8, 64] : [10 ** 6, 16];

  test(`counts each of ${keys} keys once, with ${crewSize} workers of which some are killed`, async () => {
    vi.useFakeTimers();
    ended.push(async () => void vi.useRealTimers());
    const world = enginePretended();
    const bucket = endlessBucket(keys);
    const records: CheckpointRecord[] = [];
    const covered: (readonly [from: number, to: number])[] = [];
    const reached = new Map<RemoteRange, number>();
    const counts = new RequestCounts();
    const none = async () => undefined;
    const pool = await QueuePool.open({
      engine: world.engine,
      run: { id: "run", command: "audit", endpoint: "http://h" },
      start: () => ({}) as WorkerStart,
      check: () => undefined,
      words: String,
      versions: {} as QueuePool["versions"],
      calls: {} as PoolTools["calls"],
      remote: (work, rangeRecords) => new RemoteRange(work, rangeRecords, { settings: null, earlier: [] }),
      write: async (range, record) => {
        if (record.kind !== "checkpoint") throw new Error("only checkpoints are expected");
        const from = reached.get(range) ?? bucket.upTo(record.after ?? null, 0);
        const to = bucket.upTo(record.upTo, 0);
        if (to > from) covered.push([from, to]);
        reached.set(range, to);
        records.push(record);
        range.wrote(record);
      },
      begin: none,
      recover: none,
      onState: () => undefined,
      counts,
      signal: undefined,
      onEvent: () => undefined,
    });
    const append = async (record: CheckpointRecord) => void records.push(record);
    const context = {
      journal: { append },
      walk: { list: bucket.listObjects },
      mostRanges: 513,
      now: () => new Date(0),
      onEvent: () => undefined,
    };
    const tools = { pool, readAgain: none, onUnordered: none, cutting: { everyMs: 50, worth: 50 } };
    let isOver = false;
    const running = processScope(
      SIM_SCOPE,
      NOT_STARTED,
      context as unknown as RunContext,
      tools as unknown as ScopeTools,
    );
    running.finally(() => (isOver = true)).catch(() => undefined);
    const workers = Array.from({ length: crewSize }, (_, nth) => virtualWorker(nth, world, bucket));
    const late: unknown[] = [];
    let [kills, seconds] = [0, 0];
    for (; !isOver && seconds < 10_000; seconds += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      const victim = Math.floor(fractionOf(seconds, "victim") * workers.length);
      if (seconds % 7 !== 3 || !workers[victim]?.isHolding()) continue;
      void workers[victim].kill((error) => late.push(error));
      workers[victim] = virtualWorker(crewSize + kills, world, bucket);
      kills += 1;
    }
    await running;
    for (const { close } of workers) close();
    const closing = pool.close();
    await vi.advanceTimersByTimeAsync(20_000);
    await closing;
    expectTiled(covered, keys);
    const whole = (await resumeState(() => oneByOne(records), [SIM_SCOPE])).get(SIM_SCOPE);
    expect(whole && isEnded(whole)).toBe(true);
    expect(whole?.ranges.reduce((sum, { listed }) => sum + listed, 0)).toBe(keys);
    expect(kills).toBeGreaterThan(3);
    expect(counts.isWhole).toBe(false);
    expect(late.length).toBeGreaterThan(0);
    for (const error of late) expect(String(error)).toMatch(/not this worker's any more/);
    tellFigures("the virtual queue", {
      keys,
      workers: crewSize,
      kills,
      late: late.length,
      ranges: whole?.ranges.length ?? 0,
      seconds,
    });
  });
});
