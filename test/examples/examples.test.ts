import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { afterAll, describe, expect, it } from "vitest";
import { workingVersion } from "../../constructs/storage/aws-provider-version.js";
import { newStack } from "../constructs/synth.js";
import { synthesise } from "./synthesise.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bucketseal-example-"));

interface StackJson {
  readonly provider: { readonly aws: readonly Record<string, unknown>[] };
  readonly output: Record<string, { readonly value: { readonly bucket: string; readonly endpoint: string } }>;
}

/** Runs the example like cdktf does, with the command of cdktf.json. */
function synthExample(env: Record<string, string>): { stack: StackJson; text: string } {
  const { app } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string };
  const { BUCKET_NAME: _name, BUCKETSEAL_ENDPOINT: _endpoint, ...rest } = process.env;
  const run = spawnSync(app, {
    shell: true,
    cwd: root,
    encoding: "utf8",
    env: { ...rest, CHECKPOINT_DISABLE: "1", CDKTF_OUTDIR: folder, ...env },
  });
  expect(run).toMatchObject({ status: 0 });
  const text = readFileSync(join(folder, "stacks", "ovhcloud", "cdk.tf.json"), "utf8");
  return { stack: JSON.parse(text) as StackJson, text };
}

describe("examples/ovhcloud", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  it("declares three buckets of OVHcloud without any account, and holds no credentials", { tags: ["slow"] }, () => {
    const { stack, text } = synthExample({ AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "THESECRET" });
    expect(Object.values(stack.output).map(({ value }) => [value.bucket, value.endpoint])).toEqual([
      ["acme-invoices-exports", "https://s3.eu-west-par.io.cloud.ovh.net"],
      ["acme-invoices", "https://s3.eu-west-par.io.cloud.ovh.net"],
      ["acme-invoices-logs", "https://s3.eu-west-par.io.cloud.ovh.net"],
    ]);
    expect(text).not.toMatch(/AKIAEXAMPLE|THESECRET/);
  });

  it("uses another endpoint and another name if the environment sets them", { tags: ["slow"] }, () => {
    const { stack } = synthExample({ BUCKET_NAME: "rehearsal", BUCKETSEAL_ENDPOINT: "http://127.0.0.1:9000" });
    expect(stack.provider.aws[0]).toMatchObject({ s3_use_path_style: true });
    expect(stack.output.bucketseal_invoices?.value).toMatchObject({
      bucket: "rehearsal",
      endpoint: "http://127.0.0.1:9000",
    });
  });
});

const folders = readdirSync(fileURLToPath(new URL("../../examples", import.meta.url)), { withFileTypes: true });
// examples/terraform is generated from another one, and examples/kubernetes holds manifests: see their own tests.
const WITHOUT_APP = ["kubernetes", "terraform"];
const names = folders.filter((each) => each.isDirectory() && !WITHOUT_APP.includes(each.name)).map(({ name }) => name);

describe("each example", () => {
  it.each(names)("%s synthesises the Terraform JSON of its snapshot", async (name) => {
    const text = `${JSON.stringify(await synthesise(name), null, 2)}\n`;
    await expect(withVersionsOfSnapshots(text)).toMatchFileSnapshot(`snapshots/${name}.json`);
  });
});

/**
 * With other bindings (test/bindings) the stacks differ only in the version and the source of the
 * AWS provider.
 */
function withVersionsOfSnapshots(text: string): string {
  const { terraformGeneratorMetadata: made, terraformProviderSource: source } = new AwsProvider(newStack(), "aws");
  return text
    .replaceAll(JSON.stringify(made?.providerVersion), '"5.100.0"')
    .replaceAll(JSON.stringify(workingVersion(made?.providerVersion)), '"~> 5.100"')
    .replaceAll(`"source": ${JSON.stringify(source)}`, '"source": "aws"');
}
