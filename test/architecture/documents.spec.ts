import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

interface Answer {
  description?: string;
  content?: Record<string, { schema?: object; example?: unknown }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  requestBody?: { content: Record<string, { schema?: object; example?: unknown }> };
  responses: Record<string, Answer>;
}

describe('the generated documents', () => {
  it('are fresh (else run `npm run docs`)', () => {
    // in a process of its own, because the OpenAPI document is complete only in a built product
    const run = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: ROOT, encoding: 'utf8' });
    expect(run.stderr.replace(/^building.*\n/, '')).toBe('');
    expect(run.status).toBe(0);
  }, 180_000);

  const document = JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(document.paths).flatMap(([route, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ name: `${method.toUpperCase()} ${route}`, ...operation }] : [];
    }),
  );

  /** Names of the operations for which `check` finds something missing, and what. */
  const lacking = (check: (operation: (typeof operations)[number]) => string | undefined): string[] =>
    operations.flatMap((operation) => {
      const found = check(operation);
      return found ? [`${operation.name}: ${found}`] : [];
    });

  it('give every operation a summary, a description, a tag and an id of its own', () => {
    expect(
      lacking(({ summary, description, tags }) =>
        !summary
          ? 'no summary (JSDoc of the method)'
          : !description
            ? 'no description'
            : !tags?.length
              ? 'no tag'
              : undefined,
      ),
    ).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('give every operation a success with a schema and an example, or an empty one', () => {
    expect(
      lacking(({ responses }) => {
        const success = Object.entries(responses).filter(([status]) => Number(status) < 400);
        if (success.length === 0) return 'no success (return a class declared in a *.view.ts)';
        for (const [status, { content }] of success) {
          if (status === '204' || status.startsWith('3')) continue;
          if (!content) return `${status} has no schema (return a class declared in a *.view.ts)`;
          for (const [type, { schema, example }] of Object.entries(content)) {
            if (!schema) return `${status} ${type} has no schema`;
            if (type !== 'application/json') continue;
            if (example === undefined) return `${status} ${type} has no example (@example on the fields)`;
            if (JSON.stringify(example) === '{}') return `${status} ${type} has an empty example`;
          }
        }
        return undefined;
      }),
    ).toEqual([]);
  });

  it('give every body a schema and an example', () => {
    expect(
      lacking(({ requestBody }) => {
        for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {})) {
          if (!schema) return `${type} has no schema`;
          if (type === 'application/json' && example === undefined) return 'no example (@example on the fields)';
        }
        return undefined;
      }),
    ).toEqual([]);
  });

  it('list the errors of every operation, with an example in the shape of its surface', () => {
    expect(
      lacking(({ responses, security }) => {
        const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400);
        if (!responses['500']) return 'no 500';
        if (security?.length && !(responses['401'] && responses['403'])) return 'no 401 or 403';
        return errors.find(([, { content }]) => !content?.['application/json']?.example)?.[0];
      }),
    ).toEqual([]);
  });
});

describe('.env.example', () => {
  it('holds nothing that is not commented', () => {
    const lines = fs.readFileSync(path.join(ROOT, '.env.example'), 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});

describe('the decisions', () => {
  it('have a number each, the one their title says', () => {
    const files = fs.readdirSync(path.join(ROOT, 'docs/adr')).sort();
    const numbers = files.map((file) => file.slice(0, 4));
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
    const titled = files.filter((file) =>
      fs.readFileSync(path.join(ROOT, 'docs/adr', file), 'utf8').startsWith(`# ${Number(file.slice(0, 4))}. `),
    );
    expect(titled).toEqual(files);
  });
});
