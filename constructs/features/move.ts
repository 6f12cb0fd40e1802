import { Aspects, TerraformResource, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct, RootConstruct } from "constructs";
import { type Fields, text } from "../checked-props.js";
import type { Feature } from "./feature.js";

export interface MoveProps {
  /**
   * Where this construct was before it was renamed or moved: its path in the stack, such as `invoices` or `data/invoices`.
   * Terraform then moves every part, and changes nothing at the store. Needs Terraform 1.5, also for synth.
   * It can go once every place that the stack is deployed to has made the move.
   * @default - none: the construct is new, or where it was
   */
  readonly movedFrom?: string;
}

export const moveFields = { movedFrom: text().optional() } satisfies Fields<MoveProps>;

export const move: Feature<MoveProps> = {
  fields: moveFields,
  problems: (props, _, bucket) => moveProblems(props, bucket),
};

const moves = new WeakMap<IConstruct, string>();

/** Moves all resources in the construct from where they were under the old path, those of later calls too. */
export function moveParts(construct: Construct, { movedFrom }: MoveProps): void {
  if (movedFrom === undefined || formProblems(movedFrom).length > 0) return;
  moves.set(construct, movedFrom);
  Aspects.of(construct).add({
    visit: (node) => {
      if (!TerraformResource.isTerraformResource(node) || node.hasResourceMove() !== undefined) return;
      const from = oldAddress(node, construct, movedFrom);
      // The id "Default" counts for nothing in an address.
      if (from !== addressOf(node)) node.moveFromId(from);
    },
  });
}

export function moveProblems({ movedFrom }: MoveProps, construct: Construct): string[] {
  if (movedFrom === undefined) return [];
  const problems = formProblems(movedFrom);
  return problems.length > 0 ? problems : placeProblems(movedFrom, construct);
}

function formProblems(movedFrom: string): string[] {
  const example = "give the path of the construct in its stack, as in data/invoices";
  if (Token.isUnresolved(movedFrom)) return [`movedFrom is a reference; ${example}`];
  if (/^aws_\w+\./.test(movedFrom)) return [`movedFrom "${movedFrom}" is the address of a resource; ${example}`];
  return movedFrom.split("/").includes("") ? [`movedFrom "${movedFrom}" is no path of a construct; ${example}`] : [];
}

function placeProblems(movedFrom: string, construct: Construct): string[] {
  const stack = TerraformStack.of(construct);
  const [first = "", ...rest] = movedFrom.split("/");
  if (movedFrom === pathInStack(construct)) {
    return [`movedFrom "${movedFrom}" is where the construct is; leave it out, or give the path that it had before`];
  }
  if (first === stack.node.id && rest.length > 0 && stack.node.tryFindChild(first) === undefined) {
    return [`movedFrom "${movedFrom}" begins with the id of the stack; give the path within it: "${rest.join("/")}"`];
  }
  return takenProblems(movedFrom, construct, stack);
}

/** Terraform refuses to move what is still declared where it was, and to move one thing to two places. */
function takenProblems(movedFrom: string, construct: Construct, stack: TerraformStack): string[] {
  const others = stack.node.findAll().filter((node) => node !== construct);
  const declared = others.filter(TerraformResource.isTerraformResource).map(addressOf);
  const parts = construct.node.findAll().filter(TerraformResource.isTerraformResource);
  const still = parts.map((part) => oldAddress(part, construct, movedFrom)).find((from) => declared.includes(from));
  return [
    ...(still === undefined
      ? []
      : [`movedFrom "${movedFrom}" is a construct that is still there (${still}); remove it, or leave movedFrom out`]),
    ...others
      .filter((other) => moves.get(other) === movedFrom)
      .map(({ node }) => `movedFrom "${movedFrom}" is that of "${node.path}" too; give it to the one that was there`),
  ];
}

function pathInStack(construct: IConstruct, above: IConstruct = TerraformStack.of(construct)): string {
  const { scopes } = construct.node;
  return scopes
    .slice(scopes.indexOf(above) + 1)
    .map(({ node }) => node.id)
    .join("/");
}

/** By the stack's own scheme, which an app may have changed: it is asked for the id of a construct that stands at the old path. */
function oldAddress(part: TerraformResource, construct: Construct, movedFrom: string): string {
  const [root, ...ids] = [...movedFrom.split("/"), ...pathInStack(part, construct).split("/")];
  const there = ids.reduce((scope: Construct, id) => new Construct(scope, id), new RootConstruct(root));
  return `${part.terraformResourceType}.${TerraformStack.of(part).getLogicalId(there.node)}`;
}

function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
