import { type Import, importsOf } from "./imports.js";
import { type Source, topFolder } from "./source.js";

/** The folders that each folder may import beside itself: the table of docs/ARCHITECTURE.md. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  providers: [],
  constructs: ["providers"],
  migrate: ["providers"],
  sandbox: ["providers"],
  cli: ["migrate", "sandbox", "providers"],
};

const TERRAFORM_PACKAGES = /^(cdktf|constructs|@cdktf\/.*)$/;

/** What crosses a border that it must not cross, or crosses it elsewhere than at the other folder's index.ts. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap(importsOf).flatMap((found) => {
    const problem = found.to.endsWith(".ts") ? problemWithFile(found) : problemWithPackage(found);
    return problem === undefined ? [] : [`${found.at} imports ${found.to}: ${problem}`];
  });
}

function problemWithFile({ from, to }: Import): string | undefined {
  const [folder, other] = [topFolder(from), topFolder(to)];
  if (folder === other) return undefined;
  if (!MAY_IMPORT[folder]?.includes(other)) return `${folder}/ may not import ${other}/`;
  // cli/ is one package with migrate/, and prints with its words and figures, which are no part of the library's API.
  return folder === "cli" || to === `${other}/index.ts` ? undefined : `${other}/ is entered by its index.ts`;
}

function problemWithPackage({ from, to }: Import): string | undefined {
  const folder = topFolder(from);
  if (folder === "providers") return "providers/ is data alone";
  // The peers are optional: whoever only migrates does not have them.
  if (folder !== "constructs" && TERRAFORM_PACKAGES.test(to)) return `${folder}/ works without the peers`;
  return undefined;
}
