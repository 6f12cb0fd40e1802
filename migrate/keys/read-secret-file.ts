import { open } from "node:fs/promises";
import { platform } from "node:os";

/** More than any map of keys needs: whoever named another file by mistake is told so before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;

export type SecretFile =
  | {
      readonly kind: "read";
      readonly bytes: Buffer;
      /** Why it should not hold a secret; `null` where it may. */
      readonly tooOpen: string | null;
    }
  /** In words that hold nothing of what the file holds, nor its path. */
  | { readonly kind: "bad"; readonly why: string };

/** Reads a file that may hold key material, together with whether others can read it too. */
export async function readSecretFile(path: string): Promise<SecretFile> {
  try {
    await using file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isDirectory()) return { kind: "bad", why: "it is a folder" };
    if (stats.size > MAX_BYTES) return { kind: "bad", why: `it holds ${stats.size} bytes, and a key has 32` };
    // A pipe, as `<(...)` of a shell makes one, is nobody else's.
    const tooOpen = stats.isFile() ? readableByOthers(stats.mode) : null;
    return { kind: "read", bytes: await file.readFile(), tooOpen };
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { kind: "bad", why: code === "ENOENT" ? "it does not exist" : `it cannot be read: ${code}` };
  }
}

/** As ssh has it for private keys. Windows has no such modes, and reports 0666 for every file. */
function readableByOthers(mode: number): string | null {
  if (platform() === "win32" || (mode & 0o077) === 0) return null;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return `its mode is ${octal}, so that others can read it: chmod 600 it`;
}
