import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readSources } from "./architecture/source.js";

const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

it("what waits for npm run test:deploy is tagged deploy, in the folders that it runs", () => {
  const folders = scripts["test:deploy"]?.match(/\btest\/[a-z/]+(?=\s|$)/g) ?? [];
  const waiting = readSources(["test"]).filter(({ text }) => /\b(DEPLOY|deployMissing)\b.*\n?.*\bfrom "/.test(text));
  expect(waiting.length).toBeGreaterThan(1);
  const elsewhere = waiting.filter(({ path }) => !folders.some((folder) => path.startsWith(`${folder}/`)));
  expect(elsewhere.map(({ path }) => path)).toEqual([]);
  const untagged = waiting.filter(
    ({ path, text }) => path.endsWith(".test.ts") && !/@module-tag deploy|"deploy"/.test(text),
  );
  expect(untagged.map(({ path }) => path)).toEqual([]);
});
