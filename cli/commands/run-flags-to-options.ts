import type {
  EtagPolicy,
  GivenOptions,
  Loss,
  MigrateOptions,
  Race,
  ReportFormatName,
  VersionTreatment,
} from "../../migrate/index.js";
import type { ProviderId } from "../../providers/index.js";

import { askToRemove } from "./ask-to-remove.js";
import { networkOfEnvironment } from "./network-of-environment.js";
import { passphraseOfEnvironment } from "./passphrase-of-environment.js";

/** Flags as commander hands them over: text, until the library has checked it. */
export interface RunFlags {
  readonly provider?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly profile?: string;
  readonly expectedBucketOwner?: string;
  readonly requesterPays?: boolean;
  readonly targets?: string;
  readonly allBuckets?: boolean;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly minSize?: string;
  readonly maxSize?: string;
  readonly modifiedBefore?: string;
  readonly modifiedAfter?: string;
  readonly storageClass?: string[];
  readonly concurrency?: string;
  readonly readsPerSecond?: string;
  readonly writesPerSecond?: string;
  readonly out?: string;
  readonly sign?: string;
  readonly signPassphraseFile?: string;
  readonly resume?: boolean;
  readonly publicKey?: string[];
  readonly format?: string[];
  readonly ocsf?: string;
  readonly failOn?: string[];
  readonly allowEmpty?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
  readonly setDefault?: boolean;
  readonly canary?: boolean;
  readonly capabilities?: string;
  readonly acceptLoss?: string[];
  readonly restoredClass?: string;
  readonly assume?: string;
  readonly race?: string;
  readonly etag?: string;
  readonly rewriteBelow?: string;
  readonly copyCutoff?: string;
  readonly partSize?: string;
  readonly noncurrent?: boolean;
  readonly versions?: string;
  readonly yes?: boolean;
  readonly ssecKeyFile?: string[];
  readonly to?: string;
  readonly toKeyFile?: string;
  readonly manifest?: string;
  readonly manifestFormat?: string;
  readonly manifestKeys?: string;
  readonly baseline?: string;
  readonly baselineSample?: string;
  readonly baselineSeed?: string;
}

/** The library's options; names that it spells otherwise are translated here, and nothing is judged. */
export function runFlagsToOptions(locations: readonly string[], flags: RunFlags): GivenOptions {
  const {
    provider,
    storageClass,
    format,
    ocsf,
    canary,
    noncurrent,
    versions,
    manifestFormat,
    manifestKeys,
    race,
    etag,
    assume,
    acceptLoss,
    to,
    failOn: _failOn,
    allowEmpty: _allowEmpty,
    json: _json,
    quiet: _quiet,
    ...same
  } = flags;
  return {
    ...same,
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
    locations: locations.length > 0 ? locations : undefined,
    provider: provider as ProviderId | undefined,
    storageClasses: storageClass,
    acceptLoss: acceptLoss as Loss[] | undefined,
    assume: assume as MigrateOptions["assume"],
    to: to as MigrateOptions["to"],
    manifestFormat: manifestFormat as GivenOptions["manifestFormat"],
    manifestKeys: manifestKeys as GivenOptions["manifestKeys"],
    race: race as Race | undefined,
    etag: etag as EtagPolicy | undefined,
    formats: format as ReportFormatName[] | undefined,
    ocsf: ocsf as MigrateOptions["ocsf"],
    // commander fills in `true`, which nobody gave, and a resumed run would take for a changed option.
    canary: canary === false ? false : undefined,
    noncurrent: noncurrent === false ? false : undefined,
    versions: versions as VersionTreatment | undefined,
    confirm: askToRemove,
  };
}
