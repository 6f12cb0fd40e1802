import { createRequire } from "node:module";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { Aspects, type IAspect, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { ObjectStorageProvider, RequireEncryption } from "../../../constructs/index.js";
import { newStack, synth } from "../synth.js";

function appWithPlainBucket() {
  const app = Testing.app();
  const stack = newStack("stack", app);
  const storage = new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
  new S3Bucket(stack, "raw", { bucket: "acme-raw", provider: storage.aws });
  return { app, stack };
}

describe("an aspect", () => {
  it("is never visited on an App, so that RequireEncryption there fails the synth", () => {
    const { app, stack } = appWithPlainBucket();
    const visited: string[] = [];
    Aspects.of(app).add({ visit: ({ node }) => visited.push(node.path) });
    expect(() => synth(stack)).not.toThrow();
    expect(visited).toEqual([]);
    Aspects.of(app).add(new RequireEncryption());
    expect(() => app.synth()).toThrow(
      "Aspects.of(app).add(new RequireEncryption()) checks nothing, since CDKTF visits the aspects of stacks and not those of an App; call RequireEncryption.everywhereIn(app)",
    );
  });

  it("is visited on a stack, and not if it was added by another copy of CDKTF", () => {
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
