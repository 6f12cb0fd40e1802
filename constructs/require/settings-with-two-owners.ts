import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { NamedBucket } from "../bucket/named-bucket.js";
import { isEncryptedBucket } from "../bucket/named-bucket.js";
import { SETTING_WORDS } from "./bucket-settings.js";
import { bucketAtSight, type Declared, declaredIn, isSameBucket, ownedBucket } from "./owned-bucket.js";
import { type SettingOwner, settingOwners } from "./setting-owners.js";

const checked = new WeakSet<TerraformStack>();

/** Fails the synth of a stack if a bucket of this library in it shares a setting with any other resource of the app. */
export function refuseTwoOwners(stack: TerraformStack): void {
  // Once for the stack, since each check goes through the whole app.
  if (checked.has(stack)) return;
  checked.add(stack);
  stack.node.addValidation({ validate: () => settingsWithTwoOwners(stack) });
}

type Ours = SettingOwner & { readonly ours: IConstruct };

function settingsWithTwoOwners(stack: TerraformStack): string[] {
  const { root } = stack.node;
  const declared = declaredIn(root);
  const owners = settingOwners(root);
  const sights = owners.map(({ resource }) => bucketAtSight(resource, declared));
  const isHere = (owner: SettingOwner): owner is Ours =>
    owner.ours !== undefined && owner.resource.cdktfStack === stack;
  return owners.flatMap((one, index) => {
    if (!isHere(one)) return [];
    return owners
      .filter((other, position) => {
        // A pair of this stack is reported once.
        if (other.setting !== one.setting || index === position || (isHere(other) && position < index)) return false;
        return maybeSame(sights[index], sights[position]) && areOfOneBucket(one, other, declared);
      })
      .map((other) => words(one, other));
  });
}

function maybeSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function areOfOneBucket(one: Ours, other: SettingOwner, declared: Declared): boolean {
  const [here, there] = [ownedBucket(one.resource, declared), ownedBucket(other.resource, declared)];
  const { storage } = one.ours as IConstruct & NamedBucket;
  const unique = storage.store.bucketNamesUnique.value === "store";
  return here !== undefined && there !== undefined && isSameBucket(here, there, unique);
}

function words({ ours, setting }: Ours, other: SettingOwner): string {
  const { name, left } = SETTING_WORDS[setting];
  const own = ours.node.path;
  const elsewhere = (other.ours ?? other.resource).node.path;
  const removal =
    other.argument === undefined ? `remove "${elsewhere}"` : `remove ${other.argument} from "${elsewhere}"`;
  const waysOut = [
    removal,
    ...(isEncryptedBucket(ours as IConstruct & NamedBucket) && left ? [`${left} in "${own}"`] : []),
  ];
  return `"${own}" and "${elsewhere}" both set the ${name} of one bucket: each deployment writes over the other's, and removing one takes it away; ${waysOut.join(", or ")}`;
}
