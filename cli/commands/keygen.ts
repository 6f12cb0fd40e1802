import { createKeyFile, UsageError } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { print } from "../print/terminal.js";
import { declareCommand } from "./declare-command.js";

export const keygenCommand = declareCommand({
  name: "keygen",
  description: "create a file with a new 256-bit key for SSE-C, and print the key's MD5",
  words: { "<file>": "a file that does not exist yet" },
  options: {},
  examples: `  bucketseal keygen vault.key
  aws s3api put-object --bucket vault --key letter --body letter.txt \\
    --sse-customer-algorithm AES256 --sse-customer-key fileb://vault.key`,
  closing: "Only you have this key. If it is lost, every object under it is lost too.",
  run: (_flags, path) => keygen(path),
});

async function keygen(path: string): Promise<void> {
  const { md5 } = await createKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "it exists, and overwriting it would destroy the key in it" : error.message;
    throw new UsageError([`key file "${path}" was not written: ${why}; choose a new file`]);
  });
  print(`${visibleText(path)}  32 bytes, readable only by its owner`);
  print(`MD5     ${md5}`);
}
