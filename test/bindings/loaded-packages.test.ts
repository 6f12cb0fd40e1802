import { readFileSync } from "node:fs";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import { BINDINGS, BINDINGS_VARIABLE, isBindingsName } from "./bindings.js";

/** The package and version that a class says of itself to be from. */
function origin(loaded: object): string {
  const { fqn, version } = Reflect.get(loaded, Symbol.for("jsii.rtti")) as { fqn: string; version: string };
  return `${fqn.split(".")[0]}@${version}`;
}

/** What package.json, or the bindings that are tried, would have loaded. */
function expected(name: "cdktf" | "@cdktf/provider-aws", bindings = process.env[BINDINGS_VARIABLE]): string {
  const spec = isBindingsName(bindings) ? BINDINGS[bindings][name] : versionInPackageJson(name);
  return spec.startsWith("npm:") ? spec.slice("npm:".length) : `${name}@${spec}`;
}

function versionInPackageJson(name: string): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { devDependencies } = JSON.parse(text) as { devDependencies: Record<string, string> };
  return devDependencies[name] ?? "";
}

describe("loaded packages", () => {
  const others = Object.keys(BINDINGS).filter((name) => name !== process.env[BINDINGS_VARIABLE]);

  it("are the requested ones, according to their jsii type information", () => {
    expect([origin(App), origin(S3Bucket)]).toEqual([expected("cdktf"), expected("@cdktf/provider-aws")]);
  });

  it.each(others)("are not those of %s", (name) => {
    expect(origin(S3Bucket)).not.toBe(expected("@cdktf/provider-aws", name));
  });
});
