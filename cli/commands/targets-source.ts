import { text } from "node:stream/consumers";
import { type TargetsSource, UsageError } from "../../migrate/index.js";

/** A path as it was given, and `-` as the text that is piped in. */
export async function targetsSource(path: string): Promise<TargetsSource> {
  if (path !== "-") return path;
  if (process.stdin.isTTY)
    throw new UsageError(["stdin is a terminal: pipe what `terraform output -json` prints into it"]);
  return { name: "stdin", text: await text(process.stdin) };
}
