// @module-tag deploy
import { GetBucketLifecycleConfigurationCommand, type S3Client } from "@aws-sdk/client-s3";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { TerraformStack } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ObjectStorageProvider } from "../../constructs/index.js";
import { type Behaviour, type Sandbox, startSandbox } from "../../sandbox/index.js";
import { clientOf } from "../cli/rehearsal.js";
import { SNIPPETS } from "../guide/constructs/snippets.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject, type TerraformRun } from "./terraform-project.js";

const skipped = deployMissing();
const title = "lifecycle rules as a resource of one's own, as docs/constructs.md shows them";
const TIMEOUT_MS = 300_000;

interface Applied {
  readonly project: TerraformProject;
  readonly sandbox: Sandbox;
  readonly s3: S3Client;
  readonly first: TerraformRun;
}

// Each apply waits for a minute, so all go side by side.
describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  let asDocumented: Applied;
  let withHeader: Applied;
  let asCeph: Applied;
  const all = () => [asDocumented, withHeader, asCeph].filter((each) => each !== undefined);

  beforeAll(async () => {
    [asDocumented, withHeader, asCeph] = await Promise.all([
      applied({}),
      applied({ transitionSizeHeader: "sent" }),
      applied({ emptyLifecycleFilter: "prefix" }),
    ]);
  }, TIMEOUT_MS);

  afterAll(async () => {
    for (const { s3, project, sandbox } of all()) {
      s3.destroy();
      await project.remove();
      await sandbox.close();
    }
  });

  it("are applied as written to a store that does not send Amazon's header", async () => {
    expect(asDocumented.first).toMatchObject({ exitCode: 0, errors: [] });
    expect(await rulesOf(asDocumented.s3)).toEqual(WRITTEN);
  });

  it("have no changes in a second apply", { timeout: TIMEOUT_MS }, async () => {
    const again = await asDocumented.project.apply();
    expect([again.exitCode, again.changes, again.errors]).toEqual([0, {}, []]);
    expect(await rulesOf(asDocumented.s3)).toEqual(WRITTEN);
  });

  it("are written to a store that sends the header, but Terraform times out", async () => {
    expect(withHeader.first).toMatchObject({ exitCode: 1, errors: [TIMED_OUT] });
    expect(await rulesOf(withHeader.s3)).toEqual(WRITTEN);
  });

  it("are written to a store that returns them in another form, like Ceph, but Terraform times out", async () => {
    expect(asCeph.first).toMatchObject({ exitCode: 1, errors: [TIMED_OUT] });
    expect(await rulesOf(asCeph.s3)).toEqual(WRITTEN.map((rule) => ({ ...rule, prefix: "" })));
  });
});

const TIMED_OUT = expect.stringContaining("timeout while waiting for state to become 'true' (last state: 'false'");

const WRITTEN = [
  { id: "old-versions", noncurrent: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 } },
  { id: "abort-incomplete-multipart-uploads", abort: { DaysAfterInitiation: 7 } },
];

async function rulesOf(s3: S3Client) {
  const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "acme-invoices" }));
  return Rules.map((rule) => ({
    id: rule.ID,
    prefix: rule.Prefix,
    noncurrent: rule.NoncurrentVersionExpiration,
    abort: rule.AbortIncompleteMultipartUpload,
  }));
}

async function applied(behaviour: Partial<Behaviour>): Promise<Applied> {
  const sandbox = await startSandbox({ behaviour });
  const project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "own-rules" });
  project.synth((stack) => {
    new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra", endpoint: sandbox.endpoint });
    SNIPPETS.ownLifecycleRules(stack);
    if (Object.keys(behaviour).length > 0) waitShorter(stack);
  });
  expect(await project.terraform("init")).toMatchObject({ exitCode: 0 });
  return { project, sandbox, s3: clientOf(sandbox), first: await project.apply() };
}

/** Long enough for an apply that ends well, which takes 55 seconds; the three minutes of the provider would say no more. */
function waitShorter(stack: TerraformStack): void {
  const isRules = (node: unknown): node is S3BucketLifecycleConfiguration =>
    node instanceof S3BucketLifecycleConfiguration;
  for (const rules of stack.node.findAll().filter(isRules)) rules.addOverride("timeouts.create", "80s");
}
