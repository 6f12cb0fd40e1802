import { basename } from "node:path";
import type { Source } from "./source.js";

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SAYS_NOTHING = /^(utils?|helpers?|common|shared|misc|manager|service|base)$/;

/** Files and folders that are not kebab-case, or whose name does not say what they do. */
export function misnamedFiles(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path }) => {
    const names = path.replace(/(\.test|\.config|\.d)?\.ts$/, "").split("/");
    const odd = names.find((name) => !KEBAB_CASE.test(name));
    if (odd !== undefined) return [`${path}: "${odd}" is not kebab-case`];
    const vague = [...names.slice(0, -1), ...basename(names.at(-1) ?? "").split("-")].find((word) =>
      SAYS_NOTHING.test(word),
    );
    return vague === undefined ? [] : [`${path}: "${vague}" does not say what it does`];
  });
}
