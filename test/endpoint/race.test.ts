import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import type { MigrateOptions } from "../../migrate/index.js";
import { type RawS3, sendOk } from "../buckets/raw-s3.js";
import { runOptions } from "../buckets/start-world.js";
import { type Course, type Raced, raceIn } from "../race/race.js";
import { type Endpoint, endpointOfEnvironment, NO_ENDPOINT } from "./witness.js";
import { type EndpointWorld, openWorld } from "./world.js";

const OPERATIONS = 400;
const ROUNDS = 100;
const VERSIONED = { "x-amz-bucket-object-lock-enabled": "true" };
const TIMEOUT_MS = 900_000;
const server = endpointOfEnvironment();
const provider = (process.env.BUCKETSEAL_TEST_PROVIDER ?? "generic") as NonNullable<MigrateOptions["provider"]>;

function checkRaces(at: Endpoint): void {
  let world: EndpointWorld;
  beforeAll(async () => {
    world = await openWorld(at);
  });
  afterAll(() => world.close());

  /** The findings of a probe of the bucket, so that not each of many short runs probes it again. */
  async function probed(bucket: string): Promise<string> {
    const path = join(world.folder, `${bucket}.json`);
    const ran = await world.cli(["probe", `s3://${bucket}`, "--json"]);
    await writeFile(path, ran.stdout);
    return path;
  }

  async function run(context: TestContext, race: "strict" | "auto", headers: Record<string, string> = {}) {
    const bucket = await world.newBucket("race", headers).catch((error: Error) => context.skip(error.message));
    const course: Course = { raw: world.witness, optionsFor: (name, more) => runOptions(at, name, more) };
    const capabilities = await probed(bucket);
    const raced = await raceIn(course, bucket, {
      // A generic store is documented to do nothing: what counts is what the probe found.
      migrate: { provider, assume: undefined, capabilities, race, noncurrent: false },
      writers: { seed: 1, operations: OPERATIONS, mix: { put: 6, delete: 2, retag: 2 }, pauseMs: 40 },
    });
    return { raced, guards: [...raced.guards], capabilities: await readFile(capabilities, "utf8") };
  }

  /** Whether the server undoes writes of others by its own PUT with If-Match, without this program. */
  async function skipIfServerUndoes(context: TestContext, raced: Raced, headers: Record<string, string> = {}) {
    if (raced.lost.overwritten + raced.lost.revived === 0) return;
    const buried = await buriedByServer(world.witness, await world.newBucket("race", headers));
    const words = `of ${ROUNDS} deletes beside a PUT with If-Match by the witness the server undid ${buried}, with both answered 2xx`;
    if (buried > 0) skip(context, `${figuresOf(raced)}: ${words}`);
  }

  test("undoes no acknowledged put or delete with --race strict", { timeout: TIMEOUT_MS }, async (context) => {
    const { raced, guards } = await run(context, "strict");
    tell(context, raced);
    if (raced.migrated === 0)
      skip(context, "no write of this server takes a condition on its destination, so that strict copies nothing");
    await skipIfServerUndoes(context, raced);
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
    expect(guards).toEqual(["source-and-destination"]);
  });

  test("undoes none on a versioned bucket either with --race strict", { timeout: TIMEOUT_MS }, async (context) => {
    const { raced, guards } = await run(context, "strict", VERSIONED);
    tell(context, raced);
    if (raced.migrated === 0)
      skip(context, "no write of this server takes a condition on its destination, so that strict copies nothing");
    await skipIfServerUndoes(context, raced, VERSIONED);
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
    expect(guards).toEqual(["source-and-destination"]);
  });

  test("undoes none with --race auto if each copy was guarded", { timeout: TIMEOUT_MS }, async (context) => {
    const { raced, guards } = await run(context, "auto");
    tell(context, raced);
    if (raced.migrated === 0) skip(context, "nothing was migrated: the server does not encrypt");
    if (guards.some((guard) => guard !== "source-and-destination")) {
      skip(context, `copies were guarded by ${guards.join(", ")} alone, and said so: ${figuresOf(raced)}`);
    }
    await skipIfServerUndoes(context, raced);
    expect(raced.lost).toMatchObject({ overwritten: 0, revived: 0 });
  });
}

/** How often the server itself takes a conditional PUT over a delete that it has acknowledged too. */
async function buriedByServer(witness: RawS3, bucket: string): Promise<number> {
  let buried = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const path = `/${bucket}/${round}`;
    const body = Buffer.from("the same bytes");
    const { headers } = await sendOk(witness, { method: "PUT", path, body });
    const late = () => sleep(round % 10).then(() => witness.send({ method: "DELETE", path }));
    const put = witness.send({ method: "PUT", path, body, headers: { "if-match": headers.etag ?? "" } });
    const [written, deleted] = await Promise.all([put, late()]);
    const isThere = (await witness.send({ method: "HEAD", path })).status === 200;
    if (isThere && written.status === 200 && deleted.status === 204) buried += 1;
  }
  return buried;
}

function skip(context: TestContext, detail: string): never {
  Object.assign(context.task.meta, { detail });
  return context.skip(detail);
}

function tell(context: TestContext, raced: Raced): void {
  Object.assign(context.task.meta, { detail: figuresOf(raced) });
}

function figuresOf({ lost, migrated, lookedAtAgain, runs }: Raced): string {
  return `${OPERATIONS} writes, ${migrated} copies in ${runs.length} runs, ${lookedAtAgain} looked at again; ${lost.overwritten} overwritten, ${lost.revived} revived`;
}

describe("on the endpoint", () => {
  if (server === undefined) test.skip(`migrate while others write (skipped: ${NO_ENDPOINT})`, () => undefined);
  else describe("migrate while others write", () => checkRaces(server));
});
