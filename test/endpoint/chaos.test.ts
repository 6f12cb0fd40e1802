import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRun, type MigrateOptions, TOOL_VERSION } from "../../migrate/index.js";
import { type ChaosOptions, chaos, type Intercept } from "../../sandbox/index.js";
import { runOptions } from "../buckets/start-world.js";
import { type Met, survivesIn } from "../chaos/survives.js";
import { momentOf } from "../cli/killed-run.js";
import { type Running, summaryOf } from "../cli/run-cli.js";
import { isCurrent, unnamedChanges } from "./compare.js";
import { FOREIGN_KEY, fill, fillOrdinary } from "./contents.js";
import { type Front, startFront } from "./front.js";
import { takeSnapshot } from "./snapshot.js";
import { type Endpoint, endpointOfEnvironment, NO_ENDPOINT } from "./witness.js";
import { type EndpointWorld, openWorld, toldBy } from "./world.js";

const TIMEOUT_MS = 900_000;
const MOST_SESSIONS = 4;
const RATES = {
  "slow-down": 0.02,
  "internal-error": 0.02,
  "slow-answer": 0.02,
  "reset-before": 0.02,
  "reset-after": 0.02,
  "half-body": 0.02,
  conflict: 0.02,
};
const server = endpointOfEnvironment();
const provider = (process.env.BUCKETSEAL_TEST_PROVIDER ?? "generic") as NonNullable<MigrateOptions["provider"]>;
const FLAGS = ["--concurrency", "8", "--copy-cutoff", "1KiB", "--race", "auto"];

function checkChaos(at: Endpoint): void {
  let world: EndpointWorld;
  let playing: Intercept | undefined;
  let front: Front;
  beforeAll(async () => {
    world = await openWorld(at);
    front = await startFront(at, (request) => playing?.(request));
  });
  afterAll(async () => {
    await front.close();
    await world.close();
  });

  test.each([1, 2])("loses nothing under all kinds of faults, with seed %i", { timeout: TIMEOUT_MS }, async (seed) => {
    const bucket = await world.newBucket("chaos");
    await fillOrdinary(world.witness, bucket);
    const met: Met[] = [];
    const inChaos = async <T>(options: ChaosOptions, work: () => Promise<T>) => {
      playing = chaos({ ...options, onFault: (fault, { operation }) => met.push({ fault, operation }) });
      return work().finally(() => {
        playing = undefined;
      });
    };
    const optionsFor: Parameters<typeof survivesIn>[0]["optionsFor"] = (name, more) =>
      runOptions({ ...at, endpoint: front.endpoint }, name, { provider, assume: undefined, ...more });
    await survivesIn(
      { raw: world.witness, optionsFor, inChaos, met },
      bucket,
      { seed, slowMs: 50, rates: RATES },
      { migrate: {} },
    );
    expect(new Set(met.map(({ fault }) => fault)).size).toBeGreaterThan(3);
  });

  test.each([1, 2, 3, 4])("resumes to its end after kills, with seed %i", { timeout: TIMEOUT_MS }, async (seed) => {
    await killAndResume(seed);
  });

  async function killAndResume(seed: number): Promise<void> {
    const bucket = await world.newBucket("killed");
    await fill(world.witness, bucket, { short: true });
    const look = () => takeSnapshot(world.witness, bucket, [FOREIGN_KEY]);
    const before = (await look()).versions;
    const out = join(world.folder, bucket);
    let running: Running | undefined;
    const killedAt: string[] = [];
    const session = async (kill: number | null) => {
      playing = kill === null ? undefined : killer(seed, kill, killedAt, () => running);
      const how = existsSync(join(out, "run.json")) ? ["--resume"] : [`s3://${bucket}`, ...FLAGS];
      running = world.start(["migrate", ...how, "--out", out], front.endpoint);
      return running.ended;
    };
    for (let kill = 0; kill + 1 < MOST_SESSIONS; kill += 1) if ((await session(kill)).code !== null) break;
    const ended = await session(null);
    expect([0, 1], `${ended.stdout}\n${ended.stderr}`).toContain(ended.code);
    const { versions, uploads } = await look();
    expect(uploads).toEqual([]);
    const told = await toldBy(out);
    expect(unnamedChanges(before, versions, told)).toEqual([]);
    expect([...told.objects.keys()].sort()).toEqual(
      before
        .filter(isCurrent)
        .map(({ key }) => key)
        .sort(),
    );
    expect((await summaryOf(out)).total).toMatchObject({ listed: told.objects.size, closes: true });
    expect((await checkRun(out, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  }
}

/** Kills the session at a request that the seed names; the server may still carry it out. */
function killer(seed: number, kill: number, killedAt: string[], running: () => Running | undefined): Intercept {
  const moment = momentOf(seed, kill);
  let seen = 0;
  return async ({ operation }) => {
    if (operation !== moment.operation) return undefined;
    seen += 1;
    if (seen !== moment.nth) return undefined;
    killedAt.push(operation);
    running()?.kill("SIGKILL");
    await running()?.ended;
    return moment.carriedOut ? undefined : { kind: "reset" };
  };
}

describe("on the endpoint", () => {
  if (server === undefined) test.skip(`migrate under faults and kills (skipped: ${NO_ENDPOINT})`, () => undefined);
  else describe("migrate under faults and kills", () => checkChaos(server));
});
