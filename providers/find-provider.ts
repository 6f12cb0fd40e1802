import type { ProviderProfile } from "./profile.js";
import { providers } from "./providers.js";

/** The profile whose id or alias is `name` (`ovhcloud` or `ovh`, whatever the case); `undefined` for any other name. */
export function findProvider(name: string): ProviderProfile | undefined {
  const wanted = name.toLowerCase();
  return Object.values(providers).find((profile) => profile.id === wanted || profile.aliases.includes(wanted));
}
