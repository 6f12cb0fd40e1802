import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Packages that the constructs are tried with, beside those of package.json: by the names under which they are imported. */
export const BINDINGS = {
  /** CDK Terrain, the living fork of CDKTF, under the names that CDKTF had. */
  cdktn: {
    cdktf: "npm:cdktn@0.24.0",
    "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25.7.0",
    constructs: "10.7.2",
  },
  /** The last bindings of CDKTF's own, for line 6 of the AWS provider. */
  "aws-6": {
    cdktf: "0.21.0",
    "@cdktf/provider-aws": "21.22.1",
    constructs: "10.4.2",
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

type BindingsName = keyof typeof BINDINGS;

/** The variable that tells the tests which of them is at hand. */
export const BINDINGS_VARIABLE = "BUCKETSEAL_TEST_BINDINGS";

export function isBindingsName(name: string | undefined): name is BindingsName {
  return name !== undefined && Object.hasOwn(BINDINGS, name);
}

const SOURCES = ["constructs", "providers", "migrate", "sandbox", "cli", "examples", "test"];
/** The code to try: its types are checked, and its imports. */
export const TRIED = ["constructs", "examples", "test/constructs", "test/examples", "test/bindings"];
const SETTINGS = ["cdktf.json", "vitest.config.ts"];

/** Copies what the construct tests need, and a package.json that installs nothing by itself. The sources read its version. */
export function copySources(from: string, to: string): void {
  for (const path of [...SOURCES, ...SETTINGS]) cpSync(join(from, path), join(to, path), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as { readonly version: string };
  writeFileSync(join(to, "package.json"), JSON.stringify({ name: "bindings", version, private: true, type: "module" }));
  const settings = JSON.parse(readFileSync(join(from, "tsconfig.json"), "utf8")) as object;
  writeFileSync(join(to, "tsconfig.json"), JSON.stringify({ ...settings, include: TRIED }));
}

/** Links every installed package but those that the bindings replace, and what is made for one of them alone. */
export function linkOtherPackages(from: string, to: string): void {
  const [source, target] = [join(from, "node_modules"), join(to, "node_modules")];
  const taken = new Set([...readdirSync(target), "@cdktf", "cdktf-cli", ".bin"]);
  for (const entry of readdirSync(source)) {
    if (!taken.has(entry)) symlinkSync(join(source, entry), join(target, entry));
  }
  mkdirSync(join(target, ".bin"), { recursive: true });
  for (const program of ["tsc", "tsx", "vitest"])
    symlinkSync(join(source, ".bin", program), join(target, ".bin", program));
}
