// The floor plan: who may enter whom. A missing door is added here, with its reason, in the commit that needs it.
const mayEnter = {
  auth: [],
  customers: [],
  agents: ['auth'],
  calls: ['agents', 'customers'],
  dialer: ['agents', 'customers'],
  tickets: ['agents', 'customers', 'calls'],
  dtech: ['agents', 'customers', 'calls', 'dialer'],
  billing: ['auth', 'calls'],
  // whom to mail when an endpoint is disabled
  webhooks: ['auth'],
  live: [],
  integrations: ['customers', 'calls', 'dialer'],
  dashboard: ['auth', 'agents', 'customers', 'calls', 'dialer', 'tickets', 'dtech', 'billing'],
};

const rooms = Object.keys(mayEnter);
const oneOf = (names) => `^src/modules/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'Type imports count.', from: {}, to: { circular: true } },
    {
      name: 'platform-knows-no-room',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(modules/|app\\.module|events\\.catalogue)' },
    },
    {
      name: 'enter-by-the-front-door',
      severity: 'error',
      comment: 'Other rooms see what index.ts offers; modules and event files are imported by the house itself.',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    ...rooms.map((room) => ({
      name: `doors-of-${room}`,
      severity: 'error',
      from: { path: `^src/modules/${room}/` },
      to: {
        path: '^src/modules/',
        pathNot: [`^src/modules/${room}/`, ...(mayEnter[room].length ? [oneOf(mayEnter[room])] : [])],
      },
    })),
    {
      name: 'rooms-are-on-the-plan',
      severity: 'error',
      comment: 'A new room gets a line in mayEnter.',
      from: {},
      to: { path: '^src/modules/', pathNot: [oneOf(rooms)] },
    },
    {
      name: 'clients-stand-alone',
      severity: 'error',
      comment:
        'What runs elsewhere takes from the product the types of its routes (ESLint sees to it that it is types).',
      from: { path: '^src/clients/' },
      to: { path: '^(src/(?!clients/)|migrations/|sandbox/)', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'typeorm-stays-below',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/database/', '\\.(entity|repository|queries)\\.ts$'] },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(src|migrations|sandbox)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'rooms-know-no-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/start\\.ts$', '\\.spec\\.ts$'] },
      to: { path: '^sandbox/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
