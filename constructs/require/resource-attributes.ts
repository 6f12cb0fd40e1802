import { DefaultTokenResolver, StringConcat, type TerraformElement, type TerraformStack, Tokenization } from "cdktf";

export type Attributes = Readonly<Record<string, unknown>>;

/** A resource or a data source. */
export type TypedElement = TerraformElement & { readonly terraformResourceType: string };

/** What synth writes of a resource, escape-hatch overrides included; undefined where it writes none, as of one that was moved. */
export function attributesOf(resource: TypedElement): Attributes | undefined {
  const { cdktfStack: stack, terraformResourceType: type, friendlyUniqueId: id } = resource;
  const written = "resource" in stackOverrides(stack) ? stack.toTerraform() : resource.toTerraform();
  return record(resolved(record(record(record(written)?.resource)?.[type])?.[id], stack));
}

/** An attribute as it was given, with its tokens: those know which stack they refer to, which Terraform's JSON does not. */
export function givenAttribute(element: TypedElement, name: string): unknown {
  const { terraformResourceType: type, friendlyUniqueId: id } = element;
  const ofStack = record(record(record(stackOverrides(element.cdktfStack).resource)?.[type])?.[id]);
  if (ofStack !== undefined && name in ofStack) return ofStack[name];
  const own = record(Reflect.get(element, "rawOverrides"));
  return own !== undefined && name in own ? own[name] : Reflect.get(element, `${name}Input`);
}

/** The overrides of a stack, which its class keeps protected. */
export function stackOverrides(stack: TerraformStack): Attributes {
  return record(Reflect.get(stack, "rawOverrides")) ?? {};
}

export function resolved(value: unknown, scope: TerraformStack): unknown {
  return Tokenization.resolve(value, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}

export function record(value: unknown): Attributes | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Attributes) : undefined;
}
