import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = ["constructs", "providers", "migrate", "sandbox", "cli", "examples", "test"];
/** What is tried: its types are checked, and what it imports. */
export const TRIED = ["constructs", "examples", "test/constructs", "test/examples", "test/bindings"];
const SETTINGS = ["cdktf.json", "vitest.config.ts"];

/** Copies what the construct tests need, and a package.json that installs nothing by itself. */
export function copySources(from: string, to: string): void {
  for (const path of [...SOURCES, ...SETTINGS]) cpSync(join(from, path), join(to, path), { recursive: true });
  writeFileSync(join(to, "package.json"), JSON.stringify({ name: "bindings", private: true, type: "module" }));
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
