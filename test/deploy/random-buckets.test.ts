import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ObjectStorageProvider } from "../../constructs/index.js";
import { providers } from "../../providers/index.js";
import { askedProps, declareBuckets } from "../constructs/properties/asked-props.js";
import { validOn } from "../constructs/properties/by-documents.js";
import { placeOf } from "../constructs/synth.js";
import { LONG } from "../length.js";
import { providerMirror, terraformMissing } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

const skipped = terraformMissing();
const title = "random buckets of every store";
const stores = Object.values(providers).filter(({ subResources }) => subResources.encryption.value !== "unsupported");
const SAMPLE = { numRuns: LONG ? 60 : 5, seed: 20261123 };
// `terraform validate` calls nobody.
const server = { endpoint: "http://127.0.0.1:9", credentials: { accessKeyId: "none", secretAccessKey: "none" } };

describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  let project: TerraformProject;

  beforeAll(async () => {
    project = await TerraformProject.create({ mirror: providerMirror, server, stack: "every-store" });
  });
  afterAll(() => project?.remove());

  // One call for all, since each takes seconds; the rule that must not pass shows that the others were looked at.
  it("pass terraform validate, unlike the role of OVHcloud's guide", {
    tags: "slow",
    timeout: 180_000,
  }, async () => {
    project.synth((stack) => {
      for (const { id } of stores) {
        const storage = new ObjectStorageProvider(stack, id, { ...placeOf(id), alias: id });
        const asked = fc.sample(askedProps, SAMPLE).map((props) => validOn(id, props));
        declareBuckets(stack, storage, asked);
      }
      new S3BucketReplicationConfigurationA(stack, "refused", {
        bucket: "acme",
        role: `arn:aws:iam::${"0f".repeat(16)}:role/s3-replication`,
        rule: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::acme-backup" } }],
      });
    });
    withOneProvider(join(project.outdir, "stacks", "every-store", "cdk.tf.json"));
    expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
    const { output } = await project.terraform("validate", "-json");
    const { diagnostics } = JSON.parse(output) as { readonly diagnostics: readonly Diagnostic[] };
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ address, summary }) => [address, summary])).toEqual([
      ["aws_s3_bucket_replication_configuration.refused", expect.stringContaining("invalid account ID value")],
    ]);
  });
});

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly address?: string;
}

type Blocks = Record<string, Record<string, { provider?: string }>>;

interface Configuration {
  provider: { aws: { alias?: string }[] };
  resource: Blocks;
  data: Blocks;
}

/** Each configured provider costs three seconds of a core; what a resource looks like is the same to all of them. */
function withOneProvider(file: string): void {
  const configuration = JSON.parse(readFileSync(file, "utf8")) as Configuration;
  const { provider, resource, data } = configuration;
  provider.aws = provider.aws.slice(0, 1);
  delete provider.aws[0]?.alias;
  for (const block of [resource, data].flatMap((blocks) => Object.values(blocks).flatMap(Object.values))) {
    delete block.provider;
  }
  writeFileSync(file, JSON.stringify(configuration));
}
