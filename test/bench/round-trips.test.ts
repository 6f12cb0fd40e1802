import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Intercept } from "../../sandbox/index.js";
import { createBucket, openRehearsal, plain } from "../cli/rehearsal.js";

/** A run sends what follows an answer at once, unless its process is kept from it. */
const QUIET_MS = 200;
/** The access control list of a younger object is not requested together with its HEAD. */
const AGE_MS = 120_000;

/** Answers requests in rounds: all that wait, once no other comes. As many rounds are as many latencies of a store. */
function inRounds() {
  const rounds: string[][] = [];
  let waiting: { readonly request: string; readonly answer: () => void }[] = [];
  let arrivals = 0;
  const intercept: Intercept = async ({ operation, key }) => {
    arrivals += 1;
    const arrival = arrivals;
    const answered = new Promise<void>((answer) => waiting.push({ request: `${operation} ${key}`, answer }));
    await sleep(QUIET_MS);
    if (arrival === arrivals) {
      const round = waiting;
      waiting = [];
      rounds.push(round.map(({ request }) => request));
      for (const { answer } of round) answer();
    }
    await answered;
    return undefined;
  };
  return { intercept, rounds };
}

/** The requests of a migration of a few plaintext objects, in rounds. */
async function roundsOfMigration(): Promise<readonly (readonly string[])[]> {
  const { intercept, rounds } = inRounds();
  let isBegun = false;
  const { sandbox, client, cli, close } = await openRehearsal({
    profile: "reference",
    intercept: (request) => (isBegun ? intercept(request) : undefined),
    clock: () => new Date(isBegun ? Date.now() : Date.now() - AGE_MS),
  });
  try {
    await createBucket(client, "rounds", plain(20));
    isBegun = true;
    const where = ["--provider", "generic", "--region", sandbox.region, "--endpoint", sandbox.endpoint];
    expect(await cli("migrate", "s3://rounds", ...where, "--workers", "1")).toMatchObject({ code: 0 });
    return rounds;
  } finally {
    await close();
  }
}

test("the first copy follows some 29 round trips after the start", { tags: ["slow"], timeout: 100_000 }, async () => {
  const rounds = await roundsOfMigration();
  const isFirstCopy = (round: readonly string[]) => round.some((request) => request.startsWith("CopyObject plain/"));
  // A machine that is busy may send the requests of one round in two.
  expect(rounds.findIndex(isFirstCopy)).toBeLessThanOrEqual(32);
});
