/** A JSON Schema (2020-12) of an event's data. */
export type JsonSchema = Record<string, unknown>;

/** The declaration of an event: one name and one type everywhere (table, webhook, socket, documents). */
export interface EventDefinition<Data> {
  /** Dotted name, such as `lead.created`. */
  readonly name: string;
  /** The name on live connections, such as `lead:created`. */
  readonly live: string;
  readonly description: string;
  /** Schema of `data`; listed for the authors of webhook receivers. */
  readonly schema: JsonSchema;
  readonly example: Data;
  /** False for what is told to live connections only. */
  readonly webhook: boolean;
}

interface Declaration<Data> {
  name: string;
  live: string;
  description: string;
  schema: JsonSchema;
  example: Data;
  webhook?: boolean;
}

const catalogue = new Map<string, EventDefinition<unknown>>();

/** Declares an event. Throws when the name is taken: an event is declared once, in the room that appends it. */
export function defineEvent<Data>(declaration: Declaration<Data>): EventDefinition<Data> {
  if (catalogue.has(declaration.name)) throw new Error(`event ${declaration.name} is declared twice`);
  const definition = Object.freeze({ webhook: true, ...declaration });
  catalogue.set(definition.name, definition as EventDefinition<unknown>);
  return definition;
}

/** Every declared event by name. Complete once `events.catalogue.ts` has been imported. */
export const declaredEvents = (): ReadonlyMap<string, EventDefinition<unknown>> => catalogue;
