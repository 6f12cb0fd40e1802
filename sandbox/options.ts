import type { Behaviour } from "./behaviour.js";
import type { Intercept } from "./http/intercept.js";
import type { SandboxProfile } from "./profiles.js";

export interface SandboxUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Whose the objects are that this user writes, as access control lists have it. @default "sandbox-owner", as for all others without one */
  readonly ownerId?: string;
  /** IAM actions that a policy gives this user whatever access control lists say, in the form of `deny`. Only where `objectAclDecides`. */
  readonly allow?: readonly string[];
  /** A policy (JSON without principals) by which this user may do what it allows, on the resources that it names, and nothing else. */
  readonly policy?: string;
  /** IAM actions that this user may not do, such as `s3:PutObject`; `s3:*` and `s3:Get*` work too. */
  readonly deny?: readonly string[];
}

export interface SandboxOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** A folder that keeps buckets over restarts; one sandbox at a time. @default in memory */
  readonly dataDir?: string;
  /** @default "gra" */
  readonly region?: string;
  /** @default one user, `DEFAULT_CREDENTIALS`, who may do everything */
  readonly credentials?: readonly SandboxUser[];
  /** Which store to behave like. @default "ovh" */
  readonly profile?: SandboxProfile;
  /** Single switches laid over the profile. */
  readonly behaviour?: Partial<Behaviour>;
  /** Asked before each request is carried out; a fault that it returns is played. */
  readonly intercept?: Intercept;
  /** @default the time of this machine */
  readonly clock?: () => Date;
}

/** The user of a sandbox that was given none. Not a secret: the sandbox listens on this machine only. */
export const DEFAULT_CREDENTIALS: SandboxUser = {
  accessKeyId: "SANDBOXKEY",
  secretAccessKey: "sandbox-secret-for-this-machine-only",
};

/** Who sends a request without a signature: may do what an access control list or a policy lets everybody do. */
export const ANONYMOUS: SandboxUser = {
  accessKeyId: "",
  secretAccessKey: "",
  ownerId: "65a011a29cdf8ec533ec3d1ccaae921c",
};
