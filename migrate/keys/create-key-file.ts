import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";

const KEY_BYTES = 32;

export interface KeyFile {
  readonly path: string;
  /** Base64, as `x-amz-server-side-encryption-customer-key-MD5` carries it; tells nothing of the key. */
  readonly md5: string;
}

/**
 * Writes a new 256-bit SSE-C key: 32 random bytes as they are, readable by their owner alone. Refuses a file that exists,
 * since a lost key is a lost object.
 *
 * @throws NodeJS.ErrnoException with code EEXIST, or why the file cannot be written
 */
export async function createKeyFile(path: string): Promise<KeyFile> {
  const key = randomBytes(KEY_BYTES);
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(key);
  await file.sync();
  return { path, md5: createHash("md5").update(key).digest("base64") };
}
