import type { Behaviour } from "./behaviour.js";
import type { Intercept } from "./http/intercept.js";
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
