import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newFolder } from "./start-world.js";

/** A new customer key, and the path of the file that holds it. */
export async function newKeyFile(key: Buffer = randomBytes(32)): Promise<{ key: Buffer; path: string }> {
  const path = join(await newFolder(), "customer.key");
  await writeFile(path, key, { mode: 0o600 });
  return { key, path };
}
