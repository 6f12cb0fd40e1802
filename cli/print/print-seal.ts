import type { RunCheck } from "../../migrate/index.js";
import { onStdout, print } from "./terminal.js";

/** By whom a folder was signed, and what it is known by, each on a line of its own that can be compared. */
export function printSeal({ signature, manifestSha256 }: RunCheck["seal"]): void {
  if (manifestSha256 !== null) print(`manifest  sha256 ${manifestSha256}`);
  switch (signature.kind) {
    case "unsigned":
      print("unsigned  it agrees with itself; whoever held it could have rewritten all of it");
      return;
    case "unchecked":
      for (const keyid of signature.keyids) print(`key       sha256 ${keyid}, by its own word`);
      print(`${onStdout.yellow("unchecked")} it says that it is signed: give the public key with --public-key`);
      return;
    case "valid":
      for (const keyid of signature.keyids) print(`${onStdout.green("signed")}    by sha256 ${keyid}`);
      for (const keyid of signature.unchecked) print(`key       sha256 ${keyid}, by its own word: not checked`);
      return;
    case "invalid":
      print(`${onStdout.red("signature")} not valid`);
  }
}
