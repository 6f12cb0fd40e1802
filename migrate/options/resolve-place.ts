import {
  type BucketTarget,
  findProvider,
  type ProviderProfile,
  providerForEndpoint,
  providers,
  resolveEndpoint,
} from "../../providers/index.js";
import type { Fields } from "./fields.js";
import { isPlaceGiven, unvouchedProblem } from "./vouched-place.js";

export interface Place {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
}

/** The one store of a run, from the options or from what was declared. */
export function resolvePlace(known: Fields, declared: readonly BucketTarget[], problems: string[]): Place | null {
  const [first, ...others] = declared;
  const strangers = others.filter(({ endpoint, region }) => endpoint !== first?.endpoint || region !== first?.region);
  problems.push(
    ...strangers.map(
      ({ bucket, endpoint, region }) =>
        `bucket "${bucket}" is at ${endpoint} (${region}), "${first?.bucket}" at ${first?.endpoint} (${first?.region}): run once for each place, picked by --region or --endpoint`,
    ),
  );
  const { endpoint } = known;
  const provider =
    findProvider(known.provider ?? first?.provider ?? providerForEndpoint(endpoint ?? "").id) ?? providers.generic;
  if (!isPlaceGiven(known)) {
    if (first !== undefined) problems.push(unvouchedProblem("--targets", first.endpoint));
    // Of targets that cannot be read it was told already.
    if (known.targets === undefined) problems.push("no store is named: give --provider (and --region), or --endpoint");
    return null;
  }
  const resolution = resolveEndpoint(provider, { region: known.region ?? first?.region, endpoint });
  if (resolution.kind === "refused") {
    problems.push(resolution.problem);
    return null;
  }
  const { url, region } = resolution;
  if (known.endpoint === undefined && first !== undefined && first.endpoint.replace(/\/+$/, "") !== url) {
    problems.push(
      `bucket "${first.bucket}" is declared at ${first.endpoint}, and --provider ${known.provider} is at ${url}: give --endpoint for the one that you mean`,
    );
  }
  return { provider, endpoint: url, region };
}
