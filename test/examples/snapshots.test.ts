import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { describe, expect, it } from "vitest";
import { workingVersion } from "../../constructs/storage/aws-provider-version.js";
import { newStack } from "../constructs/synth.js";
import { synthesise } from "./synthesise.js";

const folders = readdirSync(fileURLToPath(new URL("../../examples", import.meta.url)), { withFileTypes: true });
// examples/terraform is generated from another one: see terraform-module.test.ts.
const names = folders.filter((each) => each.isDirectory() && each.name !== "terraform").map(({ name }) => name);

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
