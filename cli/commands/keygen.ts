import { createKeyFile, UsageError } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { print } from "../print/terminal.js";
import { declareCommand } from "./declare-command.js";

export const keygenCommand = declareCommand({
  name: "keygen",
  description: "write a new 256-bit key for SSE-C to a file, and print its MD5",
  words: { "<file>": "a file that does not exist yet" },
  options: {},
  examples: `  bucketseal keygen vault.key
  aws s3api put-object --bucket vault --key letter --body letter.txt \\
    --sse-customer-algorithm AES256 --sse-customer-key fileb://vault.key`,
  closing: "Nobody but you has the key: whoever loses it loses every object under it.",
  run: (_flags, path) => keygen(path),
});

async function keygen(path: string): Promise<void> {
  const { md5 } = await createKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "it exists, and a key that is overwritten is lost" : error.message;
    throw new UsageError([`key file "${path}" was not written: ${why}; name a new file`]);
  });
  print(`${visibleText(path)}  32 bytes, for its owner to read`);
  print(`MD5     ${md5}`);
}
