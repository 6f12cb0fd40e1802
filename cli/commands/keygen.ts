import { createKeyFile, UsageError } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { print } from "../print/terminal.js";

export async function keygen(_flags: object, path: string): Promise<void> {
  const { md5 } = await createKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "it exists, and overwriting it would destroy the key in it" : error.message;
    throw new UsageError([`key file "${path}" was not written: ${why}; choose a new file`]);
  });
  print(`${visibleText(path)}  32 bytes, readable only by its owner`);
  print(`MD5     ${md5}`);
}
