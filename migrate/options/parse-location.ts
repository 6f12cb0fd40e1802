import type { Scope } from "../model/scope.js";

/** No URL parser: it would fold `.` and `..`, and percent-decode, in keys where both are ordinary. */
const LOCATION = /^s3:\/\/([^/]+)(?:\/(.*))?$/s;

export type ParsedLocation =
  | { readonly kind: "scope"; readonly scope: Scope }
  | { readonly kind: "bad"; readonly problem: string };

const SECRET =
  "a location holds what looks like user:password@, which is not repeated here: give s3://BUCKET or s3://BUCKET/PREFIX, and put keys into the environment";

/** No bucket has an `@` in its name. A secret key may hold a slash, so that its `@` comes later: an access key before a colon gives it away. */
function holdsSecret(text: string): boolean {
  const [, bucket] = LOCATION.exec(text) ?? [];
  return bucket === undefined ? text.includes("@") : bucket.includes("@") || /^[A-Z0-9]{16,}:/.test(bucket);
}

export function parseLocation(text: string): ParsedLocation {
  if (holdsSecret(text)) return { kind: "bad", problem: SECRET };
  const match = LOCATION.exec(text);
  if (match?.[1] === undefined) {
    return { kind: "bad", problem: `location "${text}" is not understood: give s3://BUCKET or s3://BUCKET/PREFIX` };
  }
  return { kind: "scope", scope: { bucket: match[1], prefix: match[2] ?? "" } };
}

/** An object must be in one scope only, or it would be counted twice. */
export function overlapProblems(scopes: readonly Scope[]): string[] {
  return scopes.flatMap((outer, index) =>
    scopes
      .filter(
        (inner, other) => other !== index && inner.bucket === outer.bucket && inner.prefix.startsWith(outer.prefix),
      )
      .filter((inner) => inner.prefix !== outer.prefix || scopes.indexOf(inner) > index)
      .map((inner) => `location "${words(inner)}" lies inside "${words(outer)}": leave one out`),
  );
}

function words({ bucket, prefix }: Scope): string {
  return `s3://${bucket}/${prefix}`;
}
