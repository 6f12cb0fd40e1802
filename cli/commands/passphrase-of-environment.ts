import type { SignOptions } from "../../migrate/index.js";

/** A passphrase is no argument: other people on the machine can read those. */
export function passphraseOfEnvironment(): Pick<SignOptions, "signPassphrase"> {
  const { BUCKETSEAL_SIGN_PASSPHRASE: signPassphrase } = process.env;
  return signPassphrase ? { signPassphrase } : {};
}
