// A plain JSON schema as fields: one level, texts, numbers, yes or no, and choices.
import type { TaskField } from "../../lib/backend/types";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const own = (value: unknown, key: string): unknown => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined);

/** The schema's fields with what the input has for them; nothing where the schema is not that plain. */
export function fieldsOf(schema: unknown, input: unknown): TaskField[] | null {
  const properties = own(schema, "properties");
  if (own(schema, "type") !== "object" || !isObject(properties) || Object.keys(properties).length === 0) return null;
  const required = own(schema, "required");
  const fields = Object.entries(properties).map(([name, property]): TaskField | null => {
    const choices = own(property, "enum");
    const kind = Array.isArray(choices) ? "choice" : ({ string: "text", number: "number", integer: "number", boolean: "boolean" } as const)[String(own(property, "type"))];
    const value = own(input, name) ?? null;
    if (!kind || !fits(kind, value)) return null;
    const [title, help] = [own(property, "title"), own(property, "description")];
    return {
      name, kind, value,
      label: typeof title === "string" ? title : name,
      help: typeof help === "string" ? help : null,
      required: Array.isArray(required) && required.includes(name),
      choices: Array.isArray(choices) ? choices.map((choice) => ({ value: choice, label: String(choice) })) : [],
    };
  });
  return fields.every((field) => field !== null) ? fields : null;
}

function fits(kind: TaskField["kind"], value: unknown): boolean {
  if (value === null || kind === "choice") return true;
  return typeof value === (kind === "text" ? "string" : kind);
}

/** The input with what was entered; what was emptied is left out, and what the fields do not name stays. */
export function inputOf(fields: TaskField[], entered: Record<string, unknown>, input: unknown): Record<string, unknown> {
  const names = fields.map(({ name }) => name);
  const rest = Object.entries(isObject(input) ? input : {}).filter(([name]) => !names.includes(name));
  return Object.fromEntries([...Object.entries(entered).filter(([, value]) => value !== null), ...rest]);
}
