import { Aspects, TerraformResource, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct, RootConstruct } from "constructs";
import { type Fields, text } from "../checked-props.js";
import type { Feature } from "./feature.js";

export interface MoveProps {
  /**
   * The path that the construct had in the stack before it was renamed or moved, such as `invoices`
   * or `data/invoices`. Terraform then moves every part, and changes nothing at the store. You can
   * remove it once every deployment of the stack has made the move. Needs Terraform 1.5, also for
   * synth.
   * @default - none: the construct is new, or has not moved
   */
  readonly movedFrom?: string;
}

export const moveFields = { movedFrom: text().optional() } satisfies Fields<MoveProps>;

export const move: Feature<MoveProps> = {
  fields: moveFields,
  problems: (props, _, bucket) => moveProblems(props, bucket),
};

const moves = new WeakMap<IConstruct, string>();

/** Moves all resources in the construct from the old path, including those that are added later. */
export function moveParts(construct: Construct, { movedFrom }: MoveProps): void {
  if (movedFrom === undefined || formProblems(movedFrom).length > 0) return;
  moves.set(construct, movedFrom);
  Aspects.of(construct).add({
    visit: (node) => {
      if (!TerraformResource.isTerraformResource(node) || node.hasResourceMove() !== undefined) return;
      const from = oldAddress(node, construct, movedFrom);
      // The id "Default" does not appear in an address.
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
  return movedFrom.split("/").includes("")
    ? [`movedFrom "${movedFrom}" is not the path of a construct; ${example}`]
    : [];
}

function placeProblems(movedFrom: string, construct: Construct): string[] {
  const stack = TerraformStack.of(construct);
  const [first = "", ...rest] = movedFrom.split("/");
  if (movedFrom === pathInStack(construct)) {
    return [
      `movedFrom "${movedFrom}" is the present path of the construct; leave it out, or give the path that it had before`,
    ];
  }
  if (first === stack.node.id && rest.length > 0 && stack.node.tryFindChild(first) === undefined) {
    return [`movedFrom "${movedFrom}" begins with the id of the stack; give the path within it: "${rest.join("/")}"`];
  }
  return takenProblems(movedFrom, construct, stack);
}

/**
 * Terraform refuses to move a resource that is still declared at its old address, and to move one
 * to two places.
 */
function takenProblems(movedFrom: string, construct: Construct, stack: TerraformStack): string[] {
  const others = stack.node.findAll().filter((node) => node !== construct);
  const declared = others.filter(TerraformResource.isTerraformResource).map(addressOf);
  const parts = construct.node.findAll().filter(TerraformResource.isTerraformResource);
  const still = parts.map((part) => oldAddress(part, construct, movedFrom)).find((from) => declared.includes(from));
  return [
    ...(still === undefined
      ? []
      : [
          `movedFrom "${movedFrom}" is the path of a construct that still exists (${still}); remove it, or leave movedFrom out`,
        ]),
    ...others
      .filter((other) => moves.get(other) === movedFrom)
      .map(
        ({ node }) =>
          `movedFrom "${movedFrom}" is also that of "${node.path}"; give it only to the construct that was there`,
      ),
  ];
}

function pathInStack(construct: IConstruct, above: IConstruct = TerraformStack.of(construct)): string {
  const { scopes } = construct.node;
  return scopes
    .slice(scopes.indexOf(above) + 1)
    .map(({ node }) => node.id)
    .join("/");
}

/**
 * An app may change the stack's naming scheme, so this asks the stack for the id of a construct at
 * the old path.
 */
function oldAddress(part: TerraformResource, construct: Construct, movedFrom: string): string {
  const [root, ...ids] = [...movedFrom.split("/"), ...pathInStack(part, construct).split("/")];
  const there = ids.reduce((scope: Construct, id) => new Construct(scope, id), new RootConstruct(root));
  return `${part.terraformResourceType}.${TerraformStack.of(part).getLogicalId(there.node)}`;
}

function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
