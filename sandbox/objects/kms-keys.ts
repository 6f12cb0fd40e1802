import { isDenied } from "../auth/authorize.js";
import type { KmsKey } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { StoredObject } from "../storage/object-version.js";

const KEYS = "arn:aws:kms:sandbox:000000000000:";

/** How HEAD names a key. */
function kmsKeyArn({ id }: Pick<KmsKey, "id">): string {
  return `${KEYS}key/${id}`;
}

/** The ARN of the key that a write asks for, by its id, its ARN, an alias or the ARN of an alias; without a name, that of the first key. */
export function usableKmsKey({ behaviour }: Pick<Context, "behaviour">, named: string | undefined): string {
  const found = behaviour.kmsKeys.find((key) => named === undefined || namesOf(key).includes(named));
  if (found === undefined) {
    throw new S3Error("KMS.NotFoundException", { message: `Invalid keyId '${named}'` });
  }
  const arn = kmsKeyArn(found);
  if (!found.enabled) {
    throw new S3Error("KMS.DisabledException", { message: `${arn} is disabled.` });
  }
  return arn;
}

function namesOf(key: KmsKey): readonly string[] {
  const { id, aliases } = key;
  return [id, kmsKeyArn(key), ...aliases, ...aliases.map((alias) => `${KEYS}${alias}`)];
}

type KmsRight = "GenerateDataKey" | "Decrypt" | "Encrypt" | "ReEncryptFrom" | "ReEncryptTo";

/** A write under a key needs a data key, and every read decrypts it. */
export function requireKmsRight({ user }: Pick<Call, "user">, right: KmsRight, arn: string): void {
  const action = `kms:${right}`;
  if (isDenied(user, action)) {
    const who = `User: arn:aws:iam::000000000000:user/${user.accessKeyId}`;
    throw new S3Error("AccessDenied", {
      message: `${who} is not authorized to perform: ${action} on resource: ${arn}`,
    });
  }
}

/** Refuses to read what is under a key that this user may not use, or that is disabled. */
export function checkKmsReadable(call: Pick<Call, "user">, context: Context, { encryption }: StoredObject): void {
  if (encryption.kind !== "sse-kms") {
    return;
  }
  requireKmsRight(call, "Decrypt", usableKmsKey(context, encryption.keyId));
}
