import { App, Aspects } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * CDKTF asks each stack for its aspects, and those inside it, but never the App: a check that was added there would pass everything.
 * By the name of its class, since an app can hold two copies of this library.
 */
export function unvisitedAspects({ node: { root } }: IConstruct): string[] {
  if (!App.isApp(root)) return [];
  return Aspects.of(root).all.some((aspect) => aspect.constructor.name === "RequireEncryption")
    ? [
        "Aspects.of(app).add(new RequireEncryption()) checks nothing, since CDKTF visits the aspects of stacks and not those of an App; call RequireEncryption.everywhereIn(app)",
      ]
    : [];
}
