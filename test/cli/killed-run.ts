import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { checkRun, TOOL_VERSION } from "../../migrate/index.js";
import { fractionOf } from "../../sandbox/chaos.js";
import type { Fault } from "../../sandbox/index.js";
import { CUSTOMER_KEY, mixedObjects } from "../buckets/mixed-objects.js";
import { type NewObject, openUploads, rawS3 } from "../buckets/raw-s3.js";
import { differing, readBucket } from "../buckets/read-bucket.js";
import { fillBucket } from "../buckets/start-world.js";
import { isThrowAway, withoutThrowAways } from "../chaos/survives.js";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { openRehearsal } from "./rehearsal.js";
import { type Running, summaryOf } from "./run-cli.js";

const MIB = 1024 * 1024;
const BUCKET = "killed";
/** Objects of every sort, some of them copied in one part, and one in three. */
const OBJECTS: readonly NewObject[] = [
  ...[...mixedObjects(43)].filter(({ key, partBytes }) => !key.startsWith("large/") || partBytes === 5 * MIB),
  ...Array.from({ length: 12 }, (_, index) => ({ key: `one-part/${index}`, body: Buffer.alloc(2000 + index, index) })),
];
const FLAGS = ["--concurrency", "8", "--copy-cutoff", "1KiB", "--part-size", "5MiB"];
/** By plain copies and copies in parts; by copies in parts alone; by rewriting what is small. */
const WAYS = [
  ["--assume", "documented", "--race", "off", "--rewrite-below", "0"],
  ["--assume", "documented", "--race", "auto", "--rewrite-below", "0"],
  // With a probe, in which it may be killed too.
  ["--race", "auto"],
];
/** At most so many kills of one run, each of a session that went on with it. */
const MOST_KILLS = 3;

/** The moment at which a session is killed: at the nth request of an operation, which the store still carries out or never saw. */
interface Moment {
  readonly operation: string;
  readonly nth: number;
  readonly carriedOut: boolean;
}

/** As likely as one another, and each at most so many times into a run, so that most sessions come to it. */
const MOMENTS: Readonly<Record<string, number>> = {
  ListObjectsV2: 1,
  HeadObject: 100,
  GetObjectTagging: 20,
  CopyObject: 30,
  PutObject: 30,
  CreateMultipartUpload: 10,
  UploadPartCopy: 10,
  CompleteMultipartUpload: 10,
  AbortMultipartUpload: 1,
  DeleteObject: 1,
};

/**
 * Kills a migration at a random moment, and sometimes those that go on with it, and lets the last one end; then holds the
 * bucket and the run folder against what there was. Resolves with the operations at which it was killed.
 */
export async function killedRun(seed: number): Promise<string[]> {
  const kills = 1 + Math.floor(fractionOf(seed, "kills") * MOST_KILLS);
  const killedAt: string[] = [];
  let seen = 0;
  let moment: Moment | undefined;
  let running: Running | undefined;
  const rehearsal = await openRehearsal({
    intercept: async ({ operation }): Promise<Fault | undefined> => {
      if (operation !== moment?.operation) return undefined;
      seen += 1;
      if (seen !== moment.nth) return undefined;
      const { carriedOut } = moment;
      moment = undefined;
      killedAt.push(operation);
      running?.kill("SIGKILL");
      await running?.ended;
      return carriedOut ? undefined : { kind: "reset" };
    },
  });
  const raw = rawS3(rehearsal.sandbox);
  try {
    await fillBucket(raw, BUCKET, OBJECTS);
    const before = await readBucket(raw, BUCKET, CUSTOMER_KEY);
    const out = join(rehearsal.folder, "run");
    const session = (nth: number, at?: Moment) => {
      [seen, moment] = [0, at];
      // A run that was killed before it had written anything down is begun again.
      const resumes = existsSync(join(out, "run.json"));
      const how = resumes
        ? ["--resume", ...rehearsal.place]
        : [`s3://${BUCKET}`, ...rehearsal.place, ...FLAGS, ...(WAYS[seed % WAYS.length] ?? [])];
      // The number of processes may be another one in each session.
      how.push("--workers", String(1 + ((seed + nth) % 2)));
      running = rehearsal.start("migrate", ...how, "--out", out);
      return running.ended;
    };
    for (let kill = 0; kill < kills; kill += 1) await session(kill, momentOf(seed, kill));
    const ended = await session(kills);
    expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
    await expectWhole(out);
    expect(await openUploads(raw, BUCKET)).toEqual([]);
    const after = withoutThrowAways(await readBucket(raw, BUCKET, CUSTOMER_KEY));
    expect(differing(before, after)).toEqual([]);
    const plaintext = [...after].filter(([, { encryption, status }]) => encryption === null && status === 200);
    expect(plaintext).toEqual([]);
    return killedAt;
  } finally {
    raw.close();
    await rehearsal.close();
  }
}

/** The moments at which the nth session of a seed is killed. */
export function momentOf(seed: number, kill: number): Moment {
  const operations = Object.keys(MOMENTS);
  const operation = operations[Math.floor(fractionOf(seed, kill, "operation") * operations.length)] ?? "HeadObject";
  const nth = 1 + Math.floor(fractionOf(seed, kill, "nth") * (MOMENTS[operation] ?? 1));
  return { operation, nth, carriedOut: fractionOf(seed, kill, "carried out") < 0.5 };
}

/** Each key once, in the journal and in the sums, and no file of the folder that does not fit the others. */
async function expectWhole(runDir: string): Promise<void> {
  const keys = [...(await outcomesOf(runDir)).keys()];
  expect(keys.filter((key) => !isThrowAway(key)).sort()).toEqual(OBJECTS.map(({ key }) => key).sort());
  expect((await summaryOf(runDir)).total).toMatchObject({ listed: keys.length, closes: true });
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
}
