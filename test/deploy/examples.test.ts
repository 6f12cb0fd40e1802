// @module-tag deploy
import { GetBucketEncryptionCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { type Sandbox, type SandboxProfile, startSandbox } from "../../sandbox/index.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

interface Place {
  readonly region: string;
  readonly profile: SandboxProfile;
  /** The variable that gives the example its endpoint. */
  readonly variable: string;
  /** The algorithm of each bucket that is expected there. */
  readonly buckets: Readonly<Record<string, string>>;
}

interface Example {
  readonly example: string;
  readonly stacks: readonly string[];
  readonly places: readonly Place[];
}

const EXAMPLES: readonly Example[] = [
  {
    example: "aws",
    stacks: ["aws"],
    places: [
      {
        region: "eu-west-3",
        profile: "aws",
        variable: "BUCKETSEAL_ENDPOINT",
        buckets: { deployed: "aws:kms", "deployed-logs": "AES256" },
      },
    ],
  },
  {
    example: "multi-region",
    stacks: ["multi-region"],
    places: [
      { region: "eu-west-par", profile: "ovh", variable: "PARIS_ENDPOINT", buckets: { deployed: "AES256" } },
      { region: "rbx", profile: "ovh", variable: "ROUBAIX_ENDPOINT", buckets: { "deployed-copy": "AES256" } },
    ],
  },
  {
    example: "compliance",
    stacks: ["legacy", "records"],
    places: [
      {
        region: "gra",
        profile: "ovh",
        variable: "BUCKETSEAL_ENDPOINT",
        buckets: { "deployed-ledger": "AES256", "deployed-reports": "AES256", "deployed-uploads": "AES256" },
      },
    ],
  },
];

const skipped = deployMissing();
const title = "each other example on the sandbox";

describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  // The AWS provider waits a minute for lifecycle rules to settle.
  it.each(EXAMPLES)(
    "deploys, encrypts by default, and has no changes afterwards: $example",
    {
      timeout: 900_000,
    },
    async ({ example, stacks, places }) => {
      const sandboxes = await Promise.all(places.map(({ region, profile }) => startSandbox({ region, profile })));
      const endpoints = places.map(({ variable }, index) => [variable, sandboxes[index]?.endpoint ?? ""]);
      const variables = { ...Object.fromEntries(endpoints), BUCKET_NAME: "deployed" };
      const project = await TerraformProject.create({
        mirror: providerMirror,
        server: sandboxes[0] as Sandbox,
        stack: stacks[0] as string,
        example,
        variables,
      });
      try {
        expect(await project.deploy(...stacks)).toMatchObject({ exitCode: 0 });
        const found = await Promise.all(sandboxes.map(algorithms));
        expect(found).toEqual(places.map(({ buckets }) => buckets));
        expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {}, errors: [] });
      } finally {
        await project.remove();
        await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
      }
    },
  );
});

/** The default of each bucket that is there, as the store tells it. */
async function algorithms({ endpoint, credentials, region }: Sandbox): Promise<Record<string, string | undefined>> {
  const s3 = new S3Client({ endpoint, credentials, region, forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const entries = Buckets.map(async ({ Name: Bucket = "" }) => {
    const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return [Bucket, found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm] as const;
  });
  const named = Object.fromEntries(await Promise.all(entries));
  s3.destroy();
  return named;
}
