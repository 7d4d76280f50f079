export type Argument = { name: string; kind: string; required: boolean; text: string | null };

type Schema = { properties?: Record<string, Property>; required?: string[] };
type Property = { type?: string | string[]; enum?: unknown[]; description?: string };

/** A tool's arguments as its schema tells them, those it needs first. */
export function argumentsOf(schema: unknown, any: string): Argument[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties)
    .map(([name, property]) => ({
      name,
      kind: kindOf(property, any),
      required: required.includes(name),
      text: property.description ?? null,
    }))
    .toSorted((a, b) => Number(b.required) - Number(a.required));
}

function kindOf(property: Property, any: string): string {
  if (property.enum) return property.enum.map(String).join(" | ");
  const types = [property.type ?? []].flat().filter((type) => type !== "null");
  return types.join(" | ") || any;
}
