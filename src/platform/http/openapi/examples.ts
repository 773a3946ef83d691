import type { OpenAPIObject } from '@nestjs/swagger';

/** A JSON Schema as the Swagger plugin writes it, as far as it is read here. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  nullable?: boolean;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  description?: string;
  minimum?: number;
  [key: string]: unknown;
}

const MAX_DEPTH = 8;

/** The schema itself, for a reference into the document's components. */
export function resolved(document: OpenAPIObject, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name ? ((document.components?.schemas?.[name] as Schema | undefined) ?? {}) : schema;
}

/** An example of a value: the one its fields give in their `@example`, put together; undefined where nothing is known. */
export function exampleOf(document: OpenAPIObject, given: Schema, depth = 0): unknown {
  const schema = resolved(document, given);
  if (given.example !== undefined) return given.example;
  if (schema.example !== undefined) return schema.example;
  if (depth > MAX_DEPTH) return schema.type === 'array' ? [] : schema.nullable ? null : undefined;
  const [choice] = schema.oneOf ?? schema.anyOf ?? [];
  if (choice) return exampleOf(document, choice, depth + 1);
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => exampleOf(document, part, depth + 1));
    return parts.length === 1 ? parts[0] : Object.assign({}, ...parts);
  }
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.type === 'array') {
    const item = schema.items && exampleOf(document, schema.items, depth + 1);
    return item === undefined ? [] : [item];
  }
  if (schema.properties) {
    const fields = Object.entries(schema.properties)
      .map(([name, field]) => [name, exampleOf(document, field, depth + 1)] as const)
      .filter(([, value]) => value !== undefined);
    return Object.fromEntries(fields);
  }
  if (schema.nullable) return null;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'number' || schema.type === 'integer') return schema.minimum ?? 1;
  if (schema.type === 'string') return schema.format === 'date-time' ? '2026-11-21T09:30:00.000Z' : undefined;
  return schema.type === 'object' ? {} : undefined;
}
