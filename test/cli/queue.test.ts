import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRun, TOOL_VERSION } from "../../migrate/index.js";
import { fractionOf } from "../../sandbox/chaos.js";
import { LONG, SWEEP_TIMEOUT_MS, tellFigures } from "../length.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { jsonLineProblems } from "../schema/published-schemas.js";
import { findExecutable } from "../servers/programs.js";
import { HAS_REDIS, REDIS_OR_WHY, type RedisServer, startRedis } from "./redis-server.js";
import { createBucket, encryptionOf, environmentOf, openRehearsal, plain, type Rehearsal } from "./rehearsal.js";
import { csvKeys, type Running, requestsOf, startCli, summaryOf } from "./run-cli.js";

const OBJECTS = 300;

let rehearsal: Rehearsal;
let redis: RedisServer;
beforeAll(async () => {
  if (!HAS_REDIS) return;
  rehearsal = await openRehearsal({
    // Each answer takes a while, so that no worker is done before the other has begun.
    intercept: async () => {
      await wait(5);
      return undefined;
    },
  });
  redis = await startRedis();
});
afterAll(async () => {
  if (!HAS_REDIS) return;
  await rehearsal.close();
  await redis.close();
});

async function newBucket(name: string, objects = OBJECTS): Promise<readonly string[]> {
  const puts = [...plain(objects)];
  await createBucket(rehearsal.client, name, puts);
  return puts.map(({ Key = "" }) => Key);
}

async function expectWhole(runDir: string, keys: readonly string[]): Promise<void> {
  expect([...(await outcomesOf(runDir)).keys()].sort()).toEqual([...keys].sort());
  expect((await summaryOf(runDir)).total).toMatchObject({ listed: keys.length, closes: true });
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
}

const workers = (count: number, ...flags: readonly string[]): readonly Running[] =>
  Array.from({ length: count }, (_, nth) =>
    rehearsal.start("worker", "--queue", redis.url, "--once", "--name", `worker-${nth + 1}`, ...flags),
  );

describe.runIf(HAS_REDIS)(`migrate --queue${REDIS_OR_WHY}`, () => {
  test("encrypts every object once with two workers, as one process does", {
    tags: ["slow"],
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, cli, place, folder, sandbox } = rehearsal;
    const [keys] = [await newBucket("two"), await newBucket("one")];
    const queue = ["--queue", redis.url, "--concurrency", "8", "--assume", "documented"];
    sandbox.resetCalls();
    const running = start("migrate", "s3://two", ...place, ...queue, "--out", "two");
    const working = workers(2);
    expect(await running.ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/encrypted by this run +300 /),
    });
    for (const { ended } of working)
      expect(await ended).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(
          /^store: OVHcloud .*, endpoint http.*, region gra, access key \S+\nworking for migrate/m,
        ),
      });
    expect(await requestsOf(join(folder, "two"))).toEqual({ complete: true, sent: sandbox.calls });
    expect(new Set(Object.values(await encryptionOf(client, "two")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(folder, "two"), keys);
    await cli("migrate", "s3://one", ...place, "--workers", "1", "--assume", "documented", "--out", "one");
    const alike = async (run: string) => {
      const { total } = await summaryOf(join(folder, run));
      return { total, keys: (await csvKeys(join(folder, run))).sort() };
    };
    expect(await alike("two")).toEqual(await alike("one"));
    expect(await redis.client.keys("*")).toEqual([]);
  });
});

const OPENSSL = findExecutable("openssl");
const TLS_OR_WHY = OPENSSL === undefined ? " (skipped: no openssl on the PATH)" : REDIS_OR_WHY;

describe.runIf(HAS_REDIS && OPENSSL !== undefined)(`a queue by TLS with a CA of its own${TLS_OR_WHY}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bucketseal-redis-tls-"));
  const at = (name: string) => join(folder, name);
  let secure: RedisServer;
  beforeAll(async () => {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
    const quick = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", "-x509", ...quick, "-days", "2", "-subj", "/CN=ca", "-keyout", at("ca.key"), "-out", at("ca.pem"));
    openssl("req", ...quick, "-subj", "/CN=redis.test", "-keyout", at("redis.key"), "-out", at("redis.csr"));
    writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1");
    const by = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("names")];
    openssl("x509", "-req", "-in", at("redis.csr"), ...by, "-out", at("redis.pem"));
    const files = ["--tls-cert-file", at("redis.pem"), "--tls-key-file", at("redis.key")];
    secure = await startRedis("--tls-ca-cert-file", at("ca.pem"), ...files, "--tls-auth-clients", "no");
  });
  afterAll(async () => {
    await secure.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  test("shares a migration, if Node trusts the CA", { tags: ["slow"], timeout: SWEEP_TIMEOUT_MS }, async () => {
    const { client, place, sandbox } = rehearsal;
    const keys = await newBucket("by-tls", 20);
    const env = { ...environmentOf(sandbox.credentials), NODE_EXTRA_CA_CERTS: at("ca.pem") };
    const start = (...args: string[]) => startCli([...args, "--queue", secure.url], { folder: rehearsal.folder, env });
    const running = start("migrate", "s3://by-tls", ...place, "--assume", "documented", "--out", "by-tls");
    const worker = start("worker", "--once");
    expect(await running.ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/encrypted by this run +20 /),
      stderr: expect.not.stringContaining("Warning"),
    });
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(new Set(Object.values(await encryptionOf(client, "by-tls")))).toEqual(new Set(["AES256"]));
    await expectWhole(join(rehearsal.folder, "by-tls"), keys);
  });

  test("is refused if Node does not trust the CA, and says how it would", async () => {
    const refused = await rehearsal.cli("queue", "status", "--queue", secure.url);
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`the Redis at ${secure.url} cannot be used`),
    });
    expect(refused.stderr).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("is refused without TLS", async () => {
    const refused = await rehearsal.cli("queue", "status", "--queue", secure.url.replace("rediss", "redis"));
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("rediss:// if it expects TLS") });
  });
});

const VICTIMS = ["worker", "coordinator", "redis"] as const;
const KILLS = LONG ? 100 : VICTIMS.length;

/** Workers that serve one run after the other, and are replaced when they are killed. */
function crew(size: number) {
  let begun = 0;
  const begin = () => {
    begun += 1;
    return rehearsal.start("worker", "--queue", redis.url, "--name", `worker-${begun}`);
  };
  const working = Array.from({ length: size }, begin);
  return {
    killOne: (nth: number) => {
      working[nth]?.kill("SIGKILL");
      working[nth] = begin();
    },
    stop: async () => {
      for (const each of working) each.kill("SIGINT");
      return Promise.all(working.map(({ ended }) => ended));
    },
  };
}

/** Resolves once so many objects were written since it was called. */
async function written(objects: number): Promise<void> {
  const { calls } = rehearsal.sandbox;
  const writes = () => (calls.CopyObject ?? 0) + (calls.PutObject ?? 0);
  const before = writes();
  await expect.poll(() => writes() - before, { timeout: SWEEP_TIMEOUT_MS }).toBeGreaterThan(objects);
}

describe.runIf(HAS_REDIS)(`kills under --queue${REDIS_OR_WHY}`, { tags: "slow" }, () => {
  const victimOf = (seed: number) =>
    VICTIMS[LONG ? Math.floor(fractionOf(seed, "victim") * VICTIMS.length) : seed] ?? "worker";

  /** Kills it, and puts another one in its place. Resolves with the coordinator that goes on. */
  async function strike(seed: number, running: Running, workers: ReturnType<typeof crew>, resume: () => Running) {
    const victim = victimOf(seed);
    if (victim === "worker") workers.killOne(Math.floor(fractionOf(seed, "worker") * 2));
    if (victim === "redis") {
      await redis.kill();
      await wait(fractionOf(seed, "away") * 2000);
      await redis.restart();
    }
    if (victim !== "coordinator") return running;
    running.kill("SIGKILL");
    await running.ended;
    return resume();
  }

  test("of workers, coordinator and Redis lose no object, and count none twice", {
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { client, start, place, folder } = rehearsal;
    const workers = crew(2);
    const killed: Record<string, number> = {};
    for (let seed = 0; seed < KILLS; seed += 1) {
      const name = `kills-${seed}`;
      const keys = await newBucket(name, 150);
      const out = join(folder, name);
      const queue = [...place, "--queue", redis.url, "--out", out];
      const begun = start("migrate", `s3://${name}`, ...queue, "--concurrency", "8", "--assume", "documented");
      await written(5 + Math.floor(fractionOf(seed, "after") * 100));
      const going = await strike(seed, begun, workers, () => start("migrate", "--resume", ...queue));
      expect(await going.ended, `seed ${seed}: ${victimOf(seed)}`).toMatchObject({ code: 0 });
      await expectWhole(out, keys);
      expect(new Set(Object.values(await encryptionOf(client, name)))).toEqual(new Set(["AES256"]));
      killed[victimOf(seed)] = (killed[victimOf(seed)] ?? 0) + 1;
    }
    for (const { code } of await workers.stop()) expect(code).toBe(130);
    tellFigures("kills under --queue", killed);
  });
});

describe.runIf(HAS_REDIS)(`bucketseal queue${REDIS_OR_WHY}`, () => {
  test("drain removes what a killed coordinator left, and nothing of a run that goes on", {
    tags: ["slow"],
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const { start, cli, place } = rehearsal;
    const queue = ["--queue", redis.url, "--queue-prefix", "drained"];
    await newBucket("drained", 5);
    const coordinator = start("audit", "s3://drained", ...place, ...queue, "--out", "drained");
    await coordinator.said("waiting for workers");
    expect(await cli("queue", "status", ...queue)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^audit at http.*\n.*0 workers/s),
    });
    const ofTools = await cli("queue", "status", ...queue, "--json");
    expect(ofTools.stdout).toMatch(/^\{"kind":"run",.*\}\n\{"kind":"queue","runs":1,"left":0\}\n$/);
    expect(await cli("queue", "drain", ...queue)).toMatchObject({ code: 0, stdout: "nothing was left\n" });
    coordinator.kill("SIGKILL");
    await coordinator.ended;
    // The session is over for others once its coordinator was silent for 15 s.
    for (const key of await redis.client.keys("drained:session:*"))
      if (/^drained:session:[^:]+$/.test(key)) await redis.client.del(key);
    expect(await cli("queue", "status", ...queue, "--json")).toMatchObject({
      code: 0,
      stdout: '{"kind":"queue","runs":0,"left":1}\n',
    });
    const drained = await cli("queue", "drain", ...queue, "--json");
    expect(drained).toMatchObject({ code: 0, stdout: '{"kind":"drained","removed":1}\n' });
    expect(jsonLineProblems(ofTools.stdout + drained.stdout)).toEqual([]);
    expect(await redis.client.keys("drained:*")).toEqual([]);
  });

  test("refuses other actions, and a Redis that it cannot use, without its password", async () => {
    const { cli } = rehearsal;
    expect(await cli("queue", "mend", "--queue", redis.url)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"mend" is not something to do with a queue'),
    });
    const away = await cli("queue", "status", "--queue", "redis://127.0.0.1:1");
    expect(away).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the Redis at redis://127.0.0.1:1 cannot be used"),
    });
    const cache = await startRedis("--maxmemory-policy", "allkeys-lru");
    const evicting = await cli("queue", "status", "--queue", cache.url);
    expect(evicting).toMatchObject({ code: 3, stderr: expect.stringContaining("maxmemory-policy allkeys-lru") });
    await cache.close();
    const locked = await startRedis("--requirepass", "the-password-of-redis");
    const refused = await cli("worker", "--queue", locked.url);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("set BUCKETSEAL_REDIS_PASSWORD") });
    await locked.close();
    for (const [url, words] of [
      ["nonsense", 'endpoint "nonsense" is not a URL'],
      ["https://me:hunter2@h", "contains a user name or a password"],
    ] as const) {
      const other = await cli("worker", "--queue", redis.url, "--endpoint", url);
      expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
      expect(other.stderr).not.toContain("hunter2");
    }
    const told = await cli(
      "audit",
      "s3://b",
      ...rehearsal.place,
      "--queue",
      "redis://:hunter2hunter2@h",
      "--workers",
      "2",
    );
    expect(told).toMatchObject({ code: 2, stderr: expect.not.stringContaining("hunter2") });
    expect(told.stderr).toContain("contains a user or a password");
    expect(told.stderr).toContain("--workers works on one machine only");
  });
});
