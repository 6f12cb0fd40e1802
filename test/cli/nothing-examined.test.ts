import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { afterStore, createBucket, openRehearsal, plain, plaintextOf, type Rehearsal, sealed } from "./rehearsal.js";

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  await createBucket(rehearsal.client, "held", [...plain(2, "invoices/2025/"), ...sealed(1, "other/")]);
  await createBucket(rehearsal.client, "second", sealed(1));
  await createBucket(rehearsal.client, "empty");
});
afterAll(() => rehearsal.close());

const NOTHING = "exit code 1: nothing was examined: check the location and the filters, or give --allow-empty\n";

describe("audit and migrate", () => {
  test.each([
    [
      "audit",
      "a mistyped prefix",
      ["s3://held/invoicse/"],
      "examined in s3://held/invoicse/: the listing shows no object",
    ],
    ["migrate", "an empty bucket", ["s3://empty"], "Nothing was examined in s3://empty/: the listing shows no object"],
    [
      "audit",
      "filters that match nothing",
      ["s3://held", "--include", "absent/**"],
      "the filters excluded all of its 3 objects.",
    ],
  ])("exit with 1 if they examine nothing: %s of %s", async (command, _, args, words) => {
    const ran = await rehearsal.cli(command, ...args, ...rehearsal.place);
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("Nothing examined: 0 objects in scope\n") });
    expect(ran.stdout).toContain(words);
    expect(ran.stdout).not.toContain("Sealed");
    expect(ran.stderr.endsWith(NOTHING)).toBe(true);
  });

  test("exit with 0 if --allow-empty is given, but are not sealed", async () => {
    const ran = await rehearsal.cli("migrate", "s3://empty", ...rehearsal.place, "--allow-empty");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing examined: ") });
    expect(ran.stdout).not.toContain("Sealed");
  });

  test("suggest --include for a pattern in a location, and copy nothing", async () => {
    const { cli, place, client } = rehearsal;
    const ran = await cli("migrate", "s3://held/invoices/*", ...place);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("give s3://held with --include 'invoices/*'.");
    expect(await plaintextOf(client, "held")).toEqual(["invoices/2025/0000", "invoices/2025/0001"]);
  });

  test("name the one location in which nothing was examined", async () => {
    const { cli, place } = rehearsal;
    const ran = await cli("audit", "s3://second", "s3://held/invoicse/", ...place);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("examined in s3://held/invoicse/: check") });
  });

  test("exit with 0 for --all-buckets even if one bucket is empty", async () => {
    const ran = await rehearsal.cli("audit", "--all-buckets", ...rehearsal.place);
    expect(ran.code).toBe(0);
    expect(ran.stdout).not.toContain("Nothing");
  });
});

describe("bucketseal diff", () => {
  test("compares nothing and exits with 1 for runs over different buckets, without --allow-empty", async () => {
    const { cli, place, folder } = rehearsal;
    const [held, second] = [join(folder, "held"), join(folder, "second")];
    await cli("audit", "s3://held", ...place, "--out", held);
    await cli("audit", "s3://second", ...place, "--out", second);
    expect(await cli("diff", held, second)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("Nothing compared: no object is in the scope of both runs\n"),
      stderr: expect.stringMatching(/^exit code 1: nothing was compared: name two runs that cover the same/),
    });
    const allowed = await cli("diff", held, second, "--allow-empty", "--json");
    expect(allowed).toMatchObject({ code: 0, stderr: "" });
    const last = allowed.stdout.trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ kind: "diff", compared: 0 });
  });
});

describe("bucketseal verify --live", () => {
  test("compares nothing and exits with 1 for a run that examined nothing, without --allow-empty", async () => {
    const { cli, place, folder } = rehearsal;
    const out = join(folder, "nothing");
    await cli("audit", "s3://empty", ...place, "--out", out);
    expect(await cli("verify", out, "--live", ...place)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\nnothing compared: 0 of 0 lines looked up/),
      stderr: expect.stringContaining("exit code 1: nothing was compared: the report contains no object"),
    });
    const { code, stderr } = await cli("verify", out, "--live", ...place, "--allow-empty");
    expect({ code, said: afterStore(stderr) }).toEqual({ code: 0, said: "" });
  });
});
