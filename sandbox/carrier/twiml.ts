/** A TwiML element. */
export interface Verb {
  name: string;
  attributes: Record<string, string>;
  children: Verb[];
  text: string;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith('#')) {
      const code = name[1]?.toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
      return String.fromCodePoint(code);
    }
    return ENTITIES[name.toLowerCase()] ?? whole;
  });

/** Reads a TwiML document: elements, attributes and text are all there is in one. Throws for anything else. */
export function readTwiml(xml: string): Verb {
  const root: Verb = { name: '', attributes: {}, children: [], text: '' };
  const open: Verb[] = [root];
  const pattern = /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([\w-]+)\s*>|<([\w-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/gy;
  let read = 0;
  for (const match of xml.matchAll(pattern)) {
    read = match.index + match[0].length;
    const [, closed, name, attributes = '', empty, text] = match;
    const current = open[open.length - 1] as Verb;
    if (closed) {
      if (current.name !== closed) throw new Error(`</${closed}> closes <${current.name}>`);
      open.pop();
    } else if (name) {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        unescape(value),
      ]);
      const verb: Verb = {
        name,
        attributes: Object.fromEntries(pairs) as Record<string, string>,
        children: [],
        text: '',
      };
      current.children.push(verb);
      if (!empty) open.push(verb);
    } else if (text) current.text += unescape(text);
  }
  const [response] = root.children;
  if (read !== xml.length || open.length !== 1 || root.children.length !== 1 || response?.name !== 'Response') {
    throw new Error('12100 Document parse failure');
  }
  return response;
}
