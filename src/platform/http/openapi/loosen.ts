import type { OpenAPIObject } from '@nestjs/swagger';
import type { Schema } from './examples';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the Swagger plugin wrote `object` for want of knowing better (a union, `unknown`), which an example shows. */
const isGuess = (schema: Schema, example: unknown): boolean =>
  schema.type === 'object' &&
  !schema.properties &&
  !schema.additionalProperties &&
  example !== undefined &&
  example !== null &&
  !isObject(example);

/**
 * Mends what the plugin cannot know: a union of text and object is documented as `object`, and a list in the query
 * has one text as its example although it is read as several, separated by commas.
 */
export function loosenGuesses(document: OpenAPIObject): void {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (isObject(value)) mend(value as Schema);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(document.components?.schemas);
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Record<string, { parameters?: Parameter[] }>)) {
      for (const parameter of operation?.parameters ?? []) separateByCommas(parameter);
      visit(operation?.parameters);
    }
  }
}

interface Parameter {
  in?: string;
  schema?: Schema;
  style?: string;
  explode?: boolean;
}

function mend(schema: Schema): void {
  if (isGuess(schema, schema.example)) delete schema.type;
  if (
    schema.type === 'array' &&
    Array.isArray(schema.example) &&
    schema.items &&
    isGuess(schema.items, schema.example[0])
  ) {
    schema.items = {};
  }
}

function separateByCommas(parameter: Parameter): void {
  const { schema } = parameter;
  if (parameter.in !== 'query' || schema?.type !== 'array') return;
  parameter.style = 'form';
  parameter.explode = false;
  if (typeof schema.example === 'string') schema.example = schema.example.split(',').map((part) => part.trim());
}
