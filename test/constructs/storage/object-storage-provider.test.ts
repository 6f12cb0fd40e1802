import { createRequire } from "node:module";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { Aspects, type IAspect, TerraformVariable, Testing, Token } from "cdktf";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  type ObjectStorageProviderProps,
  RequireEncryption,
} from "../../../constructs/index.js";
import { expression, newStack, stackOnOvhcloud, synth } from "../synth.js";

function awsBlock(props: ObjectStorageProviderProps) {
  const stack = newStack();
  new ObjectStorageProvider(stack, "storage", props);
  return synth(stack).provider.aws[0];
}

const skips = {
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_region_validation: true,
  skip_metadata_api_check: "true",
};

afterEach(() => vi.unstubAllEnvs());

describe("ObjectStorageProvider for OVHcloud", () => {
  it("asks AWS for nothing: it sets its own endpoint, and skips the four checks", () => {
    expect(awsBlock({ provider: "ovhcloud", region: "GRA" })).toEqual({
      region: "gra",
      endpoints: [{ s3: "https://s3.gra.io.cloud.ovh.net" }],
      ...skips,
    });
  });

  it("puts bucket names in the host, and in the path only if asked to", () => {
    expect(awsBlock({ provider: "ovhcloud", region: "gra" })).not.toHaveProperty("s3_use_path_style");
    expect(awsBlock({ provider: "ovhcloud", region: "gra", pathStyle: true })).toHaveProperty(
      "s3_use_path_style",
      true,
    );
  });

  it("uses path style with a local endpoint by default", () => {
    const local = { provider: "ovhcloud", region: "gra", endpoint: "http://127.0.0.1:9000" } as const;
    expect(awsBlock(local)).toMatchObject({ endpoints: [{ s3: local.endpoint }], s3_use_path_style: true, ...skips });
    expect(awsBlock({ ...local, pathStyle: false })).not.toHaveProperty("s3_use_path_style");
  });

  it("refuses a region, an endpoint and half a key pair with one message that says what to do", () => {
    const create = (props: Omit<ObjectStorageProviderProps, "provider">) => () =>
      awsBlock({ provider: "ovhcloud", ...props });
    expect(create({ region: "eu-west-1", accessKey: "AKIA" })).toThrow(
      /"stack\/storage" cannot be used: .*no region "eu-west-1"; pass one of gra.*; accessKey and secretKey go together/,
    );
    expect(create({ endpoint: "https://s3.gra.perf.cloud.ovh.net" })).toThrow(/perf/);
    expect(create({ region: "eu-west-lz-bru-a" })).toThrow(/Local Zone/);
    expect(create({})).toThrow(/needs a region/);
  });
});

describe("ObjectStorageProvider for AWS", () => {
  it("leaves everything to the AWS provider", () => {
    expect(awsBlock({ provider: "aws", region: "eu-west-3" })).toEqual({ region: "eu-west-3" });
  });

  it("skips the checks against a stand-in, which has no STS", () => {
    expect(awsBlock({ provider: "aws", region: "eu-west-3", endpoint: "http://127.0.0.1:9000" })).toMatchObject(skips);
  });
});

describe("credentials", () => {
  it("of the environment never reach the synthesised JSON", () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA-FROM-THE-ENVIRONMENT");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "SECRET-FROM-THE-ENVIRONMENT");
    const { text } = synth(stackOnOvhcloud().stack);
    expect(text).not.toMatch(/FROM-THE-ENVIRONMENT|access_key|secret_key/);
  });

  it("are synthesised if the user passes them, as a reference if they are a variable", () => {
    const stack = newStack();
    const secretKey = new TerraformVariable(stack, "secret", { sensitive: true }).stringValue;
    new ObjectStorageProvider(stack, "storage", {
      provider: "ovhcloud",
      region: "gra",
      accessKey: "AKIA",
      secretKey,
    });
    expect(synth(stack).provider.aws[0]).toMatchObject({ access_key: "AKIA", secret_key: expression("var.secret") });
  });

  it("can come from a named profile", () => {
    expect(awsBlock({ provider: "ovhcloud", region: "gra", profile: "ovh" })).toHaveProperty("profile", "ovh");
  });
});

describe("values that only Terraform knows", () => {
  it("are passed on without a check", () => {
    const stack = newStack();
    const region = new TerraformVariable(stack, "region", {}).stringValue;
    const storage = new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region });
    expect(Token.isUnresolved(storage.endpoint)).toBe(true);
    expect(synth(stack).provider.aws[0]).toMatchObject({
      region: expression("var.region"),
      endpoints: [{ s3: `https://s3.${expression("var.region")}.io.cloud.ovh.net` }],
    });
  });

  it("still need a region if the endpoint is a reference", () => {
    const stack = newStack();
    const endpoint = new TerraformVariable(stack, "endpoint", {}).stringValue;
    const create = () => new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", endpoint });
    expect(create).toThrow(/region is missing/);
  });
});

describe("several providers in one stack", () => {
  it("work if all but one have an alias", () => {
    const { stack } = stackOnOvhcloud();
    new ObjectStorageProvider(stack, "second", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    expect(synth(stack).provider.aws).toHaveLength(2);
  });

  it("fail the synth if two have one name, also beside an AwsProvider of the app", () => {
    const { stack } = stackOnOvhcloud();
    new AwsProvider(stack, "own", { region: "eu-west-3" });
    expect(() => synth(stack)).toThrow(/"stack\/own" is an AWS provider of the same name; give all but one an alias/);
  });
});

/**
 * Two stacks whose providers have the same name: OVHcloud's in the first, Amazon's in the second.
 */
function twoStacks() {
  const app = Testing.app();
  const [first, second] = [newStack("first", app), newStack("second", app)];
  return {
    second,
    elsewhere: new ObjectStorageProvider(first, "storage", { provider: "ovhcloud", region: "gra" }),
    here: new ObjectStorageProvider(second, "storage", { provider: "aws", region: "eu-west-1" }),
  };
}

const REFUSAL =
  /\[second\/invoices\] storage "first\/storage" belongs to another stack, and Terraform would use a provider of "second"/;

describe("storage of another stack", () => {
  it("is refused for a bucket, which Terraform would create in the store of its own stack", () => {
    const { second, elsewhere } = twoStacks();
    new EncryptedBucket(second, "invoices", { bucketName: "acme-invoices", storage: elsewhere });
    expect(() => synth(second)).toThrow(REFUSAL);
  });

  it("is refused for a BucketEncryption", () => {
    const { second, elsewhere } = twoStacks();
    new BucketEncryption(second, "invoices", { bucketName: "acme-invoices", storage: elsewhere });
    expect(() => synth(second)).toThrow(REFUSAL);
  });

  it("is accepted for a BucketReference, and the stack's own storage for a bucket", () => {
    const { second, here, elsewhere } = twoStacks();
    new EncryptedBucket(second, "invoices", { bucketName: "acme-invoices", storage: here });
    EncryptedBucket.fromBucketName(second, "archive", "acme-archive", { storage: elsewhere });
    expect(synth(second).output.bucketseal_invoices?.value).toMatchObject({ provider: "aws" });
  });
});

function appWithPlainBucket() {
  const app = Testing.app();
  const stack = newStack("stack", app);
  const storage = new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
  new S3Bucket(stack, "raw", { bucket: "acme-raw", provider: storage.aws });
  return { app, stack };
}

describe("an aspect", () => {
  it("is never visited on an App, so RequireEncryption there fails the synth", () => {
    const { app, stack } = appWithPlainBucket();
    const visited: string[] = [];
    Aspects.of(app).add({ visit: ({ node }) => visited.push(node.path) });
    expect(() => synth(stack)).not.toThrow();
    expect(visited).toEqual([]);
    Aspects.of(app).add(new RequireEncryption());
    expect(() => app.synth()).toThrow(
      "Aspects.of(app).add(new RequireEncryption()) checks nothing, because CDKTF visits the aspects of stacks and not those of an App; call RequireEncryption.everywhereIn(app)",
    );
  });

  it("is visited on a stack, unless another copy of CDKTF added it", () => {
    const require = createRequire(import.meta.url);
    const path = require.resolve("cdktf/lib/aspect.js");
    delete require.cache[path];
    const copy = require(path) as { readonly Aspects: typeof Aspects };
    expect(copy.Aspects).not.toBe(Aspects);
    const visits = (aspects: typeof Aspects) => {
      const { stack } = appWithPlainBucket();
      let count = 0;
      const aspect: IAspect = { visit: () => (count += 1) };
      aspects.of(stack).add(aspect);
      synth(stack);
      return count;
    };
    expect(visits(Aspects)).toBeGreaterThan(0);
    expect(visits(copy.Aspects)).toBe(0);
  });
});
