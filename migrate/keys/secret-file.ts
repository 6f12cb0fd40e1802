import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { platform } from "node:os";

/** More than any key map needs, so that a wrong file is rejected before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;

export type SecretFile =
  | {
      readonly kind: "read";
      readonly bytes: Buffer;
      /** Why the file should not contain a secret; `null` if it may. */
      readonly tooOpen: string | null;
    }
  /** The reason, without the path or any part of the contents. */
  | { readonly kind: "bad"; readonly why: string };

/** Reads a file that may contain key material, and checks whether others can read it too. */
export async function readSecretFile(path: string): Promise<SecretFile> {
  try {
    await using file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isDirectory()) return { kind: "bad", why: "it is a folder" };
    if (stats.size > MAX_BYTES) return { kind: "bad", why: `it has ${stats.size} bytes, and a key has 32` };
    // A pipe, for example from a shell's `<(...)`, is private.
    const tooOpen = stats.isFile() ? readableByOthers(stats.mode) : null;
    return { kind: "read", bytes: await file.readFile(), tooOpen };
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { kind: "bad", why: code === "ENOENT" ? "it does not exist" : `it cannot be read: ${code}` };
  }
}

/** The same rule as ssh's for private keys. Windows has no such modes, and reports 0666 for every file. */
function readableByOthers(mode: number): string | null {
  if (platform() === "win32" || (mode & 0o077) === 0) return null;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return `its mode is ${octal}, so others can read it: run chmod 600 on it`;
}

const KEY_BYTES = 32;

export interface KeyFile {
  readonly path: string;
  /** Base64, as in `x-amz-server-side-encryption-customer-key-MD5`; reveals nothing about the key. */
  readonly md5: string;
}

/**
 * Writes a new 256-bit SSE-C key: 32 random raw bytes, readable only by their owner. Rejects if the file
 * exists, since a lost key means lost objects.
 * @throws NodeJS.ErrnoException with code EEXIST, or with the reason why the file cannot be written
 */
export async function createKeyFile(path: string): Promise<KeyFile> {
  const key = randomBytes(KEY_BYTES);
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(key);
  await file.sync();
  return { path, md5: createHash("md5").update(key).digest("base64") };
}
