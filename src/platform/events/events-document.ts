import { declaredEvents, type EventDefinition, type JsonSchema } from './define-event';

/** `docs/events.md`: every declared event with its data, for the authors of webhook receivers and live clients. */
export function eventsDocument(): string {
  const events = [...declaredEvents().values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `# Events

Made by \`npm run docs\` from the declarations in \`src/modules/*/*.events.ts\`; do not edit. A webhook carries
\`{"event", "type", "id", "seq", "timestamp", "data"}\`; a live connection \`{"type", "data", "timestamp", "seq"}\` with the
live type. \`seq\` rises without gaps in the order of events. Fields may be added to \`data\`; none is taken away.

| event | live type | webhook | meaning |
|---|---|---|---|
${events.map((event) => `| [\`${event.name}\`](#${anchor(event.name)}) | \`${event.live}\` | ${event.webhook ? 'yes' : 'no'} | ${cell(event.description)} |`).join('\n')}
${events.map(section).join('')}`;
}

const anchor = (name: string): string => name.replace(/[^a-z0-9_-]/g, '');
const cell = (text: unknown): string => String(text).replace(/\s+/g, ' ').replace(/\|/g, '\\|');

function section(event: EventDefinition<unknown>): string {
  const fields = Object.entries((event.schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set((event.schema.required ?? []) as string[]);
  const table =
    fields.length === 0
      ? ''
      : `
| field | type | meaning |
|---|---|---|
${fields.map(([name, field]) => `| \`${name}\`${required.has(name) ? '' : ' (optional)'} | ${cell(typeOf(field))} | ${cell(field.description ?? '')} |`).join('\n')}
`;
  return `
## ${event.name}

${event.description}
${table}
\`\`\`json
${JSON.stringify(event.example, null, 2)}
\`\`\`
`;
}

function typeOf(field: JsonSchema): string {
  if (Array.isArray(field.enum)) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(field.type)) return field.type.join(' or ');
  if (Array.isArray(field.anyOf)) return (field.anyOf as JsonSchema[]).map(typeOf).join(' or ');
  const type = String(field.type ?? field.$ref ?? 'any');
  return typeof field.format === 'string' ? `${type} (${field.format})` : type;
}
