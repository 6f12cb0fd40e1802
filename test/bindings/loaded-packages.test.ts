import { readFileSync } from "node:fs";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "../../constructs/index.js";
import { synthApp } from "../constructs/synth.js";
import { BINDINGS, BINDINGS_VARIABLE, isBindingsName } from "./bindings.js";

/** The package and version that a class says of itself to be from. */
function origin(loaded: object): string {
  const { fqn, version } = Reflect.get(loaded, Symbol.for("jsii.rtti")) as { fqn: string; version: string };
  return `${fqn.split(".")[0]}@${version}`;
}

/** The packages that package.json, or the bindings under test, would have loaded. */
function expected(name: "cdktf" | "@cdktf/provider-aws", bindings = process.env[BINDINGS_VARIABLE]): string {
  const spec = isBindingsName(bindings) ? BINDINGS[bindings][name] : versionInPackageJson(name);
  return spec.startsWith("npm:") ? spec.slice("npm:".length) : `${name}@${spec}`;
}

function versionInPackageJson(name: string): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { devDependencies } = JSON.parse(text) as { devDependencies: Record<string, string> };
  return devDependencies[name] ?? "";
}

describe("packages under test", () => {
  const others = Object.keys(BINDINGS).filter((name) => name !== process.env[BINDINGS_VARIABLE]);

  it("are the requested ones, according to their jsii type information", () => {
    expect([origin(App), origin(S3Bucket)]).toEqual([expected("cdktf"), expected("@cdktf/provider-aws")]);
  });

  it.each(others)("are not those of %s", (name) => {
    expect(origin(S3Bucket)).not.toBe(expected("@cdktf/provider-aws", name));
  });
});

const skipped = process.env[BINDINGS_VARIABLE] !== "cdktn";
// Under its own name CDK Terrain is installed once more, for its bindings: an app that imports it so has two copies at work.
const title = "an app that imports CDK Terrain by its own name";
describe.skipIf(skipped)(skipped ? `${title} (skipped: npm run test:cdktn runs it)` : title, () => {
  const library = "cdktn";

  async function appWithRawBucket() {
    const { TerraformStack, Testing } = (await import(library)) as typeof import("cdktf");
    const app = Testing.app();
    const stack = new TerraformStack(app, "stack");
    new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
    const invoices = new EncryptedBucket(stack, "invoices");
    new S3Bucket(stack, "raw", { bucket: `${invoices.bucketName}-raw` });
    return app;
  }

  it("fails to synthesise if it has a raw bucket", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app);
    expect(() => app.synth()).toThrow(/bucket "stack\/raw" has no encryption default \(created at test\/bindings/);
  });

  it("gets a warning for a raw bucket in warn mode", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app, { mode: "warn" });
    expect(synthApp(app).annotations).toMatchObject([{ level: "@cdktf/warn" }]);
  });

  it("gets an info annotation for a raw bucket in fix mode, and does not fail", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app, { mode: "fix" });
    expect(synthApp(app).annotations).toMatchObject([{ level: "@cdktf/info" }]);
  });
});
