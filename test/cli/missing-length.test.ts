import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { behaviourOf } from "../../sandbox/index.js";
import { createBucket, encryptionOf, plaintextOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-folder.js";

const LARGE = { Key: "large", Body: Buffer.alloc(9000, "x") };
const EMPTY = { Key: "empty", Body: "" };
const FLAGS = ["--assume", "documented", "--no-canary", "--race", "off"];

describe("bucketseal migrate, if HEAD has no Content-Length,", () => {
  let rehearsal: Rehearsal;
  /** Refuses GET, which else tells the size. */
  let refusesGet = false;
  beforeAll(async () => {
    rehearsal = await openRehearsal({
      intercept: ({ operation }) =>
        refusesGet && operation === "GetObject" ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
    });
  });
  afterEach(() => {
    refusesGet = false;
    rehearsal.sandbox.changeBehaviour(behaviourOf("ovh"));
  });
  afterAll(() => rehearsal.close());

  test("copies and compares objects by their real sizes", async () => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    await createBucket(client, "whole", [LARGE, EMPTY]);
    sandbox.changeBehaviour({ headSendsLength: false });
    const out = join(folder, "whole");
    const ran = await cli("migrate", "s3://whole", ...place, ...FLAGS, "--out", out);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 2 objects remain unencrypted") });
    expect((await summaryOf(out)).total.statesNow["sse-s3"]).toEqual({ objects: 2, bytes: 9000 });
    expect(Object.values(await encryptionOf(client, "whole"))).toEqual(["AES256", "AES256"]);
  });

  test.each([false, true])("detects a copy that was cut from 9,000 to 10 bytes (GET refused: %s)", async (refused) => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    const bucket = `cut-${refused}`;
    await createBucket(client, bucket, [LARGE]);
    sandbox.changeBehaviour({ headSendsLength: false, copiedBytes: "first-ten" });
    refusesGet = refused;
    const out = join(folder, bucket);
    const ran = await cli("migrate", `s3://${bucket}`, ...place, ...FLAGS, "--out", out);
    expect(ran.code).toBe(1);
    expect(ran.stdout).not.toContain("Sealed: ");
    expect((await summaryOf(out)).total.reasons["differs-after-copy"]?.objects).toBe(1);
  });

  test("fails an object with two contradicting sizes, and leaves it unencrypted", async () => {
    const { client, sandbox, cli, place, folder } = rehearsal;
    await createBucket(client, "two-sizes", [LARGE]);
    sandbox.changeBehaviour({ headSendsLength: false, listedSizes: "too-large" });
    const out = join(folder, "two-sizes");
    expect(await cli("migrate", "s3://two-sizes", ...place, ...FLAGS, "--out", out)).toMatchObject({ code: 1 });
    expect((await summaryOf(out)).total.reasons["size-unknown"]?.objects).toBe(1);
    expect(await plaintextOf(client, "two-sizes")).toEqual(["large"]);
  });
});
