import type { Behaviour } from "./behaviour.js";
import type { SandboxProfile } from "./profiles.js";

/** A user of a sandbox: an access key and its permissions. */
export interface SandboxUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /**
   * The owner ID of this user's objects in access control lists. @default "sandbox-owner", as for all other
   * users without one
   */
  readonly ownerId?: string;
  /**
   * IAM actions that a policy allows this user regardless of ACLs, in the form of `deny`. Only used with
   * `objectAclDecides`.
   */
  readonly allow?: readonly string[];
  /**
   * A policy (JSON without principals). The user may only do what it allows, on the resources that it names.
   */
  readonly policy?: string;
  /** IAM actions denied to this user, for example `s3:PutObject`. `s3:*` and `s3:Get*` work too. */
  readonly deny?: readonly string[];
}

export interface InterceptedRequest {
  /** The name of the S3 operation, for example `HeadObject` or `GetBucketTagging`. */
  readonly operation: string;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly method: string;
}

/** The fault of one request. */
export type Fault =
  /**
   * The operation is not carried out. With status 200, the answer is the error document that S3 sends after a
   * late failure.
   */
  | { readonly kind: "error"; readonly status: number; readonly code: string; readonly message?: string }
  /** The operation is carried out after a delay. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The operation is not carried out, and the connection is reset. */
  | { readonly kind: "reset" }
  /** The operation is carried out, and the connection is reset before any answer. */
  | { readonly kind: "reset-after" }
  /** The operation is carried out, and the answer stops after this many bytes of its body. */
  | { readonly kind: "truncate"; readonly bytes: number }
  /** The operation is carried out, and the answer stops in the middle of its body. */
  | { readonly kind: "halve" };

export type Intercept = (request: InterceptedRequest) => Fault | undefined | Promise<Fault | undefined>;

export interface SandboxOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** A folder that keeps buckets across restarts, for one sandbox at a time. @default in memory */
  readonly dataDir?: string;
  /** @default "gra" */
  readonly region?: string;
  /** @default one user, `DEFAULT_CREDENTIALS`, who may do everything */
  readonly credentials?: readonly SandboxUser[];
  /** The store to imitate. @default "ovh" */
  readonly profile?: SandboxProfile;
  /** Single switches that override the profile. */
  readonly behaviour?: Partial<Behaviour>;
  /** Called before each request is carried out. If it returns a fault, the sandbox plays it. */
  readonly intercept?: Intercept;
  /** @default this machine's clock */
  readonly clock?: () => Date;
}

/** The default user of a sandbox. Not a secret: the sandbox only listens on this machine. */
export const DEFAULT_CREDENTIALS: SandboxUser = {
  accessKeyId: "SANDBOXKEY",
  secretAccessKey: "sandbox-secret-for-this-machine-only",
};

/** The sender of unsigned requests, who may do what an ACL or a policy allows everybody. */
export const ANONYMOUS: SandboxUser = {
  accessKeyId: "",
  secretAccessKey: "",
  ownerId: "65a011a29cdf8ec533ec3d1ccaae921c",
};
