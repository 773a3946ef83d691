import 'reflect-metadata';

/** What the documents say of a variable, and its default as it would be written in `.env`. */
export interface SettingInfo {
  name: string;
  group: string;
  description: string;
  /** Its text form when unset; undefined when there is none. */
  fallback: string | undefined;
  secret: boolean;
}

const settings: SettingInfo[] = [];

/**
 * Declares a variable of the environment: its group in `.env.example`, a sentence, its default in text form.
 * The property's own type (String, Number, Boolean, Array for comma-separated lists) says how the text is read.
 */
export function Setting(
  group: string,
  description: string,
  fallback?: string,
  options: { secret?: boolean } = {},
): PropertyDecorator {
  return (_target, property) => {
    settings.push({ name: String(property), group, description, fallback, secret: options.secret ?? false });
  };
}

/** Every declared variable, in the order of declaration. */
export const declaredSettings = (): readonly SettingInfo[] => settings;
