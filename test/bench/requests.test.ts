import { join } from "node:path";
import { type ObjectOwnership, PutBucketOwnershipControlsCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { REQUESTS, type Treatment } from "../../migrate/plan/estimate.js";
import type { SandboxProfile } from "../../sandbox/index.js";
import { createBucket, openRehearsal, plain, sealed } from "../cli/rehearsal.js";
import { requestsOf } from "../cli/run-cli.js";

const OBJECTS = 100;
/** The first objects wait for the canary, and are looked at again if that took long. */
const IN_FLIGHT = "2";

interface Case {
  readonly profile: SandboxProfile;
  readonly command: readonly string[];
  readonly objects: () => Parameters<typeof createBucket>[2];
  /** @default by the profile */
  readonly provider?: "aws";
  readonly ownership?: ObjectOwnership;
}

const MIGRATE = ["migrate", "--concurrency", IN_FLIGHT];
const plaintext = () => plain(OBJECTS);

const CASES: Readonly<Record<Treatment, Case>> = {
  "looked at by an audit": { profile: "reference", command: ["audit"], objects: plaintext },
  "found encrypted by a migration": { profile: "reference", command: MIGRATE, objects: () => sealed(OBJECTS) },
  "copied in one piece": { profile: "reference", command: MIGRATE, objects: plaintext },
  "copied in one piece, from a bucket that disables ACLs": {
    profile: "reference",
    command: MIGRATE,
    objects: plaintext,
    provider: "aws",
    ownership: "BucketOwnerEnforced",
  },
  "copied in one piece, with grants to others": {
    profile: "reference",
    command: MIGRATE,
    objects: () => [...plaintext()].map((object) => ({ ...object, ACL: "public-read" as const })),
  },
  "read and written": { profile: "ovh", command: MIGRATE, objects: plaintext },
  "copied in parts, of which it has one": {
    profile: "ovh",
    command: [...MIGRATE, "--rewrite-below", "1"],
    objects: plaintext,
  },
  "put under a KMS key in place": {
    profile: "reference",
    command: [...MIGRATE, "--to", "sse-kms", "--kms-key-id", "11111111-1111-4111-8111-111111111111"],
    objects: () => sealed(OBJECTS),
    provider: "aws",
  },
};

async function countRequests({
  profile,
  command,
  objects,
  ownership,
  ...given
}: Case): Promise<Record<string, number>> {
  const { sandbox, client, cli, close } = await openRehearsal({ profile });
  try {
    await createBucket(client, "bench", objects());
    if (ownership !== undefined) {
      const OwnershipControls = { Rules: [{ ObjectOwnership: ownership }] };
      await client.send(new PutBucketOwnershipControlsCommand({ Bucket: "bench", OwnershipControls }));
    }
    sandbox.resetCalls();
    const provider = given.provider ?? (profile === "ovh" ? "ovhcloud" : "generic");
    const where = ["--provider", provider, "--region", sandbox.region, "--endpoint", sandbox.endpoint];
    expect(await cli(...command, "s3://bench", ...where)).toMatchObject({ code: 0 });
    return { ...sandbox.calls };
  } finally {
    await close();
  }
}

/** Rounded down: what a run costs besides its objects, and their first look, is less than one request an object. */
const anObject = (calls: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(calls)
      .map(([operation, requests]) => [operation, Math.floor(requests / OBJECTS)] as const)
      .filter(([, requests]) => requests > 0),
  );

describe("requests of an object", () => {
  test.each(Object.keys(CASES) as Treatment[])("%s", { tags: ["slow"] }, async (way) => {
    const calls = await countRequests(CASES[way]);
    expect(anObject(calls)).toEqual(REQUESTS[way]);
  });
});

test("run.json has the requests that the store counted: pages, the probe, and each attempt", async () => {
  let asked = 0;
  const refusesSome = ({ operation }: { readonly operation: string }) => {
    if (operation === "HeadObject") asked += 1;
    return operation === "HeadObject" && asked % 30 === 1
      ? ({ kind: "error", status: 503, code: "SlowDown" } as const)
      : undefined;
  };
  const behaviour = { pageEntries: 7 };
  const { sandbox, client, cli, folder, place, close } = await openRehearsal({ behaviour, intercept: refusesSome });
  try {
    await createBucket(client, "counted", plain(20));
    sandbox.resetCalls();
    expect(await cli("migrate", "s3://counted", ...place, "--workers", "1", "--out", "run")).toMatchObject({ code: 0 });
    expect(await requestsOf(join(folder, "run"))).toEqual({ complete: true, sent: sandbox.calls });
  } finally {
    await close();
  }
});
