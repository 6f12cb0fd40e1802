// @module-tag deploy
import { fileURLToPath } from "node:url";
import { GetBucketReplicationCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../sandbox/index.js";
import { clientOf } from "../../cli/rehearsal.js";
import { deployMissing, providerMirror } from "../prerequisites.js";
import { TerraformProject } from "../terraform-project.js";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const skipped = deployMissing();
const title = "buckets that replicate into each other, on the sandbox";
const TIMEOUT_MS = 300_000;

describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  let sandbox: Sandbox;
  let s3: S3Client;
  let project: TerraformProject;

  beforeAll(async () => {
    sandbox = await startSandbox();
    s3 = clientOf(sandbox);
    project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "both-ways", main });
  }, TIMEOUT_MS);

  afterAll(async () => {
    s3?.destroy();
    await project?.remove();
    await sandbox?.close();
  });

  const rulesOf = async (Bucket: string) => {
    const { ReplicationConfiguration: found } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
    return found?.Rules?.map(({ ID, Priority, Filter, DeleteMarkerReplication: markers, Destination: to }) => [
      ID,
      Priority,
      Filter?.Prefix || undefined,
      markers?.Status,
      to?.Bucket,
      to?.StorageClass,
    ]);
  };

  it("are applied by one cdktf deploy, including rules for several destinations", { timeout: TIMEOUT_MS }, async () => {
    expect(await project.deploy()).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining("11 added, 0 changed, 0 destroyed"),
    });
    expect(await rulesOf("acme-paris")).toEqual([
      ["replication", 1, undefined, "Enabled", "arn:aws:s3:::acme-milan", undefined],
    ]);
    expect(await rulesOf("acme-milan")).toEqual([
      ["replication", 1, undefined, "Enabled", "arn:aws:s3:::acme-paris", undefined],
      ["replication-2", 2, "invoices/", "Disabled", "arn:aws:s3:::acme-archive", "STANDARD_IA"],
    ]);
  });

  it("have no changes in a second plan", { timeout: TIMEOUT_MS }, async () => {
    const { exitCode, changes, errors } = await project.plan();
    expect({ exitCode, changes, errors }).toEqual({ exitCode: 0, changes: {}, errors: [] });
  });
});
