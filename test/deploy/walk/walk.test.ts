// @module-tag slow
import { fileURLToPath } from "node:url";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { clientOf, createBucket, encryptionOf, environmentOf, plain, plaintextOf } from "../../cli/rehearsal.js";
import { type Ran, runCli } from "../../cli/run-cli.js";
import { providerMirror, terraformMissing } from "../prerequisites.js";
import { type Finished, TerraformProject } from "../terraform-project.js";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const missing = terraformMissing();
const title = "an app, from its synth to a sealed bucket, on the sandbox";

/** The only deployment outside test:deploy: each test goes on from the one before. */
describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (skipped: ${missing})`, () => {
  let sandbox: Sandbox;
  let client: S3Client;
  let project: TerraformProject;
  let deployed: Finished;

  beforeAll(async () => {
    sandbox = await startSandbox();
    client = clientOf(sandbox);
    await createBucket(client, "acme-archive", plain(3));
    project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "walk", main });
    deployed = await project.deploy("--outputs-file", "outputs.json");
  }, 180_000);

  afterAll(async () => {
    client?.destroy();
    await project?.remove();
    await sandbox?.close();
  });

  const bucketseal = (...args: string[]): Promise<Ran> =>
    runCli(args, { folder: project.folder, env: environmentOf(sandbox.credentials) });
  it("is deployed by cdktf, and adds only a default to the existing bucket", () => {
    expect(deployed).toMatchObject({ exitCode: 0, output: expect.stringContaining("5 added, 0 changed, 0 destroyed") });
  });

  it("lists its buckets, the one with a generated name only once it is deployed", async () => {
    const declared = await bucketseal("targets", "cdktf.out", "--json");
    const known = (ran: Ran) =>
      ran.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { bucket: string; known: boolean; endpoint: string })
        .map(({ bucket, known, endpoint }) => [known ? bucket.replace(/\d+$/, "N") : "", endpoint]);
    const { endpoint } = sandbox;
    expect(known(declared)).toEqual([
      ["acme-archive", endpoint],
      ["acme-invoices", endpoint],
      ["", endpoint],
    ]);
    const outputs = await bucketseal("targets", "outputs.json", "--json");
    expect(known(outputs)).toEqual([
      ["acme-archive", endpoint],
      ["acme-invoices", endpoint],
      ["terraform-N", endpoint],
    ]);
  });

  it("encrypts new objects that are put without headers, and no existing ones", async () => {
    for (const Bucket of ["acme-archive", "acme-invoices"]) {
      await client.send(
        new PutObjectCommand({ Bucket, Key: "written-since.txt", Body: "nobody asked for encryption" }),
      );
    }
    expect(await encryptionOf(client, "acme-invoices")).toEqual({ "written-since.txt": "AES256" });
    expect(await plaintextOf(client, "acme-archive")).toHaveLength(3);
    expect(await encryptionOf(client, "acme-archive")).toMatchObject({ "written-since.txt": "AES256" });
  });

  it("fails an audit before the migration", async () => {
    const audited = await bucketseal(
      "audit",
      "--targets",
      "outputs.json",
      "--endpoint",
      sandbox.endpoint,
      "--fail-on",
      "unencrypted",
    );
    expect(audited).toMatchObject({ code: 1, stdout: expect.stringContaining("3 of 5 objects are unencrypted") });
  });

  it("passes an audit after the migration", async () => {
    expect(await bucketseal("migrate", "--targets", "outputs.json", "--endpoint", sandbox.endpoint)).toMatchObject({
      code: 0,
    });
    const sealed = Object.values(await encryptionOf(client, "acme-archive"));
    expect(sealed).toEqual(["AES256", "AES256", "AES256", "AES256"]);
    const audited = await bucketseal(
      "audit",
      "--targets",
      "outputs.json",
      "--endpoint",
      sandbox.endpoint,
      "--fail-on",
      "unencrypted",
    );
    expect(audited).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 5 objects are unencrypted") });
  });

  it("has no changes in a second plan", async () => {
    const { exitCode, changes, errors } = await project.plan();
    expect({ exitCode, changes, errors }).toEqual({ exitCode: 0, changes: {}, errors: [] });
  });
});
