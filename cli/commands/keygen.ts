import { Command } from "commander";
import { createKeyFile, UsageError } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { print } from "../print/terminal.js";

const EXAMPLES = `
Examples:
  bucketseal keygen vault.key
  aws s3api put-object --bucket vault --key letter --body letter.txt \\
    --sse-customer-algorithm AES256 --sse-customer-key fileb://vault.key

Nobody but you has the key: whoever loses it loses every object under it.`;

export function keygenCommand(): Command {
  return new Command("keygen")
    .description("write a new 256-bit key for SSE-C to a file, and print its MD5")
    .argument("<file>", "a file that does not exist yet")
    .addHelpText("after", EXAMPLES)
    .action(keygen);
}

async function keygen(path: string): Promise<void> {
  const { md5 } = await createKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "it exists, and a key that is overwritten is lost" : error.message;
    throw new UsageError([`key file "${path}" was not written: ${why}; name a new file`]);
  });
  print(`${visibleText(path)}  32 bytes, for its owner to read`);
  print(`MD5     ${md5}`);
}
